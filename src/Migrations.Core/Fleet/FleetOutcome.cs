namespace Migrations.Fleet;

/// <summary>What became of the work on a database of a fleet.</summary>
/// <param name="IsCompleted">Whether it was completed.</param>
/// <param name="Error">The id of the error that ended it; null without one, as when a check failed.</param>
/// <param name="Message">What went wrong, in a sentence; null where nothing says it.</param>
public sealed record FleetOutcome(bool IsCompleted, string? Error = null, string? Message = null)
{
    /// <summary>The work is done.</summary>
    public static readonly FleetOutcome Completed = new(IsCompleted: true);

    /// <summary>The work failed.</summary>
    /// <param name="cause">Why; null where nothing says it.</param>
    public static FleetOutcome Failed(Exception? cause) =>
        new(IsCompleted: false, cause is null ? null : (cause as MigrationException)?.Id.ToString() ?? "UnexpectedError", cause?.Message);
}
