using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// A read-only transaction in which every query sees the same moment; always rolled back, so that what was set in it is restored. Inside
/// the open transaction of a run it is a savepoint.
/// </summary>
internal sealed class ReadTransaction(PostgreSqlConnection connection) : IAsyncDisposable
{
    private bool _hasBegun;
    private bool _isInRun;

    /// <summary>Begins it. Waits for no lock longer than a step would.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        _isInRun = connection.IsInRun;
        await connection
            .ExecuteAsync(_isInRun ? "SAVEPOINT migrations_look" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancellationToken)
            .ConfigureAwait(false);
        _hasBegun = true;
        // Nor longer than a statement may take; what has a limit of its own sets it again.
        await connection
            .QueryAsync(
                "SELECT set_config('lock_timeout', $1, true), CASE WHEN $2 IS NOT NULL THEN set_config('statement_timeout', $2, true) END",
                _ => { },
                cancellationToken,
                Milliseconds(connection.Options.TableLockTimeout),
                Milliseconds(connection.Options.StatementTimeout)
            )
            .ConfigureAwait(false);
    }

    private static string? Milliseconds(TimeSpan? time) =>
        time is { } limit ? Math.Max(1, (long)limit.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_hasBegun)
            return;
        if (!_isInRun)
        {
            await connection.RollBackAsync().ConfigureAwait(false);
            return;
        }

        if (!connection.IsOpen)
            return;
        try
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_look", CancellationToken.None).ConfigureAwait(false);
            await connection.ExecuteAsync("RELEASE SAVEPOINT migrations_look", CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (PostgreSqlErrors.IsBroken(e))
        {
            // The connection is gone, and the transaction with it.
        }
    }
}
