namespace Migrations.Configuration;

/// <summary>An environment of the configuration file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands in the file.</param>
public sealed record ConfiguredEnvironment(string Name, ScriptLocation Place)
{
    /// <summary>Whether commands that change its databases ask first.</summary>
    public bool Confirm { get; init; }

    /// <summary>What its databases are stamped with, where that is not its name; null when it is.</summary>
    public ConfiguredValue<string>? Stamp { get; init; }

    /// <summary>What its databases are stamped with.</summary>
    public string StampName => Stamp?.Value ?? Name;

    /// <summary>The database of all services; null where each has its own.</summary>
    public ConfiguredValue<string>? Database { get; init; }

    /// <summary>The databases by the service.</summary>
    public IReadOnlyDictionary<string, ConfiguredValue<string>> Databases { get; init; } =
        new Dictionary<string, ConfiguredValue<string>>(StringComparer.Ordinal);

    /// <summary>Its settings.</summary>
    public ConfigurationSettings Settings { get; init; } = ConfigurationSettings.None;

    /// <summary>The database of a service, or of a configuration without services; null when none is named.</summary>
    public ConfiguredValue<string>? DatabaseOf(string? service) =>
        service is not null && Databases.TryGetValue(service, out var own) ? own : Database;
}
