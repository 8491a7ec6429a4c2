namespace Migrations.History;

/// <summary>How long one migration took each time it was applied, by the history.</summary>
public sealed record MigrationProfile : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public required DatabaseTarget Target { get; init; }

    string? IHasPlace.Path => null;

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The version as the file wrote it; null for migrations known by name.</summary>
    public string? Version { get; init; }

    /// <summary>Version and name as the file wrote them.</summary>
    public required string Name { get; init; }

    /// <summary>How often it was applied; what failed, was undone or was only recorded does not count.</summary>
    public required int Runs { get; init; }

    /// <summary>How long it took the last time.</summary>
    public required TimeSpan Last { get; init; }

    /// <summary>The median of how long its runs took.</summary>
    public required TimeSpan Median { get; init; }

    /// <summary>How long it took at most.</summary>
    public required TimeSpan Longest { get; init; }

    /// <summary>How many statements its script had the last time; null where the history does not hold the script.</summary>
    public int? Statements { get; init; }

    /// <summary>Rows inserted, updated and deleted the last time; null where unknown.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>Its part of the time that the last runs of all these migrations took, from 0 to 1.</summary>
    public required double Share { get; init; }
}
