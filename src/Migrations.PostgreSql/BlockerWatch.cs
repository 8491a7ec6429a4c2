using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Looks, from a second connection, whom the session's backend waits for: once the wait has ended in an error, nobody knows any more. It connects only when a step
/// takes longer than a part of the lock timeout, and looks more often than that timeout, so that no wait that fails goes unseen.
/// </summary>
internal sealed class BlockerWatch : IAsyncDisposable
{
    private readonly PostgreSqlSession _session;
    private readonly int _processId;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private string? _blocker;

    public BlockerWatch(PostgreSqlSession session, TimeSpan lockTimeout)
    {
        _session = session;
        _processId = session.Connection.ProcessID;
        _interval = TimeSpan.FromMilliseconds(Math.Clamp(lockTimeout.TotalMilliseconds / 3, 20, 30_000));
        _watching = WatchAsync(_stop.Token);
    }

    /// <summary>Stops looking.</summary>
    /// <returns>Who was last waited for; null when nobody was seen.</returns>
    public async Task<string?> StopAsync()
    {
        Stop();
        await _watching.ConfigureAwait(false);
        return _blocker;
    }

    /// <summary>What a deadlock's detail says of the other process.</summary>
    public static string? OfDeadlock(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected ? e.Detail?.Split('\n')[0] : null;

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    // Here and now: a hop to another thread and back would cost a small step more than its lock does.
    private void Stop() => _stop.Cancel();

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Nearly every step is over by now: no exception is thrown for that.
            await Task.Delay(_interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
                return;
            var connection = await _session.Connector.OpenSecondAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            while (true)
            {
                _blocker = await LookAsync(connection, cancellationToken).ConfigureAwait(false) ?? _blocker;
                await Task.Delay(_interval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException or TimeoutException)
        {
            // What cannot be seen is not told; the step itself does not depend on it.
        }
    }

    private async Task<string?> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        var command = new NpgsqlBatchCommand(
            """
            SELECT a.pid, COALESCE(a.usename::text, ''), COALESCE(a.application_name, ''), COALESCE(a.state, ''), COALESCE(left(a.query, 500), ''),
                EXTRACT(epoch FROM clock_timestamp() - COALESCE(a.xact_start, a.backend_start))::bigint
            FROM unnest(pg_blocking_pids($1)) AS b(pid) JOIN pg_stat_activity a ON a.pid = b.pid ORDER BY a.xact_start LIMIT 1
            """);
        command.Parameters.Add(PostgreSqlText.Parameter((int?)_processId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(OwnSettings.Catalogue.Enter));
        batch.BatchCommands.Add(command);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Describe(reader) : null;
    }

    private static string Describe(NpgsqlDataReader row)
    {
        var application = row.GetString(2);
        var age = TimeSpan.FromSeconds(row.IsDBNull(5) ? 0 : row.GetInt64(5));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"backend {row.GetInt32(0)} of user {row.GetString(1)}{(application.Length == 0 ? "" : $" ({application})")}, {row.GetString(3)}, transaction open for {age:c}: {Secrets.FirstWords(row.GetString(4))}");
    }
}
