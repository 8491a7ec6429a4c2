using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Transfer;

/// <summary>What is copied, and how.</summary>
public sealed record CopyRequest
{
    /// <summary>Which tables, and what was decided about columns.</summary>
    public CopyScope Scope { get; init; } = new();

    /// <summary>Other names, and types of columns.</summary>
    public CopyMapping Mapping { get; init; } = CopyMapping.None;

    /// <summary>
    /// The migrations that make the tables of the target, so that only rows are copied; null: the tables are those of the source.
    /// </summary>
    public TargetFolder? Folder { get; init; }

    /// <summary>
    /// Whether tables that are there are dropped, with what is in them; those that migrations have made are emptied.
    /// </summary>
    public bool Recreates { get; init; }

    /// <summary>The file that takes the rows that could not be copied; null where they stop the copy.</summary>
    public string? RejectFile { get; init; }

    /// <summary>
    /// Which stamp the target may have where tables are dropped; one without a stamp gets that of the environment that is named.
    /// </summary>
    public ExpectedStamp Stamp { get; init; } = ExpectedStamp.Any;

    /// <summary>How many connections read the source at once, and how many tables are written at once, at most.</summary>
    public int ThrottleLimit { get; init; } = DefaultThrottleLimit;

    /// <summary>How many connections read at once where nothing is said: one for each processor, at most 4.</summary>
    public static int DefaultThrottleLimit { get; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>How both databases are connected to, and where events go.</summary>
    public SessionOptions Session { get; init; } = new();
}
