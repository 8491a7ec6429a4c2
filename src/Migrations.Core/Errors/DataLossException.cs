namespace Migrations;

/// <summary>An undo would delete rows or values for good, or may, and no one accepted that. Nothing was rolled back.</summary>
/// <param name="database">The database as shown to people.</param>
/// <param name="losses">What each step would lose.</param>
public sealed class DataLossException(string database, IReadOnlyList<StepLoss> losses)
    : MigrationException(
        ErrorId.DataLossRefused,
        $"Rolling back would permanently delete data from {database}, as far as can be "
            + $"seen:{string.Concat(losses.SelectMany(l => l.LossSentences()).Select(s => "\n  " + s))}",
        "Make a backup, and accept the loss with --accept-data-loss. Nothing was rolled back."
    )
{
    /// <summary>What each step would lose.</summary>
    public IReadOnlyList<StepLoss> Losses { get; } = losses;
}
