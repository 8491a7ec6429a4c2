using System.Globalization;
using System.Text;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Finds what the steps of a plan would lose, before any of them runs.</summary>
public static class LossForecaster
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly byte[][] Words = [.. new[] { "DROP", "TRUNCATE", "DELETE" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Asks the database. Steps that lose nothing are left out.</summary>
    internal static async Task<IReadOnlyList<StepLoss>> FindAsync(IDatabaseInspector inspector, MigrationPlan plan, CancellationToken cancellationToken)
    {
        var losses = new List<StepLoss>();
        var told = new HashSet<(DataLossKind, string)>();
        foreach (var step in plan.Steps.Where(s => MayLose(s.Script)))
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
        return loss.Kind switch
        {
            DataLossKind.Column => $"removes column {loss.Name} ({count} {(loss.Rows == 1 ? "value" : "values")})",
            DataLossKind.Rows => $"empties table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")})",
            _ => $"removes table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")})",
        };
    }

    // Most scripts only make things: these are told by their bytes, so that they cost no question.
    private static bool MayLose(MigrationScript script) => script.Kept is null || Words.Any(word => Contains(script.Kept, word));

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        Span<byte> firsts = [word[0], (byte)(word[0] | 0x20)];
        for (var at = text.IndexOfAny(firsts); at >= 0; at = text.IndexOfAny(firsts))
        {
            text = text[at..];
            if (text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word))
                return true;
            text = text[1..];
        }

        return false;
    }
}
