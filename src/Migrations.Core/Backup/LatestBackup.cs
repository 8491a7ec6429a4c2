using Migrations.Events;

namespace Migrations.Backup;

/// <summary>Chooses the newest backup of a database, and says what was passed over.</summary>
internal static class LatestBackup
{
    /// <summary>The newest backup of a database that nothing is known to be wrong with.</summary>
    /// <param name="backups">All backups of the folder, newest first.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="database">The database.</param>
    /// <param name="events">Learns what was passed over.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupMissing"/></exception>
    public static DatabaseBackup Choose(IReadOnlyList<DatabaseBackup> backups, string folder, DatabaseTarget database, IEventSink events)
    {
        var candidates = backups.Where(b => b.Kept is null).ToList();
        var sound = candidates.Where(b => b.Problem is null && string.Equals(b.Engine, database.Engine, StringComparison.Ordinal)).ToList();
        if (BackupOrigin.Choose(sound, database) is not [var latest, ..])
            throw Missing(candidates, sound, folder, database);
        if (BackupOrigin.Choose(candidates, database).Find(b => b.Problem is not null && b.CreatedAt > latest.CreatedAt) is { } odd)
            events.Publish(new WarningRaised($"'{odd.Path}' is newer and was not taken for the latest: {odd.Problem}"));
        if (BackupOrigin.OtherHost(latest, database) is { } host)
            events.Publish(
                new WarningRaised(
                    $"The latest backup of {database.Display}, '{latest.Path}', was made on another machine: '{host}'. "
                        + $"This one is '{Environment.MachineName}'."
                )
            );
        return latest;
    }

    private static MigrationException Missing(
        List<DatabaseBackup> candidates,
        List<DatabaseBackup> sound,
        string folder,
        DatabaseTarget database
    )
    {
        var others = sound.Select(b => b.Database).Distinct(StringComparer.Ordinal).ToList();
        var odd = BackupOrigin.Choose(candidates, database) is [var own, ..] ? own : candidates.Find(b => b.Problem is not null);
        return new MigrationException(
            ErrorId.BackupMissing,
            $"'{folder}' has no {(odd is null ? "" : "usable ")}backup of {database.Display}"
                + others.Count switch
                {
                    0 => ".",
                    1 => $", only of {others[0]}.",
                    var count => $", only of {count} other databases.",
                }
                + (odd is null ? "" : $" '{odd.Path}': {odd.Problem}"),
            others.Count == 0
                ? Advice.Of($"List the backups: {Call.Backups.On(folder)}")
                : $"To restore one of them, specify it: {Call.Restore.On(sound[0].Path).With(CallOption.Database.Of(database.Display))}"
        );
    }
}
