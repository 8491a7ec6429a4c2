using System.Globalization;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Finds what the steps of a plan would lose, before any of them runs.</summary>
public static class LossForecaster
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks the database about the steps of which its analysis says that they may lose something: most only make things. Those that lose nothing are left out.</summary>
    internal static async Task<IReadOnlyList<StepLoss>> FindAsync(
        IDatabaseInspector inspector, MigrationPlan plan, IReadOnlyList<ScriptAnalysis> analyses, CancellationToken cancellationToken)
    {
        var losses = new List<StepLoss>();
        var told = new HashSet<(DataLossKind, string)>();
        foreach (var step in plan.Steps.Where((_, i) => analyses[i].MayLose))
        {
            var forecast = await inspector.ForecastLossAsync(step.Script, Limit, cancellationToken).ConfigureAwait(false);
            // What an earlier step takes away cannot go twice.
            forecast = forecast with { Losses = [.. forecast.Losses.Where(l => told.Add((l.Kind, l.Name)))] };
            if (forecast.Losses.Count + forecast.NotForeseen.Count > 0)
                losses.Add(new StepLoss(step.Migration.FullName, forecast));
        }

        return losses;
    }

    /// <summary>Refuses losses that nobody accepted.</summary>
    /// <exception cref="DataLossException">Rows or values would go.</exception>
    internal static void Refuse(IReadOnlyList<StepLoss> losses, string database)
    {
        var lossy = losses.Where(l => l.IsLossy).ToList();
        if (lossy.Count > 0)
            throw new DataLossException(database, lossy);
    }

    /// <summary>One line for each thing that goes.</summary>
    public static IEnumerable<string> Sentences(StepLoss step) => step.Forecast.Losses.Where(l => l.Rows is not 0).Select(l => $"{step.Migration} {Sentence(l)}");

    /// <summary>What goes, with its number.</summary>
    private static string Sentence(DataLoss loss)
    {
        var count = loss.Rows is { } rows ? (loss.IsEstimate ? "about " : "") + rows.ToString("N0", CultureInfo.InvariantCulture) : "an unknown number of";
        var hidden = loss.IsHidden ? "; row-level security hides rows from this role" : "";
        return loss.Kind switch
        {
            DataLossKind.Column => $"removes column {loss.Name} ({count} {(loss.Rows == 1 ? "value" : "values")}{hidden})",
            DataLossKind.Rows => $"empties table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
            _ => $"removes table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
        };
    }
}
