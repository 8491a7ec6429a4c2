using System.Globalization;

namespace Migrations;

/// <summary>What clearing a database did, or would do.</summary>
public sealed record ClearResult : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public string? Path { get; init; }

    /// <summary>Done, or what would be done; skipped where there is no database to clear, or it was cleared for another service.</summary>
    public required MigrationOutcome Outcome { get; init; }

    /// <summary>The tables that go, by name.</summary>
    public IReadOnlyList<ClearedTable> Tables { get; init; } = [];

    /// <summary>The rows that go, without those of the history.</summary>
    public long Rows => Tables.Where(t => !t.IsHistory).Sum(t => t.Rows ?? 0);

    /// <summary>Whether rows go. What could not be counted counts as a loss.</summary>
    public bool IsLossy => Tables.Any(t => !t.IsHistory && t.Rows is not 0);

    /// <summary>What stayed, one line each: what the role may not drop, and what is not dropped with a database's content.</summary>
    public IReadOnlyList<string> Stayed { get; init; } = [];

    /// <summary>The migrations that were applied afterwards, or would be.</summary>
    public IReadOnlyList<string> Applied { get; init; } = [];

    /// <summary>The seed that was run at the end, or would be; null without one.</summary>
    public string? Seed { get; init; }

    /// <summary>The environment that the database is stamped with, before and afterwards; null without a stamp.</summary>
    public string? Stamp { get; init; }

    /// <summary>How long all took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What goes, in one line for each table with rows.</summary>
    public IEnumerable<string> Losses() =>
        Tables
            .Where(t => !t.IsHistory && t.Rows is not 0)
            .Select(t =>
                t.Rows is { } rows
                    ? string.Create(CultureInfo.InvariantCulture, $"removes table {t.Name} ({rows:N0} {(rows == 1 ? "row" : "rows")})")
                    : $"removes table {t.Name} (an unknown number of rows)"
            );
}
