using System.Text.Json.Serialization;

namespace Migrations.Fleet;

/// <summary>What became of one database.</summary>
public sealed record FleetResultRow
{
    /// <summary>The database, as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>What became of it.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<FleetState>))]
    public required FleetState State { get; init; }

    /// <summary>The id of the error that ended it; null without one.</summary>
    public string? Error { get; init; }

    /// <summary>What went wrong; null where nothing did, or nothing says it.</summary>
    public string? Message { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public long DurationMs { get; init; }
}
