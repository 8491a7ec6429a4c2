using Migrations.History;

namespace Migrations.Planning;

/// <summary>
/// A squash in a database where some of what it replaces has run: those migrations count there, and the squash is only recorded.
/// </summary>
internal sealed record SquashUse
{
    /// <summary>The squash, as it is in the folder.</summary>
    public required Migration Squash { get; init; }

    /// <summary>What stands for it among the migrations: applying it records it, and runs nothing.</summary>
    public required Migration Record { get; init; }

    /// <summary>The names of all that it replaces, what a replaced squash replaces included.</summary>
    public required IReadOnlySet<string> Names { get; init; }

    /// <summary>The applied ones, in the order in which they were applied.</summary>
    public required IReadOnlyList<HistoryRecord> Applied { get; init; }

    /// <summary>Those that are neither applied nor in the archive.</summary>
    public required IReadOnlyList<string> Lacking { get; init; }

    /// <summary>Whether all that it replaces is applied.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Whether it replaces a migration.</summary>
    public bool Has(HistoryRecord record) => Applied.Any(r => r.Key == record.Key);
}
