using Migrations.History;

namespace Migrations.Databases;

/// <summary>A history of this tool in a database, known by its columns, whatever its name is.</summary>
public sealed record FoundHistory
{
    /// <summary>Its schema; null where the engine has none.</summary>
    public string? Schema { get; init; }

    /// <summary>Its table.</summary>
    public required string Table { get; init; }

    /// <summary>Whether it is the history that the session reads and writes.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Its rows in the order of their ids, without scripts.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>The environment that it says the database is of; null without a stamp.</summary>
    public string? Stamp => HistoryView.StampIn(Entries);

    /// <summary>Schema and table as they are shown to people, and as <see cref="TableContent.Table"/> names them.</summary>
    public required string Display { get; init; }

    /// <summary>The services whose work it records; null among them: work without a service.</summary>
    public IReadOnlyList<string?> Services =>
        [
            .. ServiceAssignment
                .Resolve(Entries)
                .Where(e => e.Event is not (JournalEvent.Stamped or JournalEvent.Assigned))
                .Select(e => e.Service)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The options of a session that reads and writes this history.</summary>
    public SessionOptions Within(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { HistoryTable = Table, HistorySchema = Schema };
    }
}
