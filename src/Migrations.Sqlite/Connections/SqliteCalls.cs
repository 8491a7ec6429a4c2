using Migrations.Events;
using Migrations.Running;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Calls SQLite so that cancelling interrupts it, and its failures come out as the engine's errors.</summary>
internal static class SqliteCalls
{
    /// <summary>Calls it on a session's connection.</summary>
    public static Task<T> Call<T>(this SqliteConnection connection, Func<T> action, CancellationToken cancellationToken) =>
        Call(connection.Handle, connection.Target, action, cancellationToken);

    /// <summary>Calls it on a connection that no session has.</summary>
    public static Task<T> Call<T>(SqliteHandle handle, DatabaseTarget target, Func<T> action, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            handle.Watch.Token = cancellationToken;
            return Task.FromResult(action());
        }
        catch (SqliteFailure e)
        {
            return cancellationToken.IsCancellationRequested
                ? Task.FromCanceled<T>(cancellationToken)
                : Task.FromException<T>(SqliteErrors.Translate(e, target));
        }
        catch (MigrationException e)
        {
            return Task.FromException<T>(e);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        finally
        {
            handle.Watch.Token = CancellationToken.None;
        }
    }

    /// <summary>Calls what rolls itself back when another connection keeps it out, and calls it again, with growing pauses.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="what">What is called, for the event.</param>
    /// <param name="retries">How often it is called again at most.</param>
    /// <param name="action">What is called.</param>
    /// <param name="cancellationToken">Ends the pauses.</param>
    public static async Task<T> RetryAsync<T>(
        this SqliteConnection connection,
        string what,
        int retries,
        Func<T> action,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                return action();
            }
            catch (SqliteFailure) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (SqliteFailure e) when (e.IsBusy && attempt <= retries)
            {
                pause = RetryPause.After(attempt);
                connection.Options.Events.Publish(new StepRetried(what, attempt, retries, pause, Blocker: null));
            }
            catch (SqliteFailure e)
            {
                throw SqliteErrors.Translate(e, connection.Target, connection.Handle);
            }
            catch (StatementException e) when (e.Id is ErrorId.DiskFailed or ErrorId.DatabaseReadOnly && connection.Handle.HasMoved)
            {
                throw SqliteErrors.Replaced(connection.Target, e);
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Calls it without waiting for locks of other connections.</summary>
    public static async Task<T> WithoutWaitingAsync<T>(this SqliteConnection connection, Func<Task<T>> action)
    {
        var watch = connection.Handle.Watch;
        var usual = watch.BusyTimeout;
        watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            return await action().ConfigureAwait(false);
        }
        finally
        {
            watch.BusyTimeout = usual;
        }
    }
}
