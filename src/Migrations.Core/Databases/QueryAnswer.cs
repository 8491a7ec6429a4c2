namespace Migrations.Databases;

/// <summary>What a query answered.</summary>
public sealed record QueryAnswer
{
    /// <summary>How many rows the last result set has; 0 without one.</summary>
    public long RowCount { get; init; }

    /// <summary>The names of its columns.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Its first rows, each value as text as the engine writes it; null represents NULL.</summary>
    public IReadOnlyList<IReadOnlyList<string?>> Rows { get; init; } = [];

    /// <summary>The plan as text, one line per node, when it was asked for.</summary>
    public string? Plan { get; init; }

    /// <summary>What the database refused, with its own code and words; null when nothing was.</summary>
    public StatementException? Error { get; init; }

    /// <summary>
    /// Whether the error is about the rows that are there or not there: a constraint that a row breaks, a query that should have found one.
    /// On other rows there may be none.
    /// </summary>
    public bool IsErrorOfRows { get; init; }

    /// <summary>Whether the error says that a row to be referenced is not there.</summary>
    public bool IsParentMissing { get; init; }

    /// <summary>What the statements changed that a rollback does not undo (sequences that moved on), one sentence each.</summary>
    public IReadOnlyList<string> Remains { get; init; } = [];
}
