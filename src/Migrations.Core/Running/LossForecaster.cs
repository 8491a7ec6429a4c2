using System.Globalization;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Finds what the steps of a plan would lose, before any of them runs.</summary>
public static class LossForecaster
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Asks the database about the steps of which its analysis says that they may lose something: most only make things. Those that lose
    /// nothing are left out.
    /// </summary>
    internal static async Task<IReadOnlyList<StepLoss>> FindAsync(
        IDatabaseInspector inspector,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    )
    {
        var losses = new List<StepLoss>();
        var named = new HashSet<(DataLossKind, string)>();
        for (var at = 0; at < plan.Steps.Count; at++)
        {
            if (!analyses[at].MayLose && !(analyses[at].MayOverwrite && plan.Direction == MigrationDirection.Down))
                continue;
            var step = plan.Steps[at];
            var forecast = await FindAsync(
                    inspector,
                    new LossQuestion(step.Script, plan.Direction, [.. plan.Steps.Take(at).Select(s => s.Script)], Limit),
                    cancellationToken
                )
                .ConfigureAwait(false);
            // What an earlier step takes away cannot go twice; two conditions may take different rows.
            forecast = forecast with
            {
                Losses =
                [
                    .. forecast.Losses.Where(l =>
                        l.Kind is DataLossKind.Deleted or DataLossKind.Cascaded or DataLossKind.Overwritten || named.Add((l.Kind, l.Name))
                    ),
                ],
            };
            if (forecast.Losses.Count + forecast.NotForeseen.Count + forecast.ObjectsLost.Count > 0)
                losses.Add(new StepLoss(step.Migration.FullName, forecast));
        }

        return losses;
    }

    // A forecast is a courtesy: whatever goes wrong with it stops nothing on the way up, and on the way down is asked about like a loss.
    private static async Task<LossForecast> FindAsync(
        IDatabaseInspector inspector,
        LossQuestion question,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await inspector.ForecastLossAsync(question, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
            when (e is not OperationCanceledException and not MigrationException { Id: ErrorId.Cancelled }
                && !cancellationToken.IsCancellationRequested
            )
        {
            return new LossForecast(
                [],
                [$"line {question.Script.FirstLine} and those after it could not be looked at: {e.Message.TrimEnd('.')}"]
            );
        }
    }

    /// <summary>Refuses losses that no one accepted.</summary>
    /// <exception cref="DataLossException">Rows or values would go, or may.</exception>
    internal static void Refuse(IReadOnlyList<StepLoss> losses, string database)
    {
        var lossy = losses.Where(l => l.IsLossy).ToList();
        if (lossy.Count > 0)
            throw new DataLossException(database, lossy);
    }

    /// <summary>One line for each thing that goes or is overwritten.</summary>
    public static IEnumerable<string> Sentences(StepLoss step) =>
        step.Forecast.Losses.Where(l => l.Rows is not 0).Select(l => $"{step.Migration} {Sentence(l)}");

    /// <summary>One line for each object that goes with others.</summary>
    public static IEnumerable<string> ObjectLines(StepLoss step) =>
        step.Forecast.ObjectsLost.Select(l => $"{step.Migration} {LostObjectText.Line(l)}");

    /// <summary>One line for each thing that may go, and could not be counted.</summary>
    public static IEnumerable<string> Unforeseen(StepLoss step) => step.Forecast.NotForeseen.Select(text => $"{step.Migration}, {text}");

    /// <summary>One line for each thing that goes for good, or may.</summary>
    public static IEnumerable<string> LossSentences(StepLoss step) =>
        step.Forecast.Losses.Where(l => l.IsLossy).Select(l => $"{step.Migration} {Sentence(l)}").Concat(Unforeseen(step));

    /// <summary>What goes, with its number.</summary>
    private static string Sentence(DataLoss loss)
    {
        var count = loss.Rows is { } rows
            ? (loss.IsEstimate ? "about " : "") + rows.ToString("N0", CultureInfo.InvariantCulture)
            : "an unknown number of";
        var hidden = loss.IsHidden ? "; row-level security hides rows from this role" : "";
        return loss.Kind switch
        {
            DataLossKind.Column => $"removes column {loss.Name} ({count} {(loss.Rows == 1 ? "value" : "values")}{hidden})",
            DataLossKind.Rows => $"empties table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
            DataLossKind.Deleted => $"deletes rows of table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
            DataLossKind.Cascaded =>
                $"deletes rows of table {loss.Name} by ON DELETE CASCADE ({count} {(loss.Rows == 1 ? "row" : "rows")})",
            DataLossKind.Overwritten =>
                $"overwrites values in {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden}); whether the old ones come back can only be determined by a rehearsal with data",
            _ => $"removes table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
        };
    }
}
