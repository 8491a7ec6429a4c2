using System.Globalization;
using Migrations.Integrity;

namespace Migrations.Fleet;

/// <summary>Writes what became of a fleet as a JUnit file: one suite per shard, a case per database; one that no call came to is skipped.
/// </summary>
public static class FleetReport
{
    /// <summary>Writes the file. An existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="summary">The results.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, FleetSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        JUnitFile.Write(path, [.. summary.Shards.Select(SuiteOf)], summary.Shards.Min(s => s.Began));
    }

    private static JUnitSuite SuiteOf(FleetResult shard) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{shard.Command} {shard.Shard}/{shard.Shards}"),
            [.. shard.Databases.Select(database => CaseOf(shard.Command, database))],
            Output: ""
        );

    private static JUnitCase CaseOf(string command, FleetResultRow row) =>
        new(
            row.Service is null ? row.Database : $"{row.Service} ({row.Database})",
            "migrations." + command,
            TimeSpan.FromMilliseconds(row.DurationMs)
        )
        {
            Failure =
                row.State == FleetState.Failed
                    ? new JUnitFailure(row.Error ?? "failed", row.Message ?? "The work was not completed.", Details: "")
                    : null,
            Skipped =
                row.State == FleetState.NotBegun
                    ? new JUnitFailure(Type: null, "The call stopped before this database.", Details: "")
                    : null,
        };
}
