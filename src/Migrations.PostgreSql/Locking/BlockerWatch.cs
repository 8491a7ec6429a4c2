using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Looks, from a second connection, whom the session's backend waits for: once the wait has ended in an error, no one knows any more. It
/// connects only when a step takes longer than a part of the lock timeout, and looks more often than that timeout, so that no wait that
/// fails goes unseen.
/// </summary>
internal sealed class BlockerWatch : IAsyncDisposable
{
    private readonly PostgreSqlConnection _connection;
    private readonly int _processId;
    private readonly string? _program;
    private readonly Action<Blocker>? _seen;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private Blocker? _blocker;

    /// <param name="connection">The connection.</param>
    /// <param name="lockTimeout">How long it waits for a lock.</param>
    /// <param name="program">The application name of programs that work for it and may wait too; null without any.</param>
    /// <param name="seen">Is called when someone is seen for the first time.</param>
    public BlockerWatch(PostgreSqlConnection connection, TimeSpan lockTimeout, string? program = null, Action<Blocker>? seen = null)
    {
        (_program, _seen) = (program, seen);
        _connection = connection;
        _processId = connection.ProcessId;
        _interval = TimeSpan.FromMilliseconds(Math.Clamp(lockTimeout.TotalMilliseconds / 3, 20, 30_000));
        _watching = WatchAsync(_stop.Token);
    }

    /// <summary>Stops looking.</summary>
    /// <returns>Who was last waited for; null when no one was seen.</returns>
    public async Task<Blocker?> StopAsync()
    {
        Stop();
        await _watching.ConfigureAwait(false);
        return _blocker;
    }

    /// <summary>What a deadlock's detail says of the other process.</summary>
    public static Blocker? OfDeadlock(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected && e.Detail?.Split('\n')[0] is { } other ? new Blocker(other) : null;

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
            var connection = await _connection.Connector.OpenSecondAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            while (true)
            {
                if (await BlockerQuery.AskAsync(connection, _processId, _program, cancellationToken).ConfigureAwait(false) is { } found)
                {
                    if (_blocker is null)
                        _seen?.Invoke(found);
                    _blocker = found;
                }

                await Task.Delay(_interval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException or TimeoutException)
        {
            // What cannot be seen is not reported; the step itself does not depend on it.
        }
    }
}
