namespace Migrations.Databases;

/// <summary>How the rows of a schema's tables are put in by statements.</summary>
public sealed record SeedStatements
{
    /// <summary>What stands before them, without semicolons.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>The tables that keep rows of their own, a parent before its children.</summary>
    public required IReadOnlyList<TableRows> Tables { get; init; }

    /// <summary>What stands behind them, without semicolons.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>
    /// A query for further statements, one a row: those that set the numbers from which the next ones are given; null without one.
    /// </summary>
    public string? Counters { get; init; }

    /// <summary>Tables whose rows no statement here puts in, each with a query for whether there are any.</summary>
    public IReadOnlyList<TableRows> Unwritable { get; init; } = [];
}
