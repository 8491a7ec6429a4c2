using Migrations.Running;

namespace Migrations;

/// <summary>An undo would lose rows or values, and nobody accepted that. Nothing was undone.</summary>
/// <param name="database">The database as shown to people.</param>
/// <param name="losses">What each step would lose.</param>
public sealed class DataLossException(string database, IReadOnlyList<StepLoss> losses) : MigrationException(
    ErrorId.DataLossRefused,
    $"This would lose what is in {database}:{string.Concat(losses.SelectMany(LossForecaster.Sentences).Select(s => "\n  " + s))}",
    "Make a backup, and accept the loss with --accept-data-loss. Nothing was undone.")
{
    /// <summary>What each step would lose.</summary>
    public IReadOnlyList<StepLoss> Losses { get; } = losses;
}
