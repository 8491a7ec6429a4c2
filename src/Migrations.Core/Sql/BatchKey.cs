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
}
