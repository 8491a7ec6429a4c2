using System.Globalization;

namespace Migrations.Bench;

/// <summary>Prints each measurement beside its floor and its limit.</summary>
internal sealed class Report
{
    public bool Failed { get; private set; }

    /// <summary>A time against a floor measured in the same run.</summary>
    public void Ratio(string what, IReadOnlyList<double> tool, IReadOnlyList<double> floor, double limit)
    {
        var ratio = Median(tool) / Median(floor);
        Print(
            what,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Median(tool):0.0} ms, floor {Median(floor):0.0} ms, ratio {ratio:0.00} (limit {limit:0.00})"
            ),
            ratio <= limit
        );
    }

    /// <summary>What is added to a floor measured in the same run.</summary>
    public void Added(string what, IReadOnlyList<double> tool, IReadOnlyList<double> floor, double limit)
    {
        var added = Median(tool) - Median(floor);
        Print(
            what,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Median(tool):0.0} ms, floor {Median(floor):0.0} ms, added {added:0.0} ms (limit {limit:0} ms)"
            ),
            added <= limit
        );
    }

    /// <summary>A time against a fixed limit.</summary>
    public void Time(string what, IReadOnlyList<double> tool, double limit) =>
        Print(what, string.Create(CultureInfo.InvariantCulture, $"{Median(tool):0.0} ms (limit {limit:0} ms)"), Median(tool) <= limit);

    /// <summary>A count against a count.</summary>
    public void Count(string what, int tool, int limit) =>
        Print(what, string.Create(CultureInfo.InvariantCulture, $"{tool} (limit {limit})"), tool <= limit);

    public void NotMeasured(string what, string why) => Console.WriteLine($"  --   {what}: not measured: {why}");

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private void Print(string what, string figures, bool ok)
    {
        Console.WriteLine($"  {(ok ? "ok  " : "OVER")} {what}: {figures}");
        Failed |= !ok;
    }
}
