using System.Globalization;
using Migrations.Fleet;

namespace Migrations.Cli.Output;

/// <summary>Prints the results of a fleet's shards, and which databases are not completed.</summary>
internal static class FleetListing
{
    private static readonly string[] Header = ["Shard", "Databases", "Completed", "Failed", "Not begun", "Took"];

    public static void Print(Terminal terminal, FleetSummary summary)
    {
        TablePrinter.Print(terminal, Header, [.. summary.Shards.Select(Row)]);
        terminal.Out();
        foreach (var database in summary.Databases.Where(d => d.State == FleetState.Failed))
            terminal.Out($"{database.Database}: {database.Error} {PlainText.Clean(database.Message ?? "")}".TrimEnd(), Tone.Bad);
        terminal.Out(summary.Text, summary.IsComplete ? Tone.Good : Tone.Bad);
    }

    private static string[] Row(FleetResult shard) =>
        [
            string.Create(CultureInfo.InvariantCulture, $"{shard.Shard}/{shard.Shards}"),
            Number(shard.Databases.Count),
            Number(shard.Databases.Count(d => d.State == FleetState.Completed)),
            Number(shard.Databases.Count(d => d.State == FleetState.Failed)),
            Number(shard.Databases.Count(d => d.State == FleetState.NotBegun)),
            PlainText.Of(TimeSpan.FromMilliseconds(shard.DurationMs)),
        ];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
