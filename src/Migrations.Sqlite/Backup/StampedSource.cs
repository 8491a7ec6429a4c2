using Migrations.Databases;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// What a restore copies from: the backup itself, or a copy of it where the restored database gets another stamp than the backup has. So
/// the stamp arrives with the content, and no one finds one without the other.
/// </summary>
internal sealed class StampedSource : IAsyncDisposable
{
    private readonly IScratchDatabase? _scratch;

    private StampedSource(SqliteHandle handle, IScratchDatabase? scratch, IReadOnlyList<string> tables)
    {
        _scratch = scratch;
        Handle = handle;
        Tables = tables;
    }

    /// <summary>The source.</summary>
    public SqliteHandle Handle { get; }

    /// <summary>The history tables that have a row more than those of the backup.</summary>
    public IReadOnlyList<string> Tables { get; }

    /// <summary>Takes the backup, or makes the copy.</summary>
    public static async Task<StampedSource> OfAsync(
        SqliteHandle backup,
        DatabaseTarget target,
        RestoreJob job,
        CancellationToken cancellationToken
    )
    {
        var name = job.Session.HistoryTable;
        var rows = job.Stamp?.RowsFor(
            new HistorySearch(backup, target, name).Run(),
            new FoundHistory
            {
                Table = name,
                Display = name,
                IsOwn = true,
                Entries = [],
            }
        );
        if (rows is not { Count: > 0 })
            return new StampedSource(backup, scratch: null, []);
        var scratch = await new SqliteScratch().CreateAsync(new ScratchRequest(), cancellationToken).ConfigureAwait(false);
        try
        {
            var path = SqliteTarget.PathOf(scratch.Target);
            SqliteFileCopy.CreateFile(path);
            var progress = new WorkProgress(job.Session.Events, $"Stamping the copy for {target.Database}", "bytes");
            SqliteFileCopy.ToFile(backup, path, progress, cancellationToken);
            foreach (var (history, row) in rows)
                await WriteAsync(scratch.Target, history.Within(job.Session) with { Access = SessionAccess.Write }, row, cancellationToken)
                    .ConfigureAwait(false);
            return new StampedSource(SqliteOpening.OpenImmutable(path), scratch, [.. rows.Select(r => r.History.Table)]);
        }
        catch
        {
            await scratch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Does away with the copy. The backup stays open.</summary>
    public ValueTask DisposeAsync()
    {
        if (_scratch is null)
            return ValueTask.CompletedTask;
        Handle.Dispose();
        return _scratch.DisposeAsync();
    }

    private static async Task WriteAsync(
        DatabaseTarget target,
        SessionOptions options,
        JournalEntry row,
        CancellationToken cancellationToken
    )
    {
        var handle = await SqliteOpening.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        using var connection = new SqliteConnection(target, options, handle);
        using var history = new SqliteHistory(connection);
        await history.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await history.AppendAsync(row, cancellationToken).ConfigureAwait(false);
    }
}
