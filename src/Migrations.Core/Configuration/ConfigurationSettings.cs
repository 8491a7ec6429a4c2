namespace Migrations.Configuration;

/// <summary>
/// Settings of the configuration file: of the whole file, of an environment or of a service. What is null is not set there.
/// </summary>
public sealed record ConfigurationSettings
{
    /// <summary>The migration folder.</summary>
    public ConfiguredValue<string>? Path { get; init; }

    /// <summary>The layout of the folder.</summary>
    public ConfiguredValue<MigrationLayout>? Layout { get; init; }

    /// <summary>Whether migrations are known by their names.</summary>
    public ConfiguredValue<bool>? IdentityByName { get; init; }

    /// <summary>The history table.</summary>
    public ConfiguredValue<string>? HistoryTable { get; init; }

    /// <summary>The schema of the history table.</summary>
    public ConfiguredValue<string>? HistorySchema { get; init; }

    /// <summary>
    /// The values that scripts take by their names; an empty one where the file has none, but says so; null where it says nothing.
    /// </summary>
    public IReadOnlyDictionary<string, ConfiguredValue<string>>? Variables { get; init; }

    /// <summary>The folder of hooks.</summary>
    public ConfiguredValue<string>? Hooks { get; init; }

    /// <summary>The file that gets the complete schema after a run.</summary>
    public ConfiguredValue<string>? SchemaFile { get; init; }

    /// <summary>How the steps are put into transactions.</summary>
    public ConfiguredValue<TransactionMode>? TransactionMode { get; init; }

    /// <summary>Whether the database is checked after a run.</summary>
    public ConfiguredValue<bool>? CheckAfterRun { get; init; }

    /// <summary>Whose log the output is read in.</summary>
    public ConfiguredValue<LogFormat>? LogFormat { get; init; }

    /// <summary>The objects that no comparison of schemas looks at, as patterns.</summary>
    public ConfiguredValue<IReadOnlyList<string>>? Ignore { get; init; }

    /// <summary>The rules for scripts that are switched off.</summary>
    public ConfiguredValue<IReadOnlyList<ConfiguredValue<string>>>? AdviceOff { get; init; }

    /// <summary>Whether a run is refused when a rule finds something.</summary>
    public ConfiguredValue<bool>? AdviceStrict { get; init; }

    /// <summary>How long connecting is tried.</summary>
    public ConfiguredValue<TimeSpan>? Wait { get; init; }

    /// <summary>How long one try to connect may take.</summary>
    public ConfiguredValue<TimeSpan>? ConnectTimeout { get; init; }

    /// <summary>How long to wait for another run.</summary>
    public ConfiguredValue<TimeSpan>? LockTimeout { get; init; }

    /// <summary>How long one statement may take; zero: no limit.</summary>
    public ConfiguredValue<TimeSpan>? StatementTimeout { get; init; }

    /// <summary>How long one statement may wait for a table lock.</summary>
    public ConfiguredValue<TimeSpan>? TableLockTimeout { get; init; }

    /// <summary>The folder for backups.</summary>
    public ConfiguredValue<string>? BackupFolder { get; init; }

    /// <summary>Whether a backup is made before a run that has something to do.</summary>
    public ConfiguredValue<bool>? BackupBeforeRun { get; init; }

    /// <summary>Whether that backup is restored when a run fails that no rollback undid.</summary>
    public ConfiguredValue<bool>? RestoreOnFailure { get; init; }

    /// <summary>Whether a backup is proven when it is made.</summary>
    public ConfiguredValue<bool>? ProveBackup { get; init; }

    /// <summary>The rules by which backups are kept, by the name of each: <c>keepLast</c>, <c>keepDaily</c>.</summary>
    public IReadOnlyDictionary<string, ConfiguredValue<int>> Retention { get; init; } =
        new Dictionary<string, ConfiguredValue<int>>(StringComparer.Ordinal);

    /// <summary>Nothing set.</summary>
    public static ConfigurationSettings None { get; } = new();

    /// <summary>These settings, and for what they do not set, those of another.</summary>
    public ConfigurationSettings Or(ConfigurationSettings other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ConfigurationSettings
        {
            Path = Path ?? other.Path,
            Layout = Layout ?? other.Layout,
            IdentityByName = IdentityByName ?? other.IdentityByName,
            HistoryTable = HistoryTable ?? other.HistoryTable,
            HistorySchema = HistorySchema ?? other.HistorySchema,
            Variables = Together(Variables, other.Variables),
            Hooks = Hooks ?? other.Hooks,
            SchemaFile = SchemaFile ?? other.SchemaFile,
            TransactionMode = TransactionMode ?? other.TransactionMode,
            CheckAfterRun = CheckAfterRun ?? other.CheckAfterRun,
            LogFormat = LogFormat ?? other.LogFormat,
            Ignore = Ignore ?? other.Ignore,
            AdviceOff = AdviceOff ?? other.AdviceOff,
            AdviceStrict = AdviceStrict ?? other.AdviceStrict,
            Wait = Wait ?? other.Wait,
            ConnectTimeout = ConnectTimeout ?? other.ConnectTimeout,
            LockTimeout = LockTimeout ?? other.LockTimeout,
            StatementTimeout = StatementTimeout ?? other.StatementTimeout,
            TableLockTimeout = TableLockTimeout ?? other.TableLockTimeout,
            BackupFolder = BackupFolder ?? other.BackupFolder,
            BackupBeforeRun = BackupBeforeRun ?? other.BackupBeforeRun,
            RestoreOnFailure = RestoreOnFailure ?? other.RestoreOnFailure,
            ProveBackup = ProveBackup ?? other.ProveBackup,
            // Rules work together, so they are taken from one place.
            Retention = Retention.Count > 0 ? Retention : other.Retention,
        };
    }

    /// <summary>Variables are taken one by one: a service sets its own, and has those of all.</summary>
    private static IReadOnlyDictionary<string, ConfiguredValue<string>>? Together(
        IReadOnlyDictionary<string, ConfiguredValue<string>>? first,
        IReadOnlyDictionary<string, ConfiguredValue<string>>? other
    )
    {
        if (first is null || other is null)
            return first ?? other;
        var all = new Dictionary<string, ConfiguredValue<string>>(other, StringComparer.Ordinal);
        foreach (var (name, value) in first)
            all[name] = value;
        return all;
    }
}
