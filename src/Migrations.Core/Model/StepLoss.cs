using System.Globalization;

namespace Migrations;

/// <summary>What one step of a plan would lose.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Forecast">What goes.</param>
public sealed record StepLoss(string Migration, LossForecast Forecast)
{
    /// <summary>The full name of the migration with which it goes: another than that when a hook takes it away.</summary>
    public string Step { get; init; } = Migration;

    /// <summary>Whether rows or values go. What could not be counted counts as a loss.</summary>
    public bool IsLossy => Forecast.NotForeseen.Count > 0 || Forecast.Losses.Any(l => l.IsLossy);

    /// <summary>One line for each thing that goes or is overwritten.</summary>
    public IEnumerable<string> Sentences() => Forecast.Losses.Where(l => l.Rows is not 0).Select(l => $"{Migration} {Sentence(l)}");

    /// <summary>One line for each object that goes with others.</summary>
    public IEnumerable<string> ObjectLines() => Forecast.ObjectsLost.Select(l => $"{Migration} {LostObjectText.Line(l)}");

    /// <summary>One line for each thing that may go, and could not be counted.</summary>
    public IEnumerable<string> Unforeseen() => Forecast.NotForeseen.Select(text => $"{Migration}, {text}");

    /// <summary>One line for each thing that goes for good, or may.</summary>
    public IEnumerable<string> LossSentences() =>
        Forecast.Losses.Where(l => l.IsLossy).Select(l => $"{Migration} {Sentence(l)}").Concat(Unforeseen());

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
                $"overwrites values in {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden}); whether the old ones "
                    + "are restored can only be determined by a rehearsal with data",
            _ => $"removes table {loss.Name} ({count} {(loss.Rows == 1 ? "row" : "rows")}{hidden})",
        };
    }
}
