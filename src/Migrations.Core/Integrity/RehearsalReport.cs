namespace Migrations.Integrity;

/// <summary>What a rehearsal found.</summary>
/// <param name="Results">What was found out about each migration, in their order. It ends with the first that cannot be applied.</param>
/// <param name="Checks">The answers of the declared checks after the last migration; empty when not all could be applied.</param>
public sealed record RehearsalReport(IReadOnlyList<RehearsalResult> Results, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>Why the verdicts could not be kept; null when they are.</summary>
    public MigrationException? NotKept { get; init; }
}
