namespace Migrations.Databases;

/// <summary>A request to forecast the losses of a script.</summary>
/// <param name="Script">The script.</param>
/// <param name="Direction">Whether it applies or undoes: what an undo deletes by a condition is counted, and what it overwrites
/// too.</param>
/// <param name="Before">The scripts that run before it, of the same plan.</param>
/// <param name="Limit">How long all counting may take.</param>
public sealed record LossForecastRequest(
    MigrationScript Script,
    MigrationDirection Direction,
    IReadOnlyList<MigrationScript> Before,
    TimeSpan Limit
);
