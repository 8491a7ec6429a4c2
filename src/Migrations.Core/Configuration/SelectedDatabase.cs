namespace Migrations.Configuration;

/// <summary>A database that a call is about, and what the configuration says of it.</summary>
public sealed record SelectedDatabase
{
    /// <summary>The database, as a user writes one; may hold a password.</summary>
    public required string Database { get; init; }

    /// <summary>The folder that a relative path in it starts from.</summary>
    public required string BaseFolder { get; init; }

    /// <summary>The migration folder's full path.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether it was named by the call or the environment, and not by the configuration.</summary>
    public bool IsGiven { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The services that it depends on, directly or by others.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The environment; null without one.</summary>
    public string? Environment { get; init; }

    /// <summary>What rows of its history that belong to no service mean to the service.</summary>
    public UnassignedRows Unassigned { get; init; }

    /// <summary>Whether commands that change the database ask first.</summary>
    public bool Confirm { get; init; }

    /// <summary>Which stamp it may have, where something is taken away from it.</summary>
    public ExpectedStamp Stamp { get; init; } = ExpectedStamp.Any;

    /// <summary>The settings that hold for it.</summary>
    public ConfigurationSettings Settings { get; init; } = ConfigurationSettings.None;

    /// <summary>The values of the configuration that errors may be about.</summary>
    internal IReadOnlyList<ConfiguredPlace> Places { get; init; } = [];

    /// <summary>Notes in an error the place of the configuration that names what was not found or could not be reached.</summary>
    public void Trace(MigrationException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (
            error.Category is FailureCategory.NotFound or FailureCategory.Connection
            || error.Id is ErrorId.DatabaseInvalid or ErrorId.UsageInvalid
        )
            error.Configured ??= Places.FirstOrDefault(p => p.IsMeantBy(error))?.Value.Place;
    }
}
