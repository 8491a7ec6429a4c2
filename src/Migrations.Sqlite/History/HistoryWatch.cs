using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Notices when scripts or triggers change rows of the history, or take the table away: what is there afterwards does not show it.
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="table">The table's name.</param>
internal sealed class HistoryWatch(SqliteHandle handle, string table)
{
    /// <summary>Whether it was changed.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Forgets what was noticed.</summary>
    public void Forget() => IsDisturbed = false;

    /// <summary>Runs a script, or a statement of one, which may change nothing in the history.</summary>
    /// <param name="run">Runs it.</param>
    /// <param name="state">What scripts do to the connection.</param>
    public T OfScript<T>(Func<T> run, ConnectionState state)
    {
        // In a transaction of the script's own, what an earlier statement did is recorded with the last.
        IsDisturbed &= handle.InTransaction;
        var result = OfRows(run, rows: 0);
        IsDisturbed |= state.HasReplacedHistory;
        return result;
    }

    /// <summary>Runs what changes a known number of rows of the history, and notices when it changes more.</summary>
    public T OfRows<T>(Func<T> run, long rows)
    {
        if (handle.Changes is { } counts)
        {
            var before = Sum(counts.Of(table));
            var counted = run();
            IsDisturbed |= Sum(counts.Of(table)) > before + rows;
            return counted;
        }

        using var watch = new SqliteRowWatch(handle, table);
        var result = run();
        IsDisturbed |= watch.Count > rows;
        return result;
    }

    private static long Sum((long Inserted, long Updated, long Deleted) changes) => changes.Inserted + changes.Updated + changes.Deleted;
}
