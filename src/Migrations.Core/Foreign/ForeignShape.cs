using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>How a tool's history table looks: names clash, so the columns decide, and where they are the same, a neighbour.</summary>
/// <param name="Table">The name that the tool gives it, in small letters.</param>
/// <param name="Columns">Columns that it has, separated by spaces, in small letters.</param>
internal sealed record ForeignShape(string Table, string Columns)
{
    private readonly string[] _columns = Columns.Split(' ');

    /// <summary>Whether it has no columns but these.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The schema that the tool makes for it; null where it has none of its own.</summary>
    public string? Schema { get; init; }

    /// <summary>Another table that stands beside it, in small letters; null when none need.</summary>
    public string? Beside { get; init; }

    /// <summary>How many facts it takes to be sure; the more, the surer.</summary>
    public int Weight => _columns.Length + (IsWhole ? 1 : 0) + (Schema is null ? 0 : 1) + (Beside is null ? 0 : 2);

    /// <summary>Whether a table looks so, whatever its name.</summary>
    /// <param name="table">The table.</param>
    /// <param name="all">All tables that were found.</param>
    public bool Fits(ForeignTable table, IReadOnlyList<ForeignTable> all) =>
        (Schema is null || table.Schema is null || string.Equals(Schema, table.Schema, StringComparison.Ordinal))
        && (!IsWhole || table.Columns.Count == _columns.Length)
        && Array.TrueForAll(_columns, c => table.Columns.Contains(c, StringComparer.OrdinalIgnoreCase))
        && (
            Beside is null
            || all.Any(t =>
                string.Equals(t.Name, Beside, StringComparison.OrdinalIgnoreCase)
                && string.Equals(t.Schema, table.Schema, StringComparison.Ordinal)
            )
        );
}
