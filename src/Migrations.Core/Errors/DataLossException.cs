namespace Migrations;

/// <summary>An undo or a script would delete rows or values for good, or may, and no one accepted that. Nothing was done.</summary>
/// <param name="database">The database as shown to people.</param>
/// <param name="losses">What each step would lose.</param>
/// <param name="action">What was requested.</param>
/// <param name="nothing">That nothing of it was done.</param>
public sealed class DataLossException(
    string database,
    IReadOnlyList<StepLoss> losses,
    string action = "Rolling back",
    string nothing = "Nothing was rolled back."
)
    : MigrationException(
        ErrorId.DataLossRefused,
        $"{action} would permanently delete data from {database}, as far as can be "
            + $"seen:{string.Concat(losses.SelectMany(l => l.LossSentences()).Select(s => "\n  " + s))}",
        $"Make a backup, and accept the loss with {CallOption.AcceptDataLoss}. {nothing}"
    )
{
    /// <summary>What each step would lose.</summary>
    public IReadOnlyList<StepLoss> Losses { get; } = losses;
}
