using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>Looks at the down scripts of a folder: whether there is one, and whether it takes more than its up script has made.</summary>
/// <param name="driver">The engine: how scripts are read, and its rules.</param>
/// <param name="run">Makes findings.</param>
internal sealed class LintUndo(IDatabaseDriver driver, LintRun run)
{
    private static readonly string[] Destructive = ["drop-table", "drop-column", "delete-all-rows"];

    /// <summary>Looks at one migration.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="isCustomary">Whether other migrations of the folder have a down script.</param>
    public IEnumerable<LintFinding> Find(Migration migration, bool isCustomary)
    {
        var found = migration.Down is { } down && migration.HasUndo ? Destruction(migration, down) : Absence(migration, isCustomary);
        return found.Found.Count == 0
            ? []
            : run.Allowed(migration, found.Script, found.Statements, found.Found, !ReferenceEquals(found.Script, migration.Up));
    }

    private (List<LintFinding> Found, MigrationScript Script, List<StatementPlace> Statements) Absence(
        Migration migration,
        bool isCustomary
    )
    {
        if (!isCustomary || migration.IsRepeatable || migration.IsIrreversible || migration.Up.IsEmpty)
            return ([], migration.Up, []);
        var place = new ScriptLocation(migration.Up.File, migration.Up.FirstLine);
        return (
            [run.Of(migration, place, "no-down", $"{migration} has no down script, as other migrations of the folder have.")],
            migration.Up,
            []
        );
    }

    private (List<LintFinding> Found, MigrationScript Script, List<StatementPlace> Statements) Destruction(
        Migration migration,
        MigrationScript down
    )
    {
        if (down.Header.RowLossAllowed || down.Code is not null || migration.Up.Code is not null)
            return ([], down, []);
        // By itself first: most down scripts that take nothing away need no second look.
        var (statements, hazards) = LintRun.Read(driver.Rules.Open(LintFacts.None), driver.Dialect, down, run: 0, isInTransaction: true);
        if (!hazards.Exists(IsDestructive))
            return ([], down, statements);
        var reader = driver.Rules.Open(LintFacts.None);
        _ = LintRun.Read(reader, driver.Dialect, migration.Up, run: 0, isInTransaction: true);
        (statements, hazards) = LintRun.Read(reader, driver.Dialect, down, run: 0, isInTransaction: true);
        var found = hazards
            .Where(IsDestructive)
            .Select(h =>
                run.Of(
                    migration,
                    h.Statement.Location,
                    "destructive-down",
                    $"{h.Message.TrimEnd('.')}, which its up script has not made."
                ) with
                {
                    Statement = h.Statement.Text,
                    Table = h.Table,
                }
            );
        return ([.. found], down, statements);
    }

    private static bool IsDestructive(LintHazard hazard) => Destructive.Contains(hazard.Rule, StringComparer.Ordinal);
}
