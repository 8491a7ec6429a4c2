namespace Migrations.Configuration;

/// <summary>What a call says of the databases that it is about. What is null or empty is not said.</summary>
public sealed record DatabaseChoice
{
    /// <summary>The star that stands for all services.</summary>
    public const string AllServices = "*";

    /// <summary>The databases that are named; may hold passwords.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>The migration folder's full path.</summary>
    public string? Folder { get; init; }

    /// <summary>The environment.</summary>
    public string? Environment { get; init; }

    /// <summary>The services.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The folder that relative paths of the call start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>The database that an engine's own variables of the environment name; null when none does.</summary>
    public Func<string?> EngineAddress { get; init; } = () => null;

    /// <summary>Reads a text as a database, of a folder that relative paths start from.</summary>
    public required Func<string, string, DatabaseTarget> Target { get; init; }

    /// <summary>Looks up a secret by its vault and its name; null where there is no SecretManagement.</summary>
    public Func<string, string, string>? Secrets { get; init; }
}
