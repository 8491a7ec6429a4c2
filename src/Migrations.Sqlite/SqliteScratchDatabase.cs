using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>A file that is thrown away, with its folder.</summary>
/// <param name="target">The file.</param>
/// <param name="folder">The folder.</param>
internal sealed class SqliteScratchDatabase(DatabaseTarget target, string folder) : IScratchDatabase
{
    /// <inheritdoc/>
    public DatabaseTarget Target => target;

    /// <inheritdoc/>
    public Task<StepMeasurement> MeasureAsync(IDatabaseSession session, StepExecution step, CancellationToken cancellationToken) =>
        SqliteRehearsal.MeasureAsync((SqliteSession)session, step, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableValues>> ReadValuesAsync(IDatabaseSession session, bool digests, CancellationToken cancellationToken)
    {
        var own = (SqliteSession)session;
        return own.Call(() => SqliteValueReader.Read(own, digests, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A session is still open, or somebody looks at the file: what stays is found as a leftover, and the temporary folder is emptied by the system.
        }

        return ValueTask.CompletedTask;
    }
}
