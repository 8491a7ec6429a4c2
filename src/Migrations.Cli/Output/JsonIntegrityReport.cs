using Migrations.Diagrams;
using Migrations.Generating;
using Migrations.Integrity;
using Migrations.Linting;
using Migrations.Logging;
using Migrations.Reporting;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Writes schemas, checks and rehearsals for programs.</summary>
internal sealed class JsonIntegrityReport(JsonRecordWriter records, Terminal terminal) : IIntegrityReport
{
    public void Checks(DatabaseTarget target, IReadOnlyList<CheckResult> results) =>
        records.Write(results.Select(JsonCheck.Of), json => json.JsonCheck);

    public void Rehearsal(DatabaseTarget target, RehearsalReport rehearsal)
    {
        records.Write(rehearsal.Results.Select(r => JsonRehearsal.Of(target, r)), json => json.JsonRehearsal);
        records.Write(rehearsal.Checks.Select(JsonCheck.Of), json => json.JsonCheck);
    }

    public void Schema(DatabaseTarget target, SchemaSnapshot snapshot, bool asSql)
    {
        if (asSql)
            records.Write(
                [new JsonSchemaSql(target.Display, snapshot.Fingerprint, SchemaScript.Write(snapshot))],
                json => json.JsonSchemaSql
            );
        else
            records.Write(snapshot.Objects.Select(o => JsonSchemaObject.Of(target, o)), json => json.JsonSchemaObject);
    }

    public void Diagram(DatabaseTarget target, SchemaSnapshot snapshot, DiagramFormat format) =>
        records.Write(
            [new JsonSchemaDiagram(target.Display, snapshot.Fingerprint, format, SchemaDiagram.Of(snapshot).Write(format))],
            json => json.JsonSchemaDiagram
        );

    public void Findings(DatabaseTarget? target, IReadOnlyList<LintFinding> findings)
    {
        records.Write(findings.Select(JsonFinding.Of), json => json.JsonFinding);
        foreach (var finding in findings)
            terminal.Commands(LogCommands.Issue(terminal.Format, finding.IsError, LintText.Line(finding), finding.Location), toError: true);
    }

    public void Generated(IReadOnlyList<GeneratedMigration> results) =>
        records.Write(results.Select(JsonGenerated.Of), json => json.JsonGenerated);

    public void Exported(ExportedReport report) => records.Write([report], json => json.ExportedReport);

    public void Differences(string left, string right, IReadOnlyList<SchemaDifference> differences) =>
        records.Write(differences.Select(JsonDifference.Of), json => json.JsonDifference);
}
