using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Reads the foreign keys that act when rows of their parent are deleted (<see href="https://sqlite.org/foreignkeys.html#fk_actions"/>).
/// </summary>
internal static class DeletingKeys
{
    private const string All = """
        SELECT m.name, f.id, f."table", f."from", f."to", f.on_delete FROM main.sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f
        WHERE m.type = 'table' AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT') ORDER BY m.name, f.id, f.seq
        """;

    /// <summary>Reads all of the database.</summary>
    public static IReadOnlyList<DeletingKey> Read(SqliteHandle handle)
    {
        var columns = new List<(string Child, long Id, string Parent, string From, string? To, bool Cascades)>();
        using (var rows = handle.Prepare(All))
        {
            while (rows.Step())
                columns.Add((rows.Text(0)!, rows.Int64(1), rows.Text(2)!, rows.Text(3)!, rows.Text(4), rows.Text(5) is "CASCADE"));
        }

        var keys = new List<DeletingKey>();
        foreach (var key in columns.GroupBy(c => (c.Child, c.Id)))
        {
            var (first, to) = (key.First(), key.Select(c => c.To).OfType<string>().ToList());
            keys.Add(
                new DeletingKey(
                    SqliteNames.Quote(first.Parent),
                    SqliteNames.Quote(first.Child),
                    [.. key.Select(c => SqliteNames.Quote(c.From))],
                    [.. (to.Count > 0 ? to : PrimaryKey(handle, first.Parent)).Select(SqliteNames.Quote)],
                    first.Cascades
                )
            );
        }

        return keys;
    }

    private static List<string> PrimaryKey(SqliteHandle handle, string table)
    {
        var columns = new List<string>();
        using var rows = handle.Prepare(
            $"SELECT name FROM pragma_table_info('{table.Replace("'", "''", StringComparison.Ordinal)}') WHERE pk > 0 ORDER BY pk"
        );
        while (rows.Step())
            columns.Add(rows.Text(0)!);
        return columns;
    }
}
