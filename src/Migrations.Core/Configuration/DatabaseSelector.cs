using Folder = System.IO.Path;

namespace Migrations.Configuration;

/// <summary>
/// Finds the databases and the folders that a call is about: the one place where options, variables of the environment and the
/// configuration meet, for the command, the module and the library.
/// </summary>
/// <param name="configuration">The configuration; null without one.</param>
/// <param name="choice">What the call says.</param>
public sealed class DatabaseSelector(MigrationConfiguration? configuration, DatabaseChoice choice)
{
    private ConfiguredEnvironment? _environment;
    private IReadOnlyList<ConfiguredService?>? _services;

    /// <summary>Replaces the references in texts of the configuration.</summary>
    public ConfigurationReferences References { get; } = new(configuration?.Folder ?? choice.CurrentFolder, choice.Secrets);

    /// <summary>The environment that is in force; null without one.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the configuration does not have it.</exception>
    public ConfiguredEnvironment? Environment => _environment ??= FindEnvironment();

    /// <summary>The name of the environment: of the configuration, or as it was given.</summary>
    public string? EnvironmentName => Environment?.Name ?? choice.Environment;

    /// <summary>What of the configuration does not count for the call, in a sentence for those who ask for details; null: all of it
    /// does.</summary>
    public string? Remark =>
        configuration is { Environments.Count: > 0 } && choice.Databases.Count > 0 && choice.Environment is null
            ? $"A database is named and no environment: of '{configuration.File}', only the settings at its top count."
            : null;

    /// <summary>Which stamp the databases of the call may have.</summary>
    public ExpectedStamp Stamp =>
        new()
        {
            Own = Environment?.StampName ?? choice.Environment,
            Protected = [.. (configuration?.Environments ?? []).Where(e => e.Confirm).Select(e => e.StampName)],
            Environments = (configuration?.Environments ?? [])
                .GroupBy(e => e.StampName, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.First().Name, StringComparer.Ordinal),
        };

    /// <summary>What holds for a service in the environment; null for none.</summary>
    public ConfigurationSettings SettingsOf(ConfiguredService? service) =>
        configuration is null
            ? ConfigurationSettings.None
            : (service?.Settings ?? ConfigurationSettings.None)
                .Or(Environment?.Settings ?? ConfigurationSettings.None)
                .Or(configuration.Settings);

    /// <summary>The databases, in the order of dependency; none when no one names any.</summary>
    /// <exception cref="MigrationException">What is named does not exist, or a value of the configuration leads to nothing.</exception>
    public IReadOnlyList<SelectedDatabase> Databases()
    {
        var selected = FindDatabases();
        if (choice.Databases.Count == 0 && IsConfigured)
            RefuseOther(Environment!, selected);
        return selected;
    }

    private IReadOnlyList<SelectedDatabase> FindDatabases()
    {
        if (choice.Databases.Count > 0)
            return Given(choice.Databases);
        if (!IsConfigured)
            return (EnvironmentSettings.Database ?? choice.EngineAddress()) is { } address ? Given([address])
                : configuration is null && choice.Services.Count > 0 ? throw NoConfiguration()
                : [];
        var environment = Environment ?? throw NoEnvironment();
        return [.. Services.Select(s => Configured(environment, s))];
    }

    /// <summary>The databases where they are only asked about if the call names some.</summary>
    /// <exception cref="MigrationException">As for <see cref="Databases"/>.</exception>
    public IReadOnlyList<SelectedDatabase> NamedDatabases() =>
        choice.Databases.Count > 0 || choice.Environment is not null || choice.Services.Count > 0 || !IsConfigured ? Databases() : [];

    /// <summary>
    /// The database of a service in an environment that is named besides the call's own: its backup is restored, or it is copied or
    /// compared. DATABASE_URL may name another database then.
    /// </summary>
    /// <param name="environment">The other environment.</param>
    /// <param name="service">The service; null without services.</param>
    /// <exception cref="MigrationException">The configuration does not have it, or its value leads to nothing.</exception>
    public SelectedDatabase InEnvironment(string environment, string? service)
    {
        if (configuration is null)
            throw Usage(
                $"There is no configuration file that could have an environment '{environment}'.",
                $"Create {MigrationConfiguration.FileName} (see '{Call.Config.With(CallOption.New)}'), "
                    + $"or name the database or the backup itself."
            );
        var other = choice with { Environment = environment, Databases = [], Services = service is null ? [] : [service] };
        return new DatabaseSelector(configuration, other).FindDatabases()[0];
    }

    /// <summary>The one migration folder of a call that needs no database.</summary>
    /// <exception cref="MigrationException">There are several.</exception>
    public (string Folder, ConfigurationSettings Settings) MigrationFolder()
    {
        if (choice.Services.Count == 0)
        {
            if ((choice.Folder ?? EnvironmentSettings.Folder) is { } named)
                return (Folder.GetFullPath(named, choice.CurrentFolder), SettingsOf(service: null));
            var known = configuration?.Services ?? [];
            return known.Count > 1 ? throw NoService() : (FolderOf(known.FirstOrDefault()), SettingsOf(known.FirstOrDefault()));
        }

        return Services.Count == 1
            ? (FolderOf(Services[0]), SettingsOf(Services[0]))
            : throw Usage(
                "This is for one service, and several are named.",
                $"Name one of them: {CallOption.Service.Of(Services[0]!.Name)}."
            );
    }

    /// <summary>The migration folder of a service; null for none.</summary>
    public string FolderOf(ConfiguredService? service)
    {
        if ((choice.Folder ?? EnvironmentSettings.Folder) is { } named)
        {
            return Services.Count <= 1
                ? Folder.GetFullPath(named, choice.CurrentFolder)
                : throw Usage(
                    $"One folder is named{(choice.Folder is null ? " in MIGRATION_PATH" : "")}, and several services are worked on.",
                    choice.Folder is null
                        ? "Remove MIGRATION_PATH, or name one service."
                        : Advice.Of($"Leave out {CallOption.Path}, or name one service.")
                );
        }

        return SettingsOf(service).Path is { } path
            ? Folder.GetFullPath(References.Expand(path), configuration!.Folder)
            : Folder.GetFullPath("migrations", choice.CurrentFolder);
    }

    /// <summary>The services that the call is about, in the order of dependency; one that is null without services.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: one is not there, or none is named of several.</exception>
    public IReadOnlyList<ConfiguredService?> Services => _services ??= FindServices();

    // Without a name for what is configured, a call means what it meant before there was a file.
    private bool IsConfigured =>
        configuration is { Environments.Count: > 0 }
        && (
            choice.Environment is not null
            || choice.Services.Count > 0
            || configuration.DefaultEnvironment is not null
            || (EnvironmentSettings.Database ?? choice.EngineAddress()) is null
        );

    private ConfiguredEnvironment? FindEnvironment()
    {
        if (configuration is null || configuration.Environments.Count == 0)
            return null;
        var name = choice.Environment ?? (choice.Databases.Count > 0 ? null : configuration.DefaultEnvironment?.Value);
        if (name is null)
            return null;
        return configuration.Environments.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.Ordinal))
            ?? throw Unknown("environment", name, configuration.Environments.Select(e => e.Name));
    }

    private List<ConfiguredService?> FindServices()
    {
        var known = configuration?.Services ?? [];
        var names = choice.Services;
        if (known.Count == 0)
            return Unconfigured(names);
        if (names.Count == 0)
        {
            return known.Count == 1 && IsServiceMeant ? [known[0]]
                : IsServiceMeant ? throw NoService()
                : [null];
        }

        if (names.Contains(DatabaseChoice.AllServices, StringComparer.Ordinal))
            return names.Count == 1 ? [.. known] : throw Usage("All services and single ones are named.", "Name either.");
        foreach (var name in names)
        {
            if (names.Count(n => string.Equals(n, name, StringComparison.Ordinal)) > 1)
                throw Usage($"The service '{name}' is named twice.", "Name each service once.");
            if (known.Any(s => string.Equals(s.Name, name, StringComparison.Ordinal)))
                continue;
            // A call that says everything itself needs no entry in the file.
            if (names.Count == 1 && choice is { Databases.Count: > 0, Folder: not null })
                return Unconfigured(names);
            throw Unknown("service", name, known.Select(s => s.Name));
        }

        return [.. known.Where(s => names.Contains(s.Name, StringComparer.Ordinal))];
    }

    // A database that is named without an environment is worked on as it was before there was a file.
    private bool IsServiceMeant =>
        (choice.Databases.Count == 0 && IsConfigured) || (choice.Environment is not null && choice.Folder is null);

    private static List<ConfiguredService?> Unconfigured(IReadOnlyList<string> names) =>
        names.Count switch
        {
            0 => [null],
            1 when !string.Equals(names[0], DatabaseChoice.AllServices, StringComparison.Ordinal) =>
            [
                new ConfiguredService(names[0], new ScriptLocation("", 0), [], ConfigurationSettings.None),
            ],
            _ => throw Usage(
                "Several services are named, and no configuration file lists any.",
                $"List them in {MigrationConfiguration.FileName} (see '{Call.Config.With(CallOption.New)}'), or name one service."
            ),
        };

    private List<SelectedDatabase> Given(IReadOnlyList<string> databases) =>
        [
            .. databases.SelectMany(text =>
                Services.Select(service => Selected(service, text, choice.CurrentFolder) with { IsGiven = true })
            ),
        ];

    private SelectedDatabase Configured(ConfiguredEnvironment environment, ConfiguredService? service)
    {
        var text =
            environment.DatabaseOf(service?.Name)
            ?? throw ConfigurationError.At(
                environment.Place,
                $"The environment '{environment.Name}' names no database{(service is null ? "" : $" for the service '{service.Name}'")}.",
                service is null
                    ? "Add \"database\" to it."
                    : $"Add \"{service.Name}\" to its \"databases\", or a \"database\" that all services share."
            );
        var selected = Selected(service, References.Expand(text), configuration!.Folder);
        var shown = Demand(selected, text.Place).Display;
        return selected with { Unassigned = UnassignedOf(service), Places = [new ConfiguredPlace(text, () => shown), .. selected.Places] };
    }

    // What is no database is an error at its place of the file.
    private DatabaseTarget Demand(SelectedDatabase selected, ScriptLocation place)
    {
        try
        {
            return choice.Target(selected.Database, selected.BaseFolder);
        }
        catch (MigrationException e) when (e.Id == ErrorId.TargetInvalid)
        {
            throw ConfigurationError.At(place, e.Message, e.NextStep, e);
        }
    }

    private IEnumerable<ConfiguredPlace> PlacesOf(ConfigurationSettings settings, string folder)
    {
        // First, because it may by mistake lead to the migration folder.
        if (settings.SchemaFile is { } file)
            yield return new ConfiguredPlace(file, () => $"schema file '{References.PathOf(file)}'");
        if ((choice.Folder ?? EnvironmentSettings.Folder) is null && settings.Path is { } path)
            yield return new ConfiguredPlace(path, () => folder);
        foreach (var named in new[] { settings.BackupFolder, settings.Hooks }.OfType<ConfiguredValue<string>>())
            yield return new ConfiguredPlace(named, () => $"'{References.PathOf(named)}'");
        foreach (var name in new[] { settings.HistoryTable, settings.HistorySchema }.OfType<ConfiguredValue<string>>())
            yield return new ConfiguredPlace(name, () => $"'{name.Value}'");
    }

    /// <summary>What rows without a service mean to a service, in its database of the environment that is in force.</summary>
    public UnassignedRows UnassignedOf(ConfiguredService? service)
    {
        if (service is null || Environment?.DatabaseOf(service.Name) is not { } own)
            return UnassignedRows.Foreign;
        var others = configuration!.Services.Where(s => !string.Equals(s.Name, service.Name, StringComparison.Ordinal));
        return others.Any(other => SharesTable(service, other) && SharesDatabase(own, Environment.DatabaseOf(other.Name)))
            ? UnassignedRows.Undecided
            : UnassignedRows.Own;
    }

    private bool SharesTable(ConfiguredService one, ConfiguredService other)
    {
        var (mine, its) = (SettingsOf(one), SettingsOf(other));
        return string.Equals(mine.HistoryTable?.Value, its.HistoryTable?.Value, StringComparison.Ordinal)
            && string.Equals(mine.HistorySchema?.Value, its.HistorySchema?.Value, StringComparison.Ordinal);
    }

    private bool SharesDatabase(ConfiguredValue<string> one, ConfiguredValue<string>? other)
    {
        if (other is null || string.Equals(one.Value, other.Value, StringComparison.Ordinal))
            return other is not null;
        // A vault is not asked for the secret of a database that the call is not about.
        if (ConfigurationReferences.AsksVault(other.Value))
            return false;
        try
        {
            return TargetOf(one).Equals(TargetOf(other));
        }
        catch (MigrationException)
        {
            // The other's variables are not set here: it cannot be worked on from here either.
            return false;
        }
    }

    private DatabaseTarget TargetOf(ConfiguredValue<string> text) => choice.Target(References.Expand(text), configuration!.Folder);

    private SelectedDatabase Selected(ConfiguredService? service, string text, string baseFolder)
    {
        var (folder, settings) = (FolderOf(service), SettingsOf(service));
        return new()
        {
            Database = text,
            BaseFolder = baseFolder,
            Folder = folder,
            Service = service?.Name,
            DependsOn = service is null ? [] : AllBefore(service),
            Environment = EnvironmentName,
            Confirm = Environment?.Confirm ?? false,
            Stamp = Stamp,
            Settings = settings,
            Places = [.. PlacesOf(settings, folder)],
        };
    }

    private List<string> AllBefore(ConfiguredService service)
    {
        List<string> names = [.. service.DependsOn.Select(d => d.Value)];
        // Those of a service come before it, so one pass from behind finds all.
        foreach (var other in (configuration?.Services ?? []).Reverse())
        {
            if (names.Contains(other.Name, StringComparer.Ordinal))
                names.AddRange(other.DependsOn.Select(d => d.Value).Except(names, StringComparer.Ordinal).ToList());
        }

        return names;
    }

    // A variable that was set for another purpose must not be taken for the database of an environment, nor the other way round.
    private void RefuseOther(ConfiguredEnvironment environment, IReadOnlyList<SelectedDatabase> selected)
    {
        if (EnvironmentSettings.Database is not { } address)
            return;
        if (
            environment
                .Databases.Values.Append(environment.Database)
                .Any(d => d is not null && ConfigurationReferences.Names(d.Value, "DATABASE_URL"))
        )
            return;
        var other = choice.Target(address, choice.CurrentFolder).Display;
        var own = selected.Select(s => choice.Target(s.Database, s.BaseFolder).Display).Distinct(StringComparer.Ordinal).ToList();
        if (own.Contains(other, StringComparer.Ordinal))
            return;
        throw Usage(
            $"DATABASE_URL names {other}, but the environment '{environment.Name}' names {string.Join(", ", own)}.",
            $"Remove DATABASE_URL to use the environment '{environment.Name}', or name the database with {CallOption.Database}."
        );
    }

    private MigrationException NoConfiguration() =>
        Usage(
            $"No database is named for the service '{choice.Services[0]}', and there is no {MigrationConfiguration.FileName} in "
                + $"'{choice.CurrentFolder}' or above it that could name one.",
            $"Name the file with {CallOption.Config}, or the database with {CallOption.Database}; or create a file with "
                + $"'{Call.Config.With(CallOption.New)}'."
        );

    private MigrationException NoEnvironment() =>
        Usage(
            $"No environment is named, and '{configuration!.File}' has no default.",
            $"Name one: {CallOption.Environment.Of(configuration.Environments[0].Name)} "
                + $"(it has {Names(configuration.Environments.Select(e => e.Name))}), or set \"defaultEnvironment\"."
        );

    private MigrationException NoService() =>
        Usage(
            $"No service is named, and '{configuration!.File}' has {Names(configuration.Services.Select(s => s.Name))}.",
            $"Name one or several ({CallOption.Service.Of(configuration.Services[0].Name)}), or all of them: {CallOption.Service.Of("*")}."
        );

    private MigrationException Unknown(string what, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        return Usage(
            $"'{configuration!.File}' has no {what} '{name}'.{ConfigurationError.DidYouMean(name, names)}",
            $"Name one of those that it has: {Names(names)}."
        );
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private static MigrationException Usage(string message, Advice nextStep) => new(ErrorId.UsageInvalid, message, nextStep);
}
