using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Calls SQLite so that cancelling interrupts it, and its failures come out as the engine's errors.</summary>
internal static class SqliteCalls
{
    /// <summary>Calls it on a session's connection.</summary>
    public static Task<T> Call<T>(this SqliteSession session, Func<T> action, CancellationToken cancellationToken) =>
        Call(session.Handle, session.Target, action, cancellationToken);

    /// <summary>Calls it on a connection.</summary>
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
}
