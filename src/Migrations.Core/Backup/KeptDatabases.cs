using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>
/// The databases that restores of one database have replaced and kept on its server. They stand behind the backups of a folder, and are
/// pruned by the same rule as kept files (<see cref="RetentionPolicy.KeepStates"/>).
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="options">How to connect.</param>
public sealed class KeptDatabases(IDatabaseDriver driver, DatabaseTarget target, SessionOptions? options = null)
{
    private readonly SessionOptions _options = (options ?? new SessionOptions()) with { Access = SessionAccess.Read };

    /// <summary>Lists them, newest first; none on SQLite, which keeps old states in files.</summary>
    /// <exception cref="MigrationException">Not connected.</exception>
    public async Task<IReadOnlyList<DatabaseBackup>> ListAsync(CancellationToken cancellationToken = default)
    {
        if (driver.Backups.KeptDatabases is not { } kept)
            return [];
        var found = await kept.ListAsync(target, _options, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(Of).OrderByDescending(b => b.CreatedAt).ThenByDescending(b => b.Path, StringComparer.Ordinal)];
    }

    /// <summary>Drops one of them.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DatabaseInUse"/>: it is in use, or may not be dropped;
    /// <see cref="ErrorId.BackupMissing"/>: it is gone, or no restore has kept it.</exception>
    public Task RemoveAsync(DatabaseBackup state, CancellationToken cancellationToken = default) =>
        driver.Backups.KeptDatabases is { } kept
            ? kept.DropAsync(target, state.Path, _options with { Access = SessionAccess.Write }, cancellationToken)
            : throw new MigrationException(
                ErrorId.BackupMissing,
                $"'{state.Path}' is no database that a restore of {target.Display} has kept.",
                $"List what there is: {Call.Backups.On("<folder>")}"
            );

    private DatabaseBackup Of(KeptState state) =>
        new()
        {
            Path = state.Name,
            IsDatabase = true,
            Database = target.Display,
            Target = target,
            Engine = target.Engine,
            CreatedAt = state.At,
            Size = state.Size,
            MigrationVersion = state.MigrationVersion,
            LastMigration = state.LastMigration,
            Stamp = state.Stamp,
            Kept = state.Label,
            Problem = state.Problem,
        };
}
