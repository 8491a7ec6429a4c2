namespace Migrations.Reporting;

/// <summary>A report that was written.</summary>
public sealed record ExportedReport
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Its size, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>How many databases it shows.</summary>
    public required int Databases { get; init; }

    /// <summary>Those of which nothing is known, because they could not be read.</summary>
    public required int Unread { get; init; }

    /// <summary>Those with pending migrations.</summary>
    public required int Pending { get; init; }

    /// <summary>Those that were read and are not as they should be: a migration failed or was edited, or a check failed.</summary>
    public required int Unhealthy { get; init; }
}
