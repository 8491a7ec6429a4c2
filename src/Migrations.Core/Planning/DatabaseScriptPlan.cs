namespace Migrations.Planning;

/// <summary>What running a script would do.</summary>
/// <param name="Name">The name under which the history would have it.</param>
/// <param name="File">The file; null for a text of the call.</param>
/// <param name="Script">The script.</param>
/// <param name="Losses">What would be lost by it; empty when nothing is.</param>
public sealed record DatabaseScriptPlan(string Name, string? File, MigrationScript Script, IReadOnlyList<StepLoss> Losses);
