namespace Migrations.Sqlite;

/// <summary>Writes what recreates a virtual table with other arguments.</summary>
/// <param name="from">The table as it is.</param>
/// <param name="to">The table as it should be.</param>
internal sealed class SqliteVirtualChange(SqliteTable from, SqliteTable to)
{
    /// <summary>
    /// The statements: a full-text index that finds its text in a table is built again from there
    /// (<see href="https://sqlite.org/fts5.html#the_rebuild_command"/>). Null where the rows of a module would be lost.
    /// </summary>
    public IReadOnlyList<string>? TryWrite()
    {
        var text = to.Item.CreateSql!;
        var tokens = SqliteTokenCursor.Read(text);
        var isIndexOfText =
            tokens.Exists(t => t.Is("fts5"))
            && tokens.Zip(tokens.Skip(1), tokens.Skip(2)).Any(t => t.First.Is("content") && t.Second.Is('=') && t.Third.Name.Length > 0);
        return from.IsVirtual && to.IsVirtual && isIndexOfText
            ? [$"DROP TABLE {from.Name}", text, $"INSERT INTO {to.Name} ({to.Name}) VALUES ('rebuild')"]
            : null;
    }
}
