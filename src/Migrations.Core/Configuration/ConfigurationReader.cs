namespace Migrations.Configuration;

/// <summary>Makes a configuration of the nodes of its file. Every error names the line and the column.</summary>
internal static class ConfigurationReader
{
    private const string NameFolder = "Name one: \"backup\": { \"folder\": \"backups\", \"beforeRun\": true }.";

    private static readonly string[] RetentionRules = ["keepLast", "keepDays", "keepDaily", "keepWeekly", "keepMonthly", "keepStates"];

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/></exception>
    public static MigrationConfiguration Read(string file, ConfigurationNode root)
    {
        var all = new ConfigurationObject(root, "the configuration");
        _ = all.Text("$schema");
        var services = ServiceOrder.Sort(Named(all, "services").Select(ReadService).ToList());
        var environments = Named(all, "environments").Select(m => ReadEnvironment(m, services)).ToList();
        var configuration = new MigrationConfiguration
        {
            File = file,
            DefaultEnvironment = all.PlainText("defaultEnvironment"),
            Services = services,
            Environments = environments,
            Settings = ReadSettings(all),
        };
        all.RefuseOthers();
        DemandOwnSchemaFiles(configuration);
        DemandBackups(configuration);
        if (configuration.DefaultEnvironment is { } chosen)
            ConfigurationError.DemandKnown(chosen, "environment", environments.Select(e => e.Name));
        return configuration;
    }

    private static IEnumerable<ConfigurationMember> Named(ConfigurationObject all, string name)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in all.Object(name)?.Members ?? [])
        {
            if (!names.Add(member.Name))
                throw ConfigurationError.At(
                    member.Place,
                    $"'{member.Name}' differs from another name in '{name}' in upper and lower case only.",
                    "Give them names that no one takes for one another."
                );
            if (!ConfiguredName.IsName(member.Name))
            {
                throw ConfigurationError.At(member.Place, $"'{member.Name}' cannot be a name in '{name}'.", ConfiguredName.Form);
            }

            yield return member;
        }
    }

    private static ConfiguredService ReadService(ConfigurationMember member)
    {
        var values = new ConfigurationObject(member.Value, $"the service '{member.Name}'");
        var dependsOn = values.PlainTexts("dependsOn") ?? [];
        var settings = ReadFolder(values);
        values.RefuseOthers();
        return settings.Path is null
            ? throw ConfigurationError.At(
                member.Place,
                $"The service '{member.Name}' has no 'path'.",
                "Name its migration folder: \"path\": \"migrations/" + member.Name + "\"."
            )
            : new ConfiguredService(member.Name, member.Place, dependsOn, settings);
    }

    private static ConfiguredEnvironment ReadEnvironment(ConfigurationMember member, IReadOnlyList<ConfiguredService> services)
    {
        var values = new ConfigurationObject(member.Value, $"the environment '{member.Name}'");
        var databases = new Dictionary<string, ConfiguredValue<string>>(StringComparer.Ordinal);
        foreach (var own in values.Object("databases")?.Members ?? [])
        {
            ConfigurationError.DemandKnown(new ConfiguredValue<string>(own.Name, own.Place), "service", services.Select(s => s.Name));
            databases.Add(own.Name, ConfigurationObject.TextOf(own.Value, $"the database of '{own.Name}'"));
        }

        var environment = new ConfiguredEnvironment(member.Name, member.Place)
        {
            Confirm = values.Flag("confirm")?.Value ?? false,
            Stamp = values.PlainText("stamp"),
            Database = values.Text("database"),
            Databases = databases,
            Settings = ReadSettings(values),
        };
        values.RefuseOthers();
        return environment.Database is { } unused && services.Count > 0 && services.All(s => databases.ContainsKey(s.Name))
            ? throw ConfigurationError.At(
                unused.Place,
                $"'database' of the environment '{member.Name}' is that of no service: 'databases' names one for each of them.",
                "Remove it; or leave the services that it is for out of 'databases'."
            )
            : environment;
    }

    private static ConfigurationSettings ReadFolder(ConfigurationObject values) =>
        new()
        {
            Path = values.Text("path"),
            Layout = values.Choice(
                "layout",
                ("rollback-suffix", MigrationLayout.RollbackSuffix),
                ("down-suffix", MigrationLayout.DownSuffix),
                ("up-down-suffix", MigrationLayout.UpDownSuffix),
                ("rollback-folder", MigrationLayout.RollbackFolder),
                ("sections", MigrationLayout.Sections),
                ("versioned", MigrationLayout.Versioned),
                ("folder-each", MigrationLayout.FolderEach),
                ("version-folders", MigrationLayout.VersionFolders)
            ),
            IdentityByName = values.Choice("identity", ("version", false), ("name", true)),
            HistoryTable = values.PlainText("historyTable"),
            HistorySchema = values.PlainText("historySchema"),
            Variables = ReadVariables(values.Object("variables")),
            Hooks = values.Text("hooks"),
            SchemaFile = values.Text("schemaFile"),
        };

    private static Dictionary<string, ConfiguredValue<string>>? ReadVariables(ConfigurationObject? values)
    {
        if (values is null)
            return null;
        var variables = new Dictionary<string, ConfiguredValue<string>>(StringComparer.Ordinal);
        foreach (var member in values.Members)
        {
            if (!ScriptVariable.IsName(member.Name))
            {
                throw ConfigurationError.At(
                    member.Place,
                    $"'{member.Name}' cannot be the name of a variable.",
                    "Use letters, digits and '_', and begin with a letter or '_'."
                );
            }

            variables.Add(member.Name, ConfigurationObject.ValueOf(member.Value, $"the variable '{member.Name}'"));
        }

        return variables;
    }

    // A file holds one schema: what services write to the same file, they write over one another.
    private static void DemandOwnSchemaFiles(MigrationConfiguration configuration)
    {
        if (configuration.Services.Count < 2)
            return;
        var shared = configuration.Environments.Select(e => e.Settings).Append(configuration.Settings).Select(s => s.SchemaFile);
        var twice = configuration
            .Services.Select(s => s.Settings.SchemaFile)
            .OfType<ConfiguredValue<string>>()
            .GroupBy(f => f.Value, StringComparer.Ordinal)
            .FirstOrDefault(g => g.Count() > 1);
        if ((shared.FirstOrDefault(f => f is not null) ?? twice?.Last()) is { } file)
        {
            throw ConfigurationError.At(
                file.Place,
                "Several services would write their schema to this file.",
                "Name a file in each service: \"schemaFile\": \"migrations/<service>/schema.sql\"."
            );
        }
    }

    // What is wanted of a backup that is never made would be passed over in silence.
    private static void DemandBackups(MigrationConfiguration configuration)
    {
        var all = configuration.Environments.Select(e => e.Settings.Or(configuration.Settings)).DefaultIfEmpty(configuration.Settings);
        foreach (var settings in all)
        {
            if (settings is { BackupBeforeRun: { Value: true } wanted, BackupFolder: null })
                throw ConfigurationError.At(wanted.Place, "'beforeRun' makes backups, and no 'folder' is named for them.", NameFolder);
            if (settings.RestoreOnFailure is { Value: true } restored && settings.BackupBeforeRun?.Value != true)
                throw ConfigurationError.At(
                    restored.Place,
                    "'restoreOnFailure' restores the backup that 'beforeRun' makes, and that is not set to true.",
                    "Add \"beforeRun\": true beside it, or remove it."
                );
        }
    }

    private static ConfigurationSettings ReadSettings(ConfigurationObject values)
    {
        var timeouts = values.Object("timeouts");
        var backup = values.Object("backup");
        var advice = values.Object("advice");
        var off = advice?.PlainTexts("off");
        var ignore = values.PlainTexts("ignore");
        var settings = ReadFolder(values) with
        {
            TransactionMode = values.Choice(
                "transactionMode",
                ("each", TransactionMode.Each),
                ("all", TransactionMode.All),
                ("none", TransactionMode.None)
            ),
            CheckAfterRun = values.Flag("checkAfterRun"),
            LogFormat = values.Choice(
                "logFormat",
                ("text", LogFormat.Text),
                ("azure-devops", LogFormat.AzureDevOps),
                ("github", LogFormat.GitHub)
            ),
            Ignore = ignore is null ? null : new([.. ignore.Select(i => i.Value)], values.Find("ignore")!.Place),
            AdviceOff = off is null ? null : new(off, advice!.Find("off")!.Place),
            AdviceStrict = advice?.Flag("strict"),
            Wait = timeouts?.Duration("wait"),
            ConnectTimeout = timeouts?.Duration("connect"),
            LockTimeout = timeouts?.Duration("lock"),
            StatementTimeout = timeouts?.Duration("statement"),
            TableLockTimeout = timeouts?.Duration("tableLock"),
            BackupFolder = backup?.Text("folder"),
            BackupBeforeRun = backup?.Flag("beforeRun"),
            RestoreOnFailure = backup?.Flag("restoreOnFailure"),
            ProveBackup = backup?.Flag("prove"),
            Retention = Rules(backup),
        };
        timeouts?.RefuseOthers();
        backup?.RefuseOthers();
        advice?.RefuseOthers();
        return settings;
    }

    private static Dictionary<string, ConfiguredValue<int>> Rules(ConfigurationObject? backup)
    {
        var rules = new Dictionary<string, ConfiguredValue<int>>(StringComparer.Ordinal);
        foreach (var name in RetentionRules)
        {
            if (backup?.Count(name) is { } rule)
                rules.Add(name, rule);
        }

        return rules;
    }
}
