using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Reads a backup into an empty database.</summary>
/// <param name="backup">The backup.</param>
internal sealed class SqliteBackupLoader(BackupSource backup)
{
    /// <summary>What SQLite refused of a script, by name, where its faults are accepted.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it cannot be read to its end.</exception>
    public async Task LoadAsync(DatabaseTarget empty, SessionOptions options, CancellationToken cancellationToken)
    {
        Check();
        using var handle = await SqliteOpening
            .OpenAsync(empty, options with { Access = SessionAccess.Create }, cancellationToken)
            .ConfigureAwait(false);
        var progress = new WorkProgress(options.Events, $"Loading {Path.GetFileName(backup.Path)}", "bytes");
        _ = await SqliteCalls
            .Call(
                handle,
                empty,
                () =>
                {
                    Load(handle, empty, progress, cancellationToken);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Checks that it is there, is what it says, and is not cut off.</summary>
    public void Check()
    {
        if (!File.Exists(backup.Path))
            throw new MigrationException(
                ErrorId.BackupMissing,
                $"There is no backup '{backup.Path}'.",
                "List the backups of a folder with 'migrations backups <folder>'."
            );
        try
        {
            if (backup.Format == BackupFormat.Sql)
                return;
            if (!SqliteHeader.IsDatabase(SqliteHeader.Read(backup.Path)))
                throw Invalid("it does not begin as an SQLite database does");
            var length = new FileInfo(backup.Path).Length;
            if (SqliteHeader.ExpectedLength(backup.Path) is { } expected && expected != length)
                throw Invalid($"it has {length} bytes, and should have {expected}");
            if (FindPart() is { } part)
                throw Invalid(
                    $"'{part}' is a part of it that was never put into it: it is a copy of a database in use, and none that "
                        + "'migrations backup' made"
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(e.Message, e);
        }
    }

    /// <summary>Opens a backup in the engine's own format, as one state: what was named as a backup may be a database in use.</summary>
    public SqliteHandle Open(CancellationToken cancellationToken)
    {
        try
        {
            return backup.IsSealed ? SqliteOpening.OpenImmutable(backup.Path) : SqliteOpening.OpenToCopy(backup.Path, cancellationToken);
        }
        catch (SqliteFailure e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Invalid($"{e.Message} [{e.CodeText}]", e);
        }
    }

    /// <summary>The error that it cannot be used.</summary>
    public MigrationException Invalid(string reason, Exception? inner = null) =>
        new(
            ErrorId.BackupInvalid,
            $"The backup '{backup.Path}' cannot be used: {reason}.",
            "Use another backup: 'migrations backups <folder>' lists them, the proven ones are marked.",
            inner
        );

    // What lies beside it is not read; without it the file may be a half of two states.
    private string? FindPart()
    {
        var log = new FileInfo(backup.Path + "-wal");
        return log is { Exists: true, Length: > 0 } ? log.FullName
            : SqliteHeader.IsJournal(backup.Path + "-journal") ? backup.Path + "-journal"
            : null;
    }

    private void Load(SqliteHandle handle, DatabaseTarget empty, WorkProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            if (backup.Format == BackupFormat.Sql)
            {
                var script = new SqliteScriptLoader(handle, backup.Path, this, progress, backup.AcceptFaults);
                script.Run(cancellationToken);
                LeftOut = script.LeftOut;
                return;
            }

            using var source = Open(cancellationToken);
            SqliteFileCopy.Over(source, handle, progress, cancellationToken);
        }
        catch (SqliteFailure e)
            when (!cancellationToken.IsCancellationRequested
                && e.PrimaryCode is SqliteCodes.Full or SqliteCodes.IoError or SqliteCodes.CannotOpen or SqliteCodes.ReadOnly
            )
        {
            throw SqliteErrors.Translate(e, empty);
        }
        catch (SqliteFailure e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Invalid($"{e.Message} [{e.CodeText}]", e);
        }
    }
}
