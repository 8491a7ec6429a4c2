using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Writes schemas, checks and rehearsals for programs.</summary>
internal sealed class JsonIntegrityReport(JsonReport report) : IIntegrityReport
{
    public void Checks(DatabaseTarget target, IReadOnlyList<CheckResult> results) =>
        report.Write(results.Select(JsonCheck.Of), json => json.JsonCheck);

    public void Rehearsal(DatabaseTarget target, RehearsalReport rehearsal)
    {
        report.Write(rehearsal.Results.Select(r => JsonRehearsal.Of(target, r)), json => json.JsonRehearsal);
        report.Write(rehearsal.Checks.Select(JsonCheck.Of), json => json.JsonCheck);
    }

    public void Schema(DatabaseTarget target, SchemaSnapshot snapshot, bool asSql)
    {
        if (asSql)
            report.Write(
                [new JsonSchemaSql(target.Display, snapshot.Fingerprint, SchemaScript.Write(snapshot))],
                json => json.JsonSchemaSql
            );
        else
            report.Write(snapshot.Objects.Select(o => JsonSchemaObject.Of(target, o)), json => json.JsonSchemaObject);
    }

    public void Differences(string left, string right, IReadOnlyList<SchemaDifference> differences) =>
        report.Write(differences.Select(JsonDifference.Of), json => json.JsonDifference);
}
