using Migrations.Databases;
using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Finds the histories of this tool in a file by their columns, whatever their names are.</summary>
/// <param name="handle">The connection.</param>
/// <param name="target">The database.</param>
/// <param name="own">The name of the history that the session reads and writes.</param>
internal sealed class HistorySearch(SqliteHandle handle, DatabaseTarget target, string own)
{
    // What has no pages of its own, a virtual table, may have no module here that could say its columns.
    private static readonly string Query =
        "SELECT m.name FROM main.sqlite_master m WHERE m.type = 'table' AND m.rootpage > 0 AND (SELECT count(*) FROM"
        + " pragma_table_info(m.name, 'main') c WHERE lower(c.name) IN ("
        + string.Join(", ", HistoryTable.AllColumns.Select(SqliteNormalForm.Literal))
        + $")) = {HistoryTable.AllColumns.Count} ORDER BY lower(m.name)";

    /// <summary>Finds them, the session's own first.</summary>
    /// <param name="onlyStamps">Whether only the rows are read that stamp the database.</param>
    public FoundHistories Run(bool onlyStamps = false)
    {
        var names = new List<string>();
        using (var rows = handle.Prepare(Query))
        {
            while (rows.Step())
                names.Add(rows.Text(0)!);
        }

        var found = names.Select(name => new FoundHistory
        {
            Table = name,
            Display = name,
            IsOwn = SqliteNames.Comparer.Equals(name, own),
            Entries = new HistoryReader(handle, target, new HistoryTable(handle, target, name)).ReadAll(onlyStamps),
        });
        return new FoundHistories(Identity, [.. found.OrderByDescending(h => h.IsOwn)]);
    }

    /// <summary>The stamp of the database; null without one. Other rows may be of a newer version, and need not be understood.</summary>
    /// <exception cref="MigrationException">A stamp cannot be read.</exception>
    public string? FindStamp() => Run(onlyStamps: true).Stamp;

    // One file may have several paths. What is in memory is another database for each connection.
    private string Identity =>
        SqliteTarget.IsMemory(target) ? $"memory {Guid.NewGuid():N}" : RealPath.IdentityOf(SqliteTarget.PathOf(target));
}
