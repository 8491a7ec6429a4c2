using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Reads the foreign keys that act when rows of their parent are deleted or get another key (<see
/// href="https://sqlite.org/foreignkeys.html#fk_actions"/>).
/// </summary>
internal static class ActingKeys
{
    private const string All = """
        SELECT m.name, f.id, f."table", f."from", f."to", f.on_delete, f.on_update FROM main.sqlite_master AS m
            JOIN pragma_foreign_key_list(m.name) AS f
        WHERE m.type = 'table' AND (f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
            OR f.on_update IN ('CASCADE', 'SET NULL', 'SET DEFAULT')) ORDER BY m.name, f.id, f.seq
        """;

    /// <summary>Reads all of the database.</summary>
    public static IReadOnlyList<ActingKey> Read(SqliteHandle handle)
    {
        var columns = new List<(string Child, long Id, string Parent, string From, string? To, KeyAction OnDelete, bool ActsOnUpdate)>();
        using (var rows = handle.Prepare(All))
        {
            while (rows.Step())
                columns.Add(
                    (
                        rows.Text(0)!,
                        rows.Int64(1),
                        rows.Text(2)!,
                        rows.Text(3)!,
                        rows.Text(4),
                        ActionOf(rows.Text(5)),
                        ActionOf(rows.Text(6)) != KeyAction.None
                    )
                );
        }

        var keys = new List<ActingKey>();
        foreach (var key in columns.GroupBy(c => (c.Child, c.Id)))
        {
            var (first, to) = (key.First(), key.Select(c => c.To).OfType<string>().ToList());
            keys.Add(
                new ActingKey(
                    SqliteNames.Quote(first.Parent),
                    SqliteNames.Quote(first.Child),
                    [.. key.Select(c => SqliteNames.Quote(c.From))],
                    [.. (to.Count > 0 ? to : PrimaryKey(handle, first.Parent)).Select(SqliteNames.Quote)],
                    first.OnDelete,
                    first.ActsOnUpdate
                )
            );
        }

        return keys;
    }

    private static KeyAction ActionOf(string? text) =>
        text switch
        {
            "CASCADE" => KeyAction.Cascade,
            "SET NULL" or "SET DEFAULT" => KeyAction.Overwrite,
            _ => KeyAction.None,
        };

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
