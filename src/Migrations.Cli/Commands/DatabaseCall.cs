using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>One command's work on one database.</summary>
internal sealed record DatabaseCall
{
    public required Migrator Migrator { get; init; }

    public required IDatabaseDriver Driver { get; init; }

    public required DatabaseTarget Target { get; init; }

    public required Settings Settings { get; init; }

    /// <summary>How the engine works on it, with events going to the report.</summary>
    public MigratorOptions Options => Settings.Migrator with { Session = Settings.Migrator.Session with { Events = Report } };

    public required IReport Report { get; init; }

    public required Terminal Terminal { get; init; }
}
