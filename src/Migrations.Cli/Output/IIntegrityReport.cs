using Migrations.Diagrams;
using Migrations.Generating;
using Migrations.Integrity;
using Migrations.Linting;
using Migrations.Reporting;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Where schemas, checks and rehearsals are reported.</summary>
internal interface IIntegrityReport
{
    void Checks(DatabaseTarget target, IReadOnlyList<CheckResult> results);

    void Rehearsal(DatabaseTarget target, RehearsalReport report);

    void Schema(DatabaseTarget target, SchemaSnapshot snapshot, bool asSql);

    /// <summary>The tables of a schema with their foreign keys, in a language for documents.</summary>
    void Diagram(DatabaseTarget target, SchemaSnapshot snapshot, DiagramFormat format);

    /// <summary>What rules find in migrations; of the folder alone where there is no database.</summary>
    void Findings(DatabaseTarget? target, IReadOnlyList<LintFinding> findings);

    /// <summary>Migrations, or undo scripts, that were written for the user, or not.</summary>
    void Generated(IReadOnlyList<GeneratedMigration> results);

    /// <summary>A page that shows databases.</summary>
    void Exported(ExportedReport report);

    void Differences(string left, string right, IReadOnlyList<SchemaDifference> differences);
}
