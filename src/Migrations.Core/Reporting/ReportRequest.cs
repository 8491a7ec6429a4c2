namespace Migrations.Reporting;

/// <summary>What a report shows.</summary>
public sealed record ReportRequest
{
    /// <summary>Which checks are made, and how; null: none.</summary>
    public CheckRequest? Checks { get; init; } = new();

    /// <summary>The folder whose backups are listed; null: none are.</summary>
    public string? BackupFolder { get; init; }

    /// <summary>How many of the newest events of the history are shown.</summary>
    public int Last { get; init; } = 200;
}
