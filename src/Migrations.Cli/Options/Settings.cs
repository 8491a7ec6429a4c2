using Migrations.Configuration;
using Migrations.Fleet;
using Migrations.Planning;

namespace Migrations.Cli.Options;

/// <summary>What the options that all commands share, the environment variables and the configuration say.</summary>
internal sealed record Settings
{
    /// <summary>Finds the databases and the migration folders of the call.</summary>
    public required DatabaseSelector Selector { get; init; }

    /// <summary>What the call says of the databases.</summary>
    public required DatabaseChoice Choice { get; init; }

    /// <summary>The configuration file; null without one.</summary>
    public MigrationConfiguration? Configuration { get; init; }

    /// <summary>The options that are given, and for all else what the configuration says of a database.</summary>
    public required Func<ConfigurationSettings, MigratorOptions> Options { get; init; }

    /// <summary>What the configuration says of the database that is worked on; before there is one, of all.</summary>
    public ConfigurationSettings Configured { get; init; } = ConfigurationSettings.None;

    /// <summary>The migration folder's full path.</summary>
    public string Folder { get; init; } = "";

    /// <summary>How several databases are worked on.</summary>
    public FleetOptions Fleet { get; init; } = new();

    /// <summary>The query by which the one database that the call names is asked for those that are meant; null without one.</summary>
    public string? Query { get; init; }

    public bool Verbose { get; init; }

    /// <summary>Only show what would be done.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Questions count as answered with yes.</summary>
    public bool Yes { get; init; }

    /// <summary>How the engine reads folders and talks to databases.</summary>
    public MigratorOptions Migrator =>
        Options(Configured) with
        {
            Service = Service,
            Unassigned = Unassigned,
            Environment = Selector.EnvironmentName,
            Stamp = Selector.Stamp,
        };

    /// <summary>The service whose migrations these are; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>What rows of the history that belong to no service mean to this one.</summary>
    public UnassignedRows Unassigned { get; init; }

    /// <summary>How steps are put into transactions, where the call does not say it.</summary>
    public TransactionMode TransactionMode => Configured.TransactionMode?.Value ?? TransactionMode.Each;

    /// <summary>The folder for backups: as it was given, or as the configuration names it.</summary>
    /// <param name="given">As the call gives it.</param>
    /// <param name="environment">The other environment whose folder it is; null for the call's own.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: neither names one.</exception>
    public string BackupFolder(string? given, string? environment = null) =>
        FindBackupFolder(given)
        ?? throw new MigrationException(
            ErrorId.UsageInvalid,
            environment is null
                ? "No folder for backups is named."
                : $"The environment '{environment}', whose backup is wanted, names no folder for backups.",
            $"Name one on the command line, or as \"backup\": {{ \"folder\": ... }} in {MigrationConfiguration.FileName}."
        );

    /// <summary>The same; null when neither names one.</summary>
    public string? FindBackupFolder(string? given) =>
        given is not null ? Path.GetFullPath(given)
        : Configured.BackupFolder is { } folder ? Path.GetFullPath(Selector.References.Expand(folder), Configuration!.Folder)
        : null;

    /// <summary>Which rules count for pending scripts, and whether what they find stops a run.</summary>
    /// <param name="strict">Whether the call says so.</param>
    /// <param name="off">The rules that the call switches off.</param>
    public LintOptions Lint(bool strict, IReadOnlyList<string> off) =>
        new() { Off = LintRules.Off(Configured.AdviceOff, off), Strict = strict || Configured.AdviceStrict?.Value == true };

    /// <summary>The file that gets the schema after a run: as it was given, or as the configuration names it; null: none.</summary>
    public string? SchemaFile(string? given) =>
        given is { Length: > 0 } ? Path.GetFullPath(given)
        : Configured.SchemaFile is { } file ? Path.GetFullPath(Selector.References.Expand(file), Configuration!.Folder)
        : null;

    /// <summary>The history of a service.</summary>
    public HistoryName HistoryOf(ConfiguredService service)
    {
        var session = Options(Selector.SettingsOf(service)).Session;
        return new(session.HistorySchema, session.HistoryTable);
    }

    /// <summary>The settings for one database.</summary>
    public Settings For(SelectedDatabase database) =>
        this with
        {
            Configured = database.Settings,
            Folder = database.Folder,
            Service = database.Service,
            Unassigned = database.Unassigned,
        };

    /// <summary>The settings of the same call on other databases.</summary>
    public Settings On(IReadOnlyList<string> databases)
    {
        var choice = Choice with { Databases = databases };
        return this with { Choice = choice, Selector = new DatabaseSelector(Configuration, choice), Query = null };
    }

    /// <summary>The settings of a call whose own option names a service; those of one that names services itself stay.</summary>
    public Settings ForService(string? service)
    {
        if (service is null || Choice.Services.Count > 0)
            return this;
        var choice = Choice with { Services = [service] };
        return this with { Choice = choice, Selector = new DatabaseSelector(Configuration, choice) };
    }
}
