namespace Migrations.Fleet;

/// <summary>What became of one call on many databases: the content of a result file.</summary>
public sealed record FleetResult
{
    /// <summary>The newest form of the file that can be read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The form of the file.</summary>
    public int ResultVersion { get; init; } = CurrentVersion;

    /// <summary>The command, or the cmdlet.</summary>
    public required string Command { get; init; }

    /// <summary>Which share of the fleet it is, from 1.</summary>
    public int Shard { get; init; } = 1;

    /// <summary>How many shares there are.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How many databases the whole list has.</summary>
    public required int Listed { get; init; }

    /// <summary>The SHA-256 of the whole list, as lower-case hex digits: shares of one fleet have the same.</summary>
    public required string ListDigest { get; init; }

    /// <summary>When the call began, in UTC.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>How long the call took, in milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>The databases of the share.</summary>
    public required IReadOnlyList<FleetResultRow> Databases { get; init; }
}
