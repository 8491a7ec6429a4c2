namespace Migrations;

/// <summary>One thing that goes with the rows in it.</summary>
/// <param name="Kind">What goes.</param>
/// <param name="Name">The table, or the table and the column.</param>
/// <param name="Rows">How many rows the table holds, or in how many the column has a value; null when it could not be counted.</param>
/// <param name="IsEstimate">Whether <paramref name="Rows"/> is the engine's estimate, because counting took too long.</param>
/// <param name="Line">The script's line that does it.</param>
public sealed record DataLoss(DataLossKind Kind, string Name, long? Rows, bool IsEstimate, int Line)
{
    /// <summary>Whether the table was not counted because row-level security hides rows from the role.</summary>
    public bool IsHidden { get; init; }

    /// <summary>
    /// Whether rows or values go for good, as far as is known. What could not be counted counts as a loss; values that an UPDATE overwrites
    /// are only reported.
    /// </summary>
    public bool IsLossy => Rows is not 0 && Kind != DataLossKind.Overwritten;
}
