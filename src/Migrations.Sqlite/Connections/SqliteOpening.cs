using System.Diagnostics;
using System.Runtime.InteropServices;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Opens a database file for what a session is for.</summary>
internal static class SqliteOpening
{
    /// <summary>Opens the database, again after a pause while another connection keeps it to itself.</summary>
    /// <exception cref="MigrationException">It is missing, cannot be opened, or is no database.</exception>
    public static async Task<SqliteHandle> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        if (!SqliteTarget.IsMemory(target))
            RunningCode.Refuse(target, t => RealPath.IdentityOf(SqliteTarget.PathOf(t)));
        DatabasePlace.Check(target, options.Access);
        int? attempts = options.ConnectWait > TimeSpan.Zero ? null : options.ConnectAttempts;
        var clock = Stopwatch.StartNew();
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            options.Events.Publish(new ConnectionAttempted(target.Display, attempt, attempts));
            TimeSpan pause;
            try
            {
                return Open(target, options, cancellationToken);
            }
            catch (SqliteFailure e) when (e.IsBusy && clock.Elapsed < options.LockTimeout && FindRun(target, options) is { } holder)
            {
                // Another run is writing: that is what is waited for, as long as for its lock.
                options.Events.Publish(new LockAwaited(holder, clock.Elapsed, options.LockTimeout));
                attempt--;
                continue;
            }
            catch (SqliteFailure e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!e.IsBusy || options.DelayBeforeRetry(attempt, clock.Elapsed) is not { } delay)
                    throw SqliteErrors.Waited(e, target);
                pause = delay;
                options.Events.Publish(new ConnectionRetried(target.Display, attempt, attempts, e.Message, pause));
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The run that keeps a session waiting which is to change the database; null when none does.</summary>
    private static LockHolder? FindRun(DatabaseTarget target, SessionOptions options) =>
        options.Access == SessionAccess.Read || SqliteTarget.IsMemory(target) ? null : SqliteLock.FindHolder(target);

    private static SqliteHandle Open(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        var handle = OpenAs(target, options, cancellationToken);
        if (target.IsScratch)
        {
            Forget(handle);
            handle.Confine();
        }

        return handle;
    }

    private static SqliteHandle OpenAs(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        if (SqliteTarget.IsMemory(target))
            return Open(
                SqliteTarget.Memory,
                SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate,
                keepsLog: false,
                options,
                cancellationToken
            );
        var path = RealPath.Of(SqliteTarget.PathOf(target));
        return options.Access switch
        {
            SessionAccess.Read => OpenToRead(path, options, cancellationToken),
            SessionAccess.Write => OpenToWrite(path, SqliteHandle.OpenReadWrite, options, cancellationToken),
            _ => OpenToWrite(path, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate, options, cancellationToken),
        };
    }

    private static SqliteHandle OpenToWrite(string path, int flags, SessionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return Open(path, flags, keepsLog: false, options, cancellationToken);
        }
        catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.CannotOpen && FindWhyReadOnly(path) is { } reason)
        {
            // In WAL mode SQLite cannot even look without writing beside the file, and says only that it cannot open it.
            throw new SqliteFailure(SqliteCodes.ReadOnly, reason);
        }
    }

    /// <summary>Why a file, or its folder, cannot be written; null when both can.</summary>
    private static string? FindWhyReadOnly(string path)
    {
        try
        {
            if (File.Exists(path))
                new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0).Dispose();
            new FileStream(
                $"{path}-{Guid.NewGuid():N}",
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            ).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Opens a file so that it and its folder are the same afterwards. The connection itself may write, but does not: in WAL mode a
    /// read-only one would leave the files behind that reading needs (<see href="https://sqlite.org/wal.html"/>), while this one removes
    /// them when it closes. A log with content is left as it is.
    /// </summary>
    private static SqliteHandle OpenToRead(string path, SessionOptions options, CancellationToken cancellationToken)
    {
        var log = new FileInfo(path + "-wal");
        var hasLog = log.Exists && log.Length > 0;
        try
        {
            return Open(path, SqliteHandle.OpenReadWrite, hasLog, options, cancellationToken);
        }
        catch (SqliteFailure e) when (File.Exists(path) && e.PrimaryCode is SqliteCodes.CannotOpen or SqliteCodes.ReadOnly)
        {
            // That this user may create nothing beside the file does not keep others from writing.
            var hasParts = hasLog || SqliteHeader.IsJournal(path + "-journal");
            if (!hasParts && ReadOnlyDisk.Holds(path))
                return Open(AddressOf(path) + "?immutable=1", SqliteHandle.OpenReadOnly, keepsLog: true, options, cancellationToken);
            throw MissingRight.Find(path, e) ?? (Exception)e;
        }
    }

    /// <summary>
    /// Opens a file that may be a database in use, to copy it: what is read is one state, whoever writes meanwhile. It and its folder are
    /// the same afterwards.
    /// </summary>
    /// <exception cref="SqliteFailure">It is no database, or someone keeps it locked.</exception>
    /// <exception cref="MigrationException"><see cref="ErrorId.PermissionDenied"/>: it could only be read as a mix of states.</exception>
    public static SqliteHandle OpenToCopy(string path, CancellationToken cancellationToken)
    {
        var handle = OpenToRead(RealPath.Of(path), new SessionOptions { Access = SessionAccess.Read }, cancellationToken);
        try
        {
            SqliteSnapshot.Begin(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SqliteHandle Open(string name, int flags, bool keepsLog, SessionOptions options, CancellationToken cancellationToken)
    {
        var handle = options.RunsCode
            ? SqliteHandle.Of(SqliteLibrary.Current.Api, SqliteCodeConnection.Open(SourceOf(name), flags))
            : SqliteHandle.Open(SqliteLibrary.Current.Api, name, flags);
        try
        {
            handle.Watch.BusyTimeout = options.TableLockTimeout < options.LockTimeout ? options.TableLockTimeout : options.LockTimeout;
            handle.Watch.Token = cancellationToken;
            ConnectionSettings.Set(handle, keepsLog);
            // The file is read for the first time here: this is what finds out that it is no database.
            _ = handle.QueryInt64("PRAGMA schema_version");
            if (options.Access == SessionAccess.Read)
                handle.Execute("PRAGMA query_only=1");
            else if (handle.IsReadOnly)
                throw new SqliteFailure(SqliteCodes.ReadOnly, "the file's permissions do not allow writing");
            (handle.Watch.Token, handle.Watch.BusyTimeout) = (CancellationToken.None, options.TableLockTimeout);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that no one writes, without a lock and without a file beside it.</summary>
    /// <exception cref="SqliteFailure">It is no database.</exception>
    public static SqliteHandle OpenImmutable(string path)
    {
        var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, AddressOf(path) + "?immutable=1", SqliteHandle.OpenReadOnly);
        try
        {
            ConnectionSettings.Set(handle, keepsLog: true);
            _ = handle.QueryInt64("PRAGMA schema_version");
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lets a connection to a database that is thrown away write as little as possible, and read its file in place: what is asked of all of
    /// it takes half the time. No one else can cut the file short, which would end the process.
    /// </summary>
    private static void Forget(SqliteHandle handle)
    {
        handle.Execute("PRAGMA synchronous=0");
        handle.Execute("PRAGMA journal_mode=MEMORY");
        handle.Execute("PRAGMA mmap_size=2147418112"); // The most that SQLite maps (https://sqlite.org/compile.html#max_mmap_size).
    }

    /// <summary>A database as its provider takes it, with the VFS that the engine opens with.</summary>
    private static unsafe string SourceOf(string name) =>
        Path.IsPathRooted(name) && Marshal.PtrToStringUTF8((nint)SqliteLibrary.Current.Api.Vfs) is { } vfs
            ? $"{AddressOf(name)}?vfs={vfs}"
            : name;

    /// <summary>A path as a URI, to which parameters can be added.</summary>
    public static string AddressOf(string path)
    {
        // A %-code in a file's name is taken literally only when its sign is escaped; and only Windows takes a backslash for a slash.
        path = path.Replace("%", "%25", StringComparison.Ordinal);
        path = OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path.Replace("\\", "%5C", StringComparison.Ordinal);
        return new UriBuilder("file", "") { Path = path }
            .Uri
            .AbsoluteUri;
    }
}
