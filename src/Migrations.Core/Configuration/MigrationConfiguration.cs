namespace Migrations.Configuration;

/// <summary>What a configuration file says: services, environments and settings. Nothing of it has been looked up yet.</summary>
public sealed record MigrationConfiguration
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "migrations.json";

    /// <summary>The file's full path.</summary>
    public required string File { get; init; }

    /// <summary>The file's folder, from which the paths in it start.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>The environment that is meant when none is named; null when one must be.</summary>
    public ConfiguredValue<string>? DefaultEnvironment { get; init; }

    /// <summary>The services, in the order of dependency; empty when there is only one set of migrations.</summary>
    public IReadOnlyList<ConfiguredService> Services { get; init; } = [];

    /// <summary>The environments, in the order of the file.</summary>
    public IReadOnlyList<ConfiguredEnvironment> Environments { get; init; } = [];

    /// <summary>The settings that hold for all environments and services.</summary>
    public ConfigurationSettings Settings { get; init; } = ConfigurationSettings.None;
}
