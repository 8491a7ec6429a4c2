namespace Migrations.Sql;

/// <summary>The columns by whose order a table is passed in batches: together unique, and never NULL.</summary>
public sealed record BatchKey
{
    /// <summary>The table, as queries of our own name it.</summary>
    public required string Table { get; init; }

    /// <summary>The columns, as they stand in a statement.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The columns as a list of literals in one text, as an expression.</summary>
    public required string Literals { get; init; }

    /// <summary>Counts rows.</summary>
    public string Count { get; init; } = "count(*)";

    /// <summary>What opens a list of values that is compared as a whole.</summary>
    public string Row { get; init; } = "";

    /// <summary>The operator for what comes later in the order.</summary>
    public string Later { get; init; } = ">";

    /// <summary>The operator for what comes no later in the order.</summary>
    public string NoLater { get; init; } = "<=";

    /// <summary>
    /// Where the rows do not hold their key, but only have a place: an expression whose value changes when they may have been given other
    /// places. It is the last value of a position; null where the key is in the rows.
    /// </summary>
    public string? Numbering { get; init; }

    /// <summary>A query of <see cref="Numbering"/>.</summary>
    public string NumberingQuery => $"SELECT {Numbering}";

    /// <summary>How many values a position has.</summary>
    public int Values => Columns.Count + (Numbering is null ? 0 : 1);

    /// <summary>The key in a position.</summary>
    public string KeyIn(string position) => Numbering is null ? position : position[..position.LastIndexOf(',')];

    /// <summary>The value of <see cref="Numbering"/> in a position; null without one.</summary>
    public string? NumberingIn(string position) => Numbering is null ? null : position[(position.LastIndexOf(',') + 1)..].Trim();
}
