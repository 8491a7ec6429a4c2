namespace Migrations.Planning;

/// <summary>A request to empty a database.</summary>
public sealed record ClearRequest
{
    /// <summary>Whether rows may go.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>What is applied afterwards; null: nothing.</summary>
    public ApplyRequest? Apply { get; init; }

    /// <summary>Whether <c>seed.sql</c> of the migration folder runs after the migrations.</summary>
    public bool Seed { get; init; }

    /// <summary>Whether the environment requires confirmation: then no seed runs.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Whether the seed runs all the same, and a database is cleared that is stamped as that of such an environment.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// The services of the call: with them goes what they have in the database. What any other service has in it stops the call. Empty: the
    /// call is not about services, and means all that its own history records.
    /// </summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The histories of these services, where they are not all in that of the session.</summary>
    public IReadOnlyList<HistoryName> Histories { get; init; } = [];

    /// <summary>Whether what others have in the database goes too: other services, and work that other histories record.</summary>
    public bool IncludesOthers { get; init; }

    /// <summary>What the turns of one call have cleared. Those of several services that share a database need the same one.</summary>
    public ClearedDatabases Turns { get; init; } = new();
}
