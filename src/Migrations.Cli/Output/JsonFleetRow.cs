using Migrations.Fleet;

namespace Migrations.Cli.Output;

/// <summary>What became of one database of a fleet.</summary>
internal sealed record JsonFleetRow(
    int Shard,
    string Database,
    string? Service,
    FleetState State,
    string? Error,
    string? Message,
    long DurationMs
)
{
    public static IEnumerable<JsonFleetRow> Of(FleetSummary summary) =>
        summary.Shards.SelectMany(shard =>
            shard.Databases.Select(d => new JsonFleetRow(shard.Shard, d.Database, d.Service, d.State, d.Error, d.Message, d.DurationMs))
        );
}
