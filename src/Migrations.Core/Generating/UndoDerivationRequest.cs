namespace Migrations.Generating;

/// <summary>Which undo scripts are derived.</summary>
public sealed record UndoDerivationRequest
{
    /// <summary>The migration whose undo is derived, by version or name; null: all that have none and are not irreversible.</summary>
    public string? Migration { get; init; }

    /// <summary>Whether nothing is written.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Another server for scratch databases; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }
}
