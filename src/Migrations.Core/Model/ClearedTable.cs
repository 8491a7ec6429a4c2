namespace Migrations;

/// <summary>A table that goes when a database is cleared.</summary>
/// <param name="Name">Its name, with its schema where the engine has schemas.</param>
/// <param name="Rows">How many rows it holds; null when they could not be counted.</param>
public sealed record ClearedTable(string Name, long? Rows)
{
    /// <summary>Whether it is the history, which no one misses once everything in it is gone.</summary>
    public bool IsHistory { get; init; }
}
