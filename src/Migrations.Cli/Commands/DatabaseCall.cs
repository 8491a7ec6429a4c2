using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>One command's work on one database.</summary>
internal sealed record DatabaseCall
{
    private readonly Settings _all;

    private DatabaseCall(
        (IDatabaseDriver Driver, DatabaseTarget Target) resolved,
        SelectedDatabase database,
        Settings all,
        IReport report,
        Terminal terminal
    )
    {
        (Driver, Target) = resolved;
        (Database, _all, Settings, Report, Terminal) = (database, all, all.For(database), report, terminal);
        Migrator = new Migrator(Driver, Target, Settings.Folder, Options);
    }

    /// <summary>The engine on the database, with events going to the report.</summary>
    public Migrator Migrator { get; }

    public IDatabaseDriver Driver { get; }

    public DatabaseTarget Target { get; }

    public Settings Settings { get; }

    /// <summary>How the engine works on it, with events going to the report.</summary>
    public MigratorOptions Options => Settings.Migrator with { Session = Settings.Migrator.Session with { Events = Report } };

    public IReport Report { get; }

    public Terminal Terminal { get; }

    /// <summary>What the call and the configuration say of the database.</summary>
    public SelectedDatabase Database { get; }

    /// <summary>A command's work on a database that the call selected.</summary>
    public static DatabaseCall Of(Settings settings, SelectedDatabase database, IReport report, Terminal terminal) =>
        new(DatabaseDrivers.Resolve(database.Database, database.BaseFolder), database, settings, report, terminal);

    /// <summary>The same work, reporting on a page of its own.</summary>
    public DatabaseCall On(Terminal page, IReport report) => new((Driver, Target), Database, _all, report, page);
}
