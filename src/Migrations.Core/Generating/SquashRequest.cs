namespace Migrations.Generating;

/// <summary>Which migrations are folded into one.</summary>
public sealed record SquashRequest
{
    /// <summary>The last migration that is folded, by version or name; all before it are folded with it.</summary>
    public required string To { get; init; }

    /// <summary>What the new migration is called, without its version.</summary>
    public string Name { get; init; } = "squash";

    /// <summary>Whether nothing is written and nothing moved.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Another server for scratch databases; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }
}
