using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Cli.Output;

/// <summary>Where schemas, checks and rehearsals are reported.</summary>
internal interface IIntegrityReport
{
    void Checks(DatabaseTarget target, IReadOnlyList<CheckResult> results);

    void Rehearsal(DatabaseTarget target, RehearsalReport report);

    void Schema(DatabaseTarget target, SchemaSnapshot snapshot, bool asSql);

    void Differences(string left, string right, IReadOnlyList<SchemaDifference> differences);
}
