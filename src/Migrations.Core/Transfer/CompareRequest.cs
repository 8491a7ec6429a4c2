using Migrations.Databases;

namespace Migrations.Transfer;

/// <summary>What is compared, and how.</summary>
public sealed record CompareRequest
{
    /// <summary>Which tables.</summary>
    public CopyScope Scope { get; init; } = new();

    /// <summary>How many rows that differ are named for each table.</summary>
    public int MostDifferences { get; init; } = 10;

    /// <summary>How both databases are connected to, and where events go.</summary>
    public SessionOptions Session { get; init; } = new();
}
