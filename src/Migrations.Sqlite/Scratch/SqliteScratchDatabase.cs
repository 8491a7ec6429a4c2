using Migrations.Backup;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.Sqlite;

/// <summary>A file that is thrown away, with its folder.</summary>
/// <param name="target">The file.</param>
/// <param name="folder">The folder.</param>
/// <param name="events">Where it is reported when it cannot be removed.</param>
internal sealed class SqliteScratchDatabase(DatabaseTarget target, OwnedFolder folder, IEventSink events) : IScratchDatabase
{
    /// <inheritdoc/>
    public DatabaseTarget Target => target;

    /// <inheritdoc/>
    public Task<StepMeasurement> MeasureAsync(IDatabaseSession session, StepExecution step, CancellationToken cancellationToken) =>
        SqliteRehearsal.MeasureAsync((SqliteSession)session, step, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableValues>> ReadValuesAsync(IDatabaseSession session, bool digests, CancellationToken cancellationToken)
    {
        var connection = ((SqliteSession)session).Connection;
        return connection.Call(
            () =>
            {
                var values = SqliteValueReader.Read(connection.Handle, connection.Options.HistoryTable, digests, cancellationToken);
                return digests ? [.. values, .. SqliteValueReader.ReadIndexes(connection.Handle)] : values;
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(folder.Path) && folder.TryDelete() is { } reason)
            events.Publish(
                new WarningRaised(
                    $"The scratch database in '{folder.Path}' could not be removed: {reason} The next command that needs a "
                        + "scratch database removes it."
                )
            );
        return ValueTask.CompletedTask;
    }
}
