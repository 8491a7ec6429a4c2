using System.Globalization;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Looks at tables that were copied: whether all keeps to its constraints, and whether all of the plan is there.</summary>
internal static class SqliteCopyProof
{
    /// <summary>What the copy was to have and does not have.</summary>
    public static LeftOutObject Refused(string kind, string name, string table, string reason, string? text) =>
        new(kind, name, table, reason.EndsWith('.') ? reason : reason + ".", text) { IsRefused = true };

    /// <summary>The checks and foreign keys that rows break. SQLite has them all the same, and refuses the next such row.</summary>
    public static IEnumerable<LeftOutObject> FindBroken(SqliteHandle handle, CopyTable table)
    {
        var name = SqliteNames.Quote(table.Name);
        foreach (var check in table.Checks.Where(c => IsBroken(handle, name, c)))
            yield return Refused("check", check.Name ?? check.Text, table.Name, "The check is there, and rows break it", check.Text);
        if (table.ForeignKeys.Count == 0)
            yield break;
        // https://sqlite.org/pragma.html#pragma_foreign_key_check
        var parents = new HashSet<string>(SqliteNames.Comparer);
        using (var rows = handle.Prepare($"PRAGMA main.foreign_key_check({name})"))
        {
            while (rows.Step())
                parents.Add(rows.Text(2)!);
        }

        foreach (var key in table.ForeignKeys.Where(k => parents.Contains(k.Parent)))
            yield return Refused("foreign key", key.Name ?? key.Text, table.Name, "The key is there, and rows have no parent", key.Text);
    }

    /// <summary>Compares a table with its plan.</summary>
    public static IEnumerable<CopyObstacle> Verify(SqliteHandle handle, SqliteTableScript script, SourceTable there)
    {
        var table = script.Table;
        var refused = script.Indexes.Count(i => !Exists(handle, i.Index.Name));
        var found = new List<string>();
        Compare(found, "columns NOT NULL", table.Columns.Count(c => c.NotNull && !IsNumbered(c)), NotNull());
        Compare(found, "primary keys", table.PrimaryKey.Count > 0 ? 1 : 0, Count(SqliteConstraintKind.PrimaryKey));
        Compare(found, "unique keys", table.Keys.Count, Count(SqliteConstraintKind.Unique));
        Compare(found, "foreign keys", table.ForeignKeys.Count, Count(SqliteConstraintKind.ForeignKey));
        Compare(found, "checks", table.Checks.Count(c => IsWritten(script, c)), Count(SqliteConstraintKind.Check));
        Compare(found, "indexes", table.Indexes.Count - refused, Indexes(handle, table.Name));
        if (SqliteTableScript.Numbered(table) is { } column)
            Compare(found, "the highest number given out", column.HighestId, SqliteNumbering.Of(handle, table.Name));
        return found.Select(f => new CopyObstacle(table.Name, Column: null, f, [], Rows: null));

        bool IsNumbered(CopyColumn column) => SqliteTableScript.Numbered(table) is not null && column.IsIdentity;

        int NotNull() => there.Text.Columns.Count(c => c.NotNull is not null);

        int Count(SqliteConstraintKind kind) => there.Text.Constraints.Count(c => c.Kind == kind);
    }

    private static bool IsWritten(SqliteTableScript script, CopyCheck check) =>
        !script.LeftOut.Any(l => l.Kind is "check" && string.Equals(l.Name, check.Name ?? check.Text, StringComparison.Ordinal));

    private static bool IsBroken(SqliteHandle handle, string table, CopyCheck check)
    {
        try
        {
            var condition = SqliteExpressionWriter.Write(check.Condition);
            return handle.QueryInt64($"SELECT EXISTS (SELECT 1 FROM main.{table} WHERE NOT ({condition}))") == 1;
        }
        catch (UntranslatableException)
        {
            // It is listed already.
            return false;
        }
    }

    private static bool Exists(SqliteHandle handle, string index) =>
        handle.QueryInt64("SELECT count(*) FROM main.sqlite_master WHERE type = 'index' AND name = ?", index) == 1;

    private static long Indexes(SqliteHandle handle, string table) =>
        handle.QueryInt64("SELECT count(*) FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", table) ?? 0;

    private static void Compare(List<string> found, string what, long wanted, long there)
    {
        if (wanted != there)
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {wanted} expected, {there} found"));
    }
}
