using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>One command's work on files: backups and their folders.</summary>
internal sealed record FileCall
{
    private readonly IReadOnlyList<IDatabaseDriver> _drivers = Drivers.All;

    public required Settings Settings { get; init; }

    public required IReport Report { get; init; }

    public required Terminal Terminal { get; init; }

    public BackupCatalogue Catalogue => new(_drivers);

    /// <summary>How sessions connect, with events going to the report.</summary>
    public SessionOptions Session => Settings.Migrator.Session with { Events = Report };

    /// <summary>The database of the call, where one of that engine is named; null otherwise.</summary>
    public DatabaseTarget? TargetOf(IDatabaseDriver driver) =>
        Settings
            .Selector.NamedDatabases()
            .Select(database => Drivers.Resolve(database.Database, database.BaseFolder).Target)
            .FirstOrDefault(target => string.Equals(target.Engine, driver.Engine, StringComparison.Ordinal));
}
