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

    /// <summary>Whether the seed runs all the same.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// The services of the call that share the database: with them goes what they have in it. The history of any other service stops the
    /// call. Empty: the call is not about services, and means everything.
    /// </summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Whether the turn of another of these services has cleared the database already.</summary>
    public bool IsCleared { get; init; }
}
