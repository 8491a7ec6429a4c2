using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.Sqlite;

/// <summary>
/// The migration lock of a database file: a file beside it, opened so that no one else can open it. The operating system frees it when the
/// process ends, however it ends. It is never deleted, because two runs could then hold locks on two files of one name.
/// </summary>
internal sealed class SqliteLock : IAsyncDisposable
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);
    private const int LinuxWouldBlock = 11;
    private const int AppleWouldBlock = 35;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    private readonly FileStream _file;
    private readonly LockOwner? _owner;

    private SqliteLock(FileStream file, LockOwner? owner)
    {
        _file = file;
        _owner = owner;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="LockException">Not got in time, or the file system does not lock.</exception>
    public static async Task<SqliteLock> TakeAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        (await TakeAsync(target, options, isNeeded: null, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Takes the lock while it is needed, which is asked now and then.</summary>
    /// <returns>Null when it is no longer needed.</returns>
    /// <exception cref="LockException">Not got in time, or the file system does not lock.</exception>
    public static async Task<SqliteLock?> TakeAsync(
        DatabaseTarget target,
        SessionOptions options,
        Func<Task<bool>>? isNeeded,
        CancellationToken cancellationToken
    )
    {
        RunningCode.Refuse(target, t => RealPath.IdentityOf(t.ConnectionString));
        var path = PathOf(target);
        var clock = Stopwatch.StartNew();
        var (reported, asked) = (-ReportEvery, TimeSpan.Zero);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(path, target) is { } file)
                return Own(path, file);
            var holder = LockOwner.Read(OwnerPathOf(path));
            if (clock.Elapsed >= options.LockTimeout)
                throw TimedOut(target, holder, options.LockTimeout);
            if (clock.Elapsed - reported >= ReportEvery)
            {
                reported = clock.Elapsed;
                options.Events.Publish(new LockAwaited(holder, reported, options.LockTimeout));
            }

            if (isNeeded is not null && clock.Elapsed - asked >= AskEvery)
            {
                asked = clock.Elapsed;
                if (!await isNeeded().ConfigureAwait(false))
                    return null;
            }

            await Task.Delay(PauseWithin(options.LockTimeout - clock.Elapsed), cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan PauseWithin(TimeSpan left)
    {
        var pause = TimeSpan.FromMilliseconds(Random.Shared.Next(50, 150));
        return left > TimeSpan.Zero && left < pause ? left : pause;
    }

    /// <summary>Who holds the lock now; null when no one does. Creates nothing.</summary>
    public static LockHolder? FindHolder(DatabaseTarget target)
    {
        var path = PathOf(target);
        try
        {
            RegularFile.Require(path);
            // Shared with others who ask, so that asking never keeps anyone from asking.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return null;
        }
        catch (IOException e) when (IsHeld(e))
        {
            return LockOwner.Read(OwnerPathOf(path)) ?? new LockHolder();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Shows waiting runs which migration is being worked on.</summary>
    public void WorkOn(string migration) => _owner?.WorkOn(migration);

    public ValueTask DisposeAsync()
    {
        // The name goes first: whoever gets the lock next writes its own.
        _owner?.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    // It stands below the connections: an SQLite target's connection string is the path of its file.
    private static string PathOf(DatabaseTarget target) => RealPath.Of(target.ConnectionString) + ".migrate-lock";

    private static string OwnerPathOf(string path) => path + ".owner";

    private static FileStream? TryOpen(string path, DatabaseTarget target)
    {
        try
        {
            RegularFile.Require(path);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new MigrationException(
                ErrorId.DatabaseReadOnly,
                $"The lock file '{path}' beside the database '{target.Display}' cannot be written: {e.Message}",
                "Make the database's folder and the lock file writable for you, and run the command again.",
                e
            );
        }
        catch (IOException e)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The lock file '{path}' beside the database '{target.Display}' cannot be opened: {e.Message}",
                "Check the disk and the folder, and run the command again.",
                e
            );
        }
    }

    private static SqliteLock Own(string path, FileStream file)
    {
        try
        {
            // Where locks do nothing (some network file systems), this succeeds.
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
        }
        catch (IOException e) when (IsHeld(e))
        {
            return new SqliteLock(file, TryAnnounce(OwnerPathOf(path)));
        }

        file.Dispose();
        throw new LockException(
            ErrorId.LockUnsupported,
            $"The file system of '{path}' does not lock files, so two runs could not be kept apart. Nothing has run.",
            "Put the database on a local disk, or run the migrations on the machine that holds the disk.",
            holder: null
        );
    }

    private static LockOwner? TryAnnounce(string path)
    {
        try
        {
            return LockOwner.Announce(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LockException TimedOut(DatabaseTarget target, LockHolder? holder, TimeSpan timeout) =>
        new(
            ErrorId.LockTimedOut,
            $"The migration lock of '{target.Display}' was not acquired within {timeout.TotalSeconds:0.#} s. It is held by "
                + $"{holder?.ToString() ?? "an unknown process"}.",
            $"Wait until the other run has ended, or wait longer with '{CallOption.LockTimeout.Of("300")}'. A lock is freed by itself when "
                + $"its process ends.",
            holder
        );

    private static bool IsHeld(IOException e) =>
        e.HResult is WindowsSharingViolation or WindowsLockViolation
        || e.HResult == (OperatingSystem.IsMacOS() ? AppleWouldBlock : LinuxWouldBlock);
}
