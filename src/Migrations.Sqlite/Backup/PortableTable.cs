using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// A full-text table (<see href="https://sqlite.org/fts5.html"/>) that a script can make as anyone would: CREATE VIRTUAL TABLE, and its
/// rows, or the index of a text that is in another table. Programs that load a script, D1 among them, may forbid to write the schema by
/// hand.
/// </summary>
internal sealed class PortableTable
{
    private PortableTable(SqliteSchemaItem table, string query, string insert, string? rebuild) =>
        (Table, Query, Insert, Rebuild) = (table, query, insert, rebuild);

    /// <summary>The virtual table.</summary>
    public SqliteSchemaItem Table { get; }

    /// <summary>What reads its rows.</summary>
    public string Query { get; }

    /// <summary>The beginning of what writes them.</summary>
    public string Insert { get; }

    /// <summary>What makes the index of a text that is elsewhere; null where the table has rows of its own.</summary>
    public string? Rebuild { get; }

    /// <summary>
    /// Checks whether an object is one; null for any other, and where something would be lost: settings of its own, a text that no one
    /// keeps.
    /// </summary>
    public static PortableTable? Find(SqliteHandle handle, SqliteSchemaItem item, IReadOnlyList<SqliteSchemaItem> items)
    {
        if (
            item.Module is not "fts5"
            || item.Sql!.Contains("locale", StringComparison.OrdinalIgnoreCase)
            || !HasUsualSettings(handle, item)
        )
            return null;
        var name = SqliteNames.Show(item.Name);
        if (item.TextSource is { } source)
        {
            // A view comes later in the script.
            return items.Any(i => i.IsPlainTable && SqliteNames.Comparer.Equals(i.Name, source))
                ? new PortableTable(item, "", "", $"INSERT INTO {name}({name}) VALUES ('rebuild')")
                : null;
        }

        if (!items.Any(i => SqliteNames.Comparer.Equals(i.Name, item.Name + "_content")))
            return null;
        var columns = "rowid, " + string.Join(", ", SqliteTableShape.Read(handle, item).Columns.Select(SqliteNames.Quote));
        return new PortableTable(
            item,
            $"SELECT {columns} FROM main.{SqliteNames.Quote(item.Name)} ORDER BY rowid",
            $"INSERT INTO {name} ({columns}) VALUES (",
            rebuild: null
        );
    }

    private static bool HasUsualSettings(SqliteHandle handle, SqliteSchemaItem item)
    {
        try
        {
            using var table = handle.Prepare($"SELECT 1 FROM main.{SqliteNames.Quote(item.Name)} LIMIT 0");
            return handle.QueryInt64($"SELECT 1 FROM main.{SqliteNames.Quote(item.Name + "_config")} WHERE k <> 'version' OR v <> 4")
                is null;
        }
        catch (SqliteFailure e) when (e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt)
        {
            return false;
        }
    }
}
