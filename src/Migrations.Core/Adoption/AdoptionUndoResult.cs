namespace Migrations.Adoption;

/// <summary>What taking an adoption back does, or would do.</summary>
public sealed record AdoptionUndoResult : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public required DatabaseTarget Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public required string Path { get; init; }

    /// <summary>The other tool, as it is shown to people.</summary>
    public required string Title { get; init; }

    /// <summary>The table of its history.</summary>
    public required string Table { get; init; }

    /// <summary>The SQL that records in the other tool's table what happened since; empty when it is up to date.</summary>
    public IReadOnlyList<string> Statements { get; init; } = [];

    /// <summary>Whether it was done: false for what would be.</summary>
    public bool IsWritten { get; init; }
}
