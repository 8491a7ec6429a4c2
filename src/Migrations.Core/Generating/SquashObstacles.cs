using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Generating;

/// <summary>Says which migrations cannot be folded, and why.</summary>
internal static class SquashObstacles
{
    /// <summary>The reasons, a sentence for each migration.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<Migration> range, ISqlDialect dialect)
    {
        foreach (var migration in range)
        {
            if (Why(migration, dialect) is { } why)
                yield return $"{migration}: {why}";
        }
    }

    private static string? Why(Migration migration, ISqlDialect dialect)
    {
        if (migration.IsCode)
            return "it is code, which no file of SQL replaces.";
        if (migration.Header.Environments.Count > 0)
            return $"it runs in {string.Join(", ", migration.Header.Environments)} only ('Environment:'), and the one file would run "
                + "everywhere.";
        if (migration.IsRepeatable)
            return "it is repeatable, and runs again whenever it is edited.";
        if (migration.Up is { HasReference: true, Filled: not null } or { Substituted: not null })
            return "its script takes variables, whose values would stand in the file.";
        if (migration.Up.IsEmpty)
            return null;
        var analysis = PlannedScripts.Analyze(dialect, migration.Up);
        return analysis.OutsideTransaction ? "it runs outside a transaction, so it may be in a database in part." : null;
    }
}
