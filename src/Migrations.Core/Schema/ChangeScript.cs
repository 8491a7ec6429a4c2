namespace Migrations.Schema;

/// <summary>The statements that make one schema of another, and what a person should know before they run.</summary>
public sealed record ChangeScript
{
    /// <summary>The statements in the order in which they run, without closing semicolons.</summary>
    public required IReadOnlyList<string> Statements { get; init; }

    /// <summary>What is lost with all it holds: tables and columns.</summary>
    public IReadOnlyList<ChangeLoss> Losses { get; init; } = [];

    /// <summary>What keeps others waiting, or rewrites a table, one sentence each.</summary>
    public IReadOnlyList<string> Locks { get; init; } = [];

    /// <summary>What the rows that are there must be like, or the script fails, one sentence each.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>The tables whose rows <see cref="Conditions"/> are about.</summary>
    public IReadOnlyList<string> Conditional { get; init; } = [];

    /// <summary>The tables that must hold no rows, or the script fails: they get a column that is NOT NULL and has no default.</summary>
    public IReadOnlyList<string> MustBeEmpty { get; init; } = [];

    /// <summary>The tables of which a column that stays gets another type: its values may become others.</summary>
    public IReadOnlyList<string> Converted { get; init; } = [];

    /// <summary>What no statement was written for, because a person has to decide, one sentence each.</summary>
    public IReadOnlyList<string> Undecided { get; init; } = [];

    /// <summary>Whether both schemas are the same.</summary>
    public bool IsEmpty => Statements.Count == 0 && Undecided.Count == 0;
}

/// <summary>What a script takes away with all it holds.</summary>
/// <param name="Table">The table, as <see cref="SchemaObject.Name"/> writes it.</param>
/// <param name="Column">The column; null for the whole table.</param>
public sealed record ChangeLoss(string Table, string? Column = null)
{
    /// <summary>For example <c>the column orders.note with its values</c>.</summary>
    public override string ToString() =>
        Column is null ? $"the table {Table} with its rows" : $"the column {Table}.{Column} with its values";
}
