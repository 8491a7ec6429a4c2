using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What scripts leave on a connection beside settings: temporary tables, prepared statements, and rows in the server's counters.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class Leftovers(PostgreSqlConnection connection)
{
    private bool _mayHaveObjects;
    private bool _mayHaveRows;

    /// <summary>A script runs that may leave something behind, or has failed: what it has prepared or removed no rollback
    /// restores.</summary>
    public void Expect() => _mayHaveObjects = true;

    /// <summary>The server has looked whether there is anything.</summary>
    public void Found(bool any) => _mayHaveObjects = any;

    /// <summary>The server's counters may hold rows of what did not hand them over: a step that was rolled back, or a statement outside
    /// of transactions.</summary>
    public void ExpectRows() => _mayHaveRows = true;

    /// <summary>The connection is a new one.</summary>
    public void Forget() => _mayHaveObjects = false;

    /// <summary>Makes the next transaction count its changed rows from zero, when what ran before may have left some.</summary>
    /// <param name="handOver">The expression that makes the server hand over what it has counted; null where it has none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ClearRowsAsync(string? handOver, CancellationToken cancellationToken)
    {
        if (!_mayHaveRows || connection.IsInRun)
            return;
        if (handOver is not null)
            await connection.ExecuteAsync("SELECT " + handOver, cancellationToken).ConfigureAwait(false);
        _mayHaveRows = false;
    }

    /// <summary>
    /// Removes what earlier scripts have left: the next one must not find their temporary tables in place of the real ones. Not through a
    /// pooler, where the next transaction may get a backend on which others have left theirs. Nor in a step's own transaction, whose modes
    /// can be set before its first query only.
    /// </summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        var isDue = _mayHaveObjects && !connection.IsPooled;
        _mayHaveObjects = false;
        if (!isDue)
            return;
        await connection.ExecuteAsync("DEALLOCATE ALL", cancellationToken).ConfigureAwait(false);
        connection.Prepared.Forget();
        if (connection.IsInRun)
            await TryDiscardAsync(cancellationToken).ConfigureAwait(false);
        else
            await connection.ExecuteAsync("DISCARD TEMP", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In the transaction of a run a deferred constraint may still be waiting for a temporary table's rows; then it
    /// stays.</summary>
    private async Task TryDiscardAsync(CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync("DISCARD TEMP", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
        }

        await connection.ExecuteAsync("RELEASE SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
    }
}
