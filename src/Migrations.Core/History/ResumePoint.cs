namespace Migrations.History;

/// <summary>How far a script without a transaction got before its run ended.</summary>
/// <param name="Direction">Which half ran.</param>
/// <param name="Completed">For each statement that has run, the SHA-256 over all statements up to it.</param>
/// <param name="Undecided">The statement that was started and whose end is not recorded; null without one.</param>
public sealed record ResumePoint(MigrationDirection Direction, IReadOnlyList<string> Completed, int? Undecided)
{
    /// <summary>Of a script that runs in batches: the last key of the last one, as literals; null for all others.</summary>
    public string? Position { get; init; }

    /// <summary>How many rows its batches have changed; 0 where the database does not count.</summary>
    public long Rows { get; init; }
}
