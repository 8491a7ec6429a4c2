namespace Migrations.Configuration;

/// <summary>
/// Finds the two databases of a call that copies or compares: each is named by itself, or is that of a service in an environment.
/// </summary>
/// <param name="configuration">The configuration; null without one.</param>
/// <param name="choice">What the call says.</param>
public sealed class DatabasePairs(MigrationConfiguration? configuration, DatabaseChoice choice)
{
    private readonly DatabaseSelector _selector = new(configuration, choice);

    /// <summary>
    /// The pairs: one, or one for each service. The folder of the second database is empty where neither the call nor the configuration
    /// names one.
    /// </summary>
    /// <param name="named">The databases that are named by themselves, in the order of the sides; those of environments are left
    /// out.</param>
    /// <param name="sourceEnvironment">The environment of the first side; null when that is named by itself.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is not clear which databases are meant.</exception>
    public IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> Find(IReadOnlyList<string> named, string? sourceEnvironment)
    {
        // Two databases are clear by themselves: an environment only brings settings then.
        if (named.Count == 2 && sourceEnvironment is null)
            return [(Given(named[0]), Given(named[1]))];
        if (named.Count + (sourceEnvironment is null ? 0 : 1) + (choice.Environment is null ? 0 : 1) != 2)
            throw Usage(
                "Two databases are needed, and the call says "
                    + $"{named.Count + (sourceEnvironment is null ? 0 : 1) + (choice.Environment is null ? 0 : 1)}.",
                $"Name both; or for one that is of an environment, leave it out and say {CallOption.SourceEnvironment} (the first) or "
                    + $"{CallOption.Environment} (the second)."
            );
        var services = choice.Services.Count == 0 ? [null] : _selector.Services.Select(s => s?.Name).ToList();
        if (named.Count > 0 && services.Count > 1)
            throw SeveralServices();
        return
        [
            .. services.Select(service =>
                (
                    sourceEnvironment is null ? Given(named[0]) : _selector.InEnvironment(sourceEnvironment, service),
                    choice.Environment is { } own ? WithNamedFolder(_selector.InEnvironment(own, service)) : Given(named[^1])
                )
            ),
        ];
    }

    /// <summary>Notes in an error the place of the configuration that names what was not found or could not be reached.</summary>
    public static void Trace(IEnumerable<(SelectedDatabase Source, SelectedDatabase Target)> pairs, MigrationException error)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        foreach (var (source, target) in pairs)
        {
            source.Trace(error);
            target.Trace(error);
        }
    }

    // A folder that no one names is not the target's own.
    private SelectedDatabase WithNamedFolder(SelectedDatabase database) =>
        choice.Folder is null && database.Settings.Path is null ? database with { Folder = "" } : database;

    private SelectedDatabase Given(string text)
    {
        var own = new DatabaseSelector(configuration, choice with { Databases = [text] });
        var service =
            choice.Services.Count == 0 ? null
            : own.Services.Count == 1 ? own.Services[0]
            : throw SeveralServices();
        var settings = own.SettingsOf(service);
        return new SelectedDatabase
        {
            Database = text,
            BaseFolder = choice.CurrentFolder,
            Folder =
                choice.Folder is { } folder ? System.IO.Path.GetFullPath(folder, choice.CurrentFolder)
                : service?.Settings.Path is null ? ""
                : own.FolderOf(service),
            IsGiven = true,
            Service = service?.Name,
            Environment = own.EnvironmentName,
            Confirm = own.Environment?.Confirm ?? false,
            Settings = settings,
            Stamp = own.Stamp,
        };
    }

    private static MigrationException SeveralServices() =>
        Usage("A database is named, and several services.", "Name one service, or an environment for each side.");

    private static MigrationException Usage(string message, Advice nextStep) => new(ErrorId.UsageInvalid, message, nextStep);
}
