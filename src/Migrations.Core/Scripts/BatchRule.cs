namespace Migrations;

/// <summary><c>Batch:</c>: the script's only statement runs in batches, each in a transaction of its own.</summary>
/// <param name="Rows">How many rows of the table a batch passes.</param>
public sealed record BatchRule(int Rows)
{
    /// <summary>The pause between two batches.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>The columns by whose order the table is passed; empty: its primary key.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    // Two equal lines of a header do not contradict each other.
    /// <inheritdoc/>
    public bool Equals(BatchRule? other) =>
        other is not null && Rows == other.Rows && Pause == other.Pause && Key.SequenceEqual(other.Key, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rows, Pause, Key.Count);

    /// <inheritdoc/>
    public override string ToString() => $"in batches of {Rows} rows";
}
