namespace Migrations.Tables;

/// <summary>Something for which a table cannot be copied as it is.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column; null when it is about whole rows or the table.</param>
/// <param name="Problem">What is wrong, in a sentence.</param>
/// <param name="Keys">Where, the first few: <c>id 7</c>.</param>
/// <param name="Rows">How many rows; null where it is not about rows.</param>
public sealed record CopyObstacle(string Table, string? Column, string Problem, IReadOnlyList<string> Keys, long? Rows)
{
    /// <summary>Whether the copy can be made without these rows.</summary>
    public bool CanReject { get; init; }

    /// <summary>A type, in words, that takes all values of the column; null where none is known.</summary>
    public string? Fits { get; init; }

    /// <summary>Whether it is the table's form that stands in the way: it does so in every other place too.</summary>
    public bool IsOfForm { get; init; }

    /// <summary>The obstacle in a line.</summary>
    public override string ToString()
    {
        var place = Column is null ? Table : $"{Table}.{Column}";
        return $"{place}: {Problem}{(Keys.Count == 0 ? "" : $" ({string.Join(", ", Keys)}{(Rows > Keys.Count ? ", ..." : "")})")}";
    }
}
