namespace Migrations.Databases;

/// <summary>Locking for those who need the lock whatever happens meanwhile.</summary>
public static class SessionLock
{
    /// <summary>Takes the migration lock (<see cref="IDatabaseSession.LockAsync"/>).</summary>
    /// <exception cref="LockException">Not got in time, or the place cannot be locked.</exception>
    public static async Task<IAsyncDisposable> LockAsync(this IDatabaseSession session, CancellationToken cancellationToken) =>
        (await session.LockAsync(isNeeded: null, cancellationToken).ConfigureAwait(false))!;
}
