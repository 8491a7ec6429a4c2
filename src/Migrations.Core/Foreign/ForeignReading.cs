namespace Migrations.Foreign;

/// <summary>What another tool's history says.</summary>
/// <param name="Entries">What counts as applied, in the order in which it was applied.</param>
internal sealed record ForeignReading(IReadOnlyList<ForeignEntry> Entries)
{
    /// <summary>
    /// The version at or below which all counts as applied, recorded or not, because the tool compares with the highest only; null for
    /// tools that record each.
    /// </summary>
    public string? Head { get; init; }

    /// <summary>Entries that failed or were left half-done, with what to look at, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
