using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>A table in which a tool writes down that it is migrating, and where it stays so after the tool was killed.</summary>
/// <param name="Name">The table, in small letters; beside the tool's history.</param>
/// <param name="Release">How people clear it, as the end of a sentence.</param>
internal sealed record LockTable(string Name, string Release)
{
    /// <summary>The column that says whether it is held; null where any row says so.</summary>
    public string? Column { get; init; }

    /// <summary>The columns that say by whom and since when.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>Who holds it, as far as it says; null when it is free.</summary>
    public string? HeldBy(IReadOnlyList<ForeignRow> rows) =>
        rows.FirstOrDefault(r => Column is null || ForeignValue.IsTrue(r[Column])) is { } row
            ? string.Join(", ", Details.Select(d => row[d]).Where(v => v is { Length: > 0 }))
            : null;
}
