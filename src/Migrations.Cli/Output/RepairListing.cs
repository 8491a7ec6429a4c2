using Migrations.Planning;

namespace Migrations.Cli.Output;

/// <summary>One repair of the history, as text: what differs, then what was compared.</summary>
internal static class RepairListing
{
    public static IEnumerable<string> Lines(RepairResult repair) =>
        [
            .. repair.Differences.SelectMany(d => d.Lines()).Select(line => "    " + line),
            $"{repair.Name} ({repair.Repair}): {repair.Compared}",
        ];
}
