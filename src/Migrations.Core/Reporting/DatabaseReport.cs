using Migrations.Backup;
using Migrations.History;
using Migrations.Schema;

namespace Migrations.Reporting;

/// <summary>All that a report shows of one database.</summary>
public sealed record DatabaseReport : IHasTarget
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>Why nothing is known of it, in a sentence; null where it was read.</summary>
    public string? Problem { get; init; }

    /// <summary>Where it stands; null where it was not read.</summary>
    public DatabaseStatus? Summary { get; init; }

    /// <summary>Where each migration stands.</summary>
    public IReadOnlyList<MigrationStatus> Statuses { get; init; } = [];

    /// <summary>The newest events of its history, oldest first.</summary>
    public IReadOnlyList<JournalEntry> History { get; init; } = [];

    /// <summary>Its schema; null where it does not exist, or was not read.</summary>
    public SchemaSnapshot? Schema { get; init; }

    /// <summary>What the checks found, differences included; null where none were made.</summary>
    public IReadOnlyList<CheckResult>? Checks { get; init; }

    /// <summary>Its backups, newest first; null where no folder was named.</summary>
    public IReadOnlyList<DatabaseBackup>? Backups { get; init; }

    /// <summary>What a report shows of a database that could not be read.</summary>
    /// <param name="target">The database.</param>
    /// <param name="service">The service; null without services.</param>
    /// <param name="problem">Why not, in a sentence.</param>
    public static DatabaseReport Unread(DatabaseTarget target, string? service, string problem)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new()
        {
            Database = target.Display,
            Target = target,
            Service = service,
            Problem = problem,
        };
    }
}
