namespace Migrations.Reporting;

/// <summary>What a report is about: one database, all services, or a fleet.</summary>
public sealed record MigrationReport
{
    /// <summary>The heading.</summary>
    public string Title { get; init; } = "Migration report";

    /// <summary>When it was made (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The databases, in the order in which they are shown.</summary>
    public required IReadOnlyList<DatabaseReport> Databases { get; init; }
}
