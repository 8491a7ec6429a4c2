using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>One command's work on files: backups and their folders.</summary>
internal sealed record FileCall
{
    private readonly IReadOnlyList<IDatabaseDriver> _drivers = DatabaseDrivers.All;

    public required Settings Settings { get; init; }

    public required IReport Report { get; init; }

    public required Terminal Terminal { get; init; }

    public BackupCatalogue Catalogue => new(_drivers);

    /// <summary>How sessions connect, with events going to the report.</summary>
    public SessionOptions Session => Settings.Migrator.Session with { Events = Report };

    /// <summary>
    /// The backups of a folder, and behind them the databases that restores of the databases of the call have kept. Only those that an
    /// option names are asked: what is in a folder can be listed while no server runs.
    /// </summary>
    public async Task<IReadOnlyList<DatabaseBackup>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var backups = await Catalogue.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        // An environment alone, of several services, says which folder is meant and no database.
        if (
            Settings.Choice is { Databases.Count: 0, Services.Count: 0 }
            && (Settings.Choice.Environment is null || Settings.Configuration is { Services.Count: > 1 })
        )
            return backups;
        var kept = new List<DatabaseBackup>();
        var databases = Settings.Selector.NamedDatabases().Select(d => DatabaseDrivers.Resolve(d.Database, d.BaseFolder));
        foreach (var (driver, target) in databases.DistinctBy(d => d.Target.Display, StringComparer.Ordinal))
        {
            kept.AddRange(await new KeptDatabases(driver, target, Session).ListAsync(cancellationToken).ConfigureAwait(false));
        }

        return [.. backups, .. kept];
    }

    /// <summary>Removes a backup, or drops a kept database.</summary>
    public async Task RemoveAsync(DatabaseBackup backup, CancellationToken cancellationToken)
    {
        if (backup is { IsDatabase: true, Target: { } target })
            await new KeptDatabases(Catalogue.DriverOf(backup), target, Session)
                .RemoveAsync(backup, cancellationToken)
                .ConfigureAwait(false);
        else
            BackupCatalogue.Remove(backup);
    }

    /// <summary>The database of the call, where one of that engine is named; null otherwise.</summary>
    public DatabaseTarget? TargetOf(IDatabaseDriver driver) =>
        Settings
            .Selector.NamedDatabases()
            .Select(database => DatabaseDrivers.Resolve(database.Database, database.BaseFolder).Target)
            .FirstOrDefault(target => string.Equals(target.Engine, driver.Engine, StringComparison.Ordinal));
}
