namespace Migrations;

/// <summary>How an initialization ended.</summary>
public enum InitializationOutcome
{
    /// <summary>Something was done.</summary>
    Initialized,

    /// <summary>Everything was there already, and nothing was done.</summary>
    AlreadyInitialized,

    /// <summary>Something would be done.</summary>
    WhatIf,
}

/// <summary>What an initialization did, or would do.</summary>
public sealed record InitializationResult : IHasTarget
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>How it ended.</summary>
    public required InitializationOutcome Outcome { get; init; }

    /// <summary>Whether the database was created.</summary>
    public bool Created { get; init; }

    /// <summary>The init script, when it ran; null otherwise.</summary>
    public string? Script { get; init; }

    /// <summary>The migrations that were applied; none with an init script.</summary>
    public IReadOnlyList<string> Applied { get; init; } = [];

    /// <summary>The seed, when it ran; null when it did not.</summary>
    public string? Seed { get; init; }

    /// <summary>The environment that the database was stamped with; null when it was not, or was before.</summary>
    public string? Stamp { get; init; }

    /// <summary>How long all took, waiting for the server included.</summary>
    public TimeSpan Duration { get; init; }
}
