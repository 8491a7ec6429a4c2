using System.Globalization;

namespace Migrations.Configuration;

/// <summary>Lists what is in force for a call, and where each value comes from. Shows no secret.</summary>
/// <param name="configuration">The configuration; null without one.</param>
/// <param name="choice">What the call says.</param>
public sealed class ConfigurationListing(MigrationConfiguration? configuration, DatabaseChoice choice)
{
    private const string CommandLine = "command line";
    private const string Default = "default";

    private readonly List<ConfigurationEntry> _entries = [];

    /// <summary>The settings of the call and of each service.</summary>
    /// <exception cref="MigrationException">What the call names is not there.</exception>
    public IReadOnlyList<ConfigurationEntry> Read()
    {
        var everything = choice.Services.Count == 0 && configuration is { Services.Count: > 0 };
        var meant = everything ? choice with { Services = [DatabaseChoice.AllServices] } : choice;
        var selector = new DatabaseSelector(configuration, meant);
        Add(null, "configuration", configuration?.File ?? "none", configuration is null ? Default : "file");
        AddEnvironment(selector);
        foreach (var service in selector.Services)
        {
            AddDatabase(selector, service);
            AddFolder(selector, service);
            AddSettings(service?.Name, selector.SettingsOf(service));
            AddFolderSettings(selector, service);
        }

        return _entries;
    }

    private void AddEnvironment(DatabaseSelector selector)
    {
        var source =
            choice.Environment is not null ? CommandLine
            : selector.Environment is not null ? Source(configuration!.DefaultEnvironment!.Place)
            : Default;
        Add(null, "environment", selector.EnvironmentName ?? "none", source);
        if (selector.Environment is { } environment)
        {
            Add(null, "confirm", Word(environment.Confirm), Source(environment.Place));
            Add(null, "stamp", environment.Stamp, v => v, environment.Name);
        }
    }

    private void AddDatabase(DatabaseSelector selector, ConfiguredService? service)
    {
        var own = selector.Environment?.DatabaseOf(service?.Name);
        var source =
            choice.Databases.Count > 0 ? CommandLine
            : own is not null ? Source(own.Place)
            : "environment variable";
        Add(service?.Name, "database", Try(() => DatabaseOf(selector, service, own)), source);
    }

    private string DatabaseOf(DatabaseSelector selector, ConfiguredService? service, ConfiguredValue<string>? own)
    {
        if (choice.Databases.Count > 0)
            return string.Join(", ", choice.Databases.Select(text => choice.Target(text, choice.CurrentFolder).Display));
        if (own is not null)
            return choice.Target(selector.References.Expand(own), configuration!.Folder).Display;
        return selector.Environment is null && (EnvironmentSettings.Database ?? choice.EngineAddress()) is { } address
            ? choice.Target(address, choice.CurrentFolder).Display
            : "none";
    }

    private void AddFolder(DatabaseSelector selector, ConfiguredService? service)
    {
        var configured = selector.SettingsOf(service).Path;
        var source =
            choice.Folder is not null ? CommandLine
            : EnvironmentSettings.Folder is not null ? "MIGRATION_PATH"
            : configured is not null ? Source(configured.Place)
            : Default;
        Add(
            service?.Name,
            "path",
            Try(() =>
                (choice.Folder ?? EnvironmentSettings.Folder) is null && configured is not null
                    ? Shown(selector, configured)
                    : selector.FolderOf(service)
            ),
            source
        );
    }

    // A folder whose name comes from a secret is not shown.
    private string Shown(DatabaseSelector selector, ConfiguredValue<string> path) =>
        System.IO.Path.GetFullPath(selector.References.Show(path), configuration!.Folder);

    private void AddFolderSettings(DatabaseSelector selector, ConfiguredService? service)
    {
        var settings = selector.SettingsOf(service);
        AddPath("hooks", settings.Hooks, "hooks in the migration folder");
        AddPath("schemaFile", settings.SchemaFile, "none");
        AddPath("backup.folder", settings.BackupFolder, "none");
        foreach (var (name, value) in settings.Variables ?? new Dictionary<string, ConfiguredValue<string>>(StringComparer.Ordinal))
            Add(service?.Name, "variables." + name, Try(() => selector.References.ShowWithout(value)), Source(value.Place));

        void AddPath(string name, ConfiguredValue<string>? path, string without) =>
            Add(
                service?.Name,
                name,
                path is null ? without : Try(() => Shown(selector, path)),
                path is null ? Default : Source(path.Place)
            );
    }

    private void AddSettings(string? service, ConfigurationSettings settings)
    {
        Add(service, "layout", settings.Layout, v => v.ToString(), "detected for each file");
        Add(service, "identity", settings.IdentityByName, v => v ? "name" : "version", "version");
        Add(service, "historyTable", settings.HistoryTable, v => v, "migration_journal");
        Add(service, "historySchema", settings.HistorySchema, v => v, "the engine's own");
        Add(service, "transactionMode", settings.TransactionMode, v => v.ToString().ToLowerInvariant(), "each");
        Add(service, "checkAfterRun", settings.CheckAfterRun, Word, "false");
        Add(service, "logFormat", settings.LogFormat, Word, "the command's is detected");
        Add(service, "ignore", settings.Ignore, v => string.Join(", ", v), "none");
        Add(service, "advice.off", settings.AdviceOff, v => string.Join(", ", v.Select(i => i.Value)), "none");
        Add(service, "advice.strict", settings.AdviceStrict, Word, "false");
        Add(service, "timeouts.wait", settings.Wait, Of, "0s");
        Add(service, "timeouts.connect", settings.ConnectTimeout, Of, "15s");
        Add(service, "timeouts.lock", settings.LockTimeout, Of, "60s");
        Add(service, "timeouts.statement", settings.StatementTimeout, Of, "none");
        Add(service, "timeouts.tableLock", settings.TableLockTimeout, Of, "5s");
        Add(service, "backup.beforeRun", settings.BackupBeforeRun, Word, "false");
        Add(service, "backup.restoreOnFailure", settings.RestoreOnFailure, Word, "false");
        Add(service, "backup.prove", settings.ProveBackup, Word, "false");
        foreach (var (rule, count) in settings.Retention)
            Add(service, "backup." + rule, count, v => v.ToString(CultureInfo.InvariantCulture), "");
    }

    private void Add<T>(string? service, string name, ConfiguredValue<T>? value, Func<T, string> text, string otherwise)
    {
        if (value is null)
            Add(service, name, otherwise, Default);
        else
            Add(service, name, text(value.Value), Source(value.Place));
    }

    private void Add(string? service, string name, string value, string source) =>
        _entries.Add(new ConfigurationEntry(service, name, value, source));

    private static string Try(Func<string> value)
    {
        try
        {
            return value();
        }
        catch (MigrationException e)
        {
            return $"({e.Message})";
        }
    }

    private static string Source(ScriptLocation place) =>
        string.Create(CultureInfo.InvariantCulture, $"{place.ShownFile}:{place.Line}:{place.Column}");

    private static string Word(bool value) => value ? "true" : "false";

    private static string Word(LogFormat format) =>
        format switch
        {
            LogFormat.AzureDevOps => "azure-devops",
            LogFormat.GitHub => "github",
            _ => "text",
        };

    private static string Of(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");
}
