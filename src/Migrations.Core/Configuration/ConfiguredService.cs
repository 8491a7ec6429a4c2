namespace Migrations.Configuration;

/// <summary>A service of the configuration file: a migration folder of its own, with a history of its own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands in the file.</param>
/// <param name="DependsOn">The services whose migrations are applied before.</param>
/// <param name="Settings">Its own settings.</param>
public sealed record ConfiguredService(
    string Name,
    ScriptLocation Place,
    IReadOnlyList<ConfiguredValue<string>> DependsOn,
    ConfigurationSettings Settings
);
