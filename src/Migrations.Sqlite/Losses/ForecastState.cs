namespace Migrations.Sqlite;

/// <summary>What has been found while a script is followed: the tables as they are by now, and what is lost up to there.</summary>
internal sealed class ForecastState
{
    /// <summary>The tables by their names now.</summary>
    public Dictionary<string, ForecastTable> Tables { get; } = new(SqliteNames.Comparer);

    /// <summary>The triggers on views.</summary>
    public ViewTriggers Triggers { get; } = new();

    /// <summary>What is lost and still has to be counted.</summary>
    public List<ForecastLoss> Losses { get; } = [];

    /// <summary>What is lost and counted.</summary>
    public List<DataLoss> Counted { get; } = [];

    /// <summary>What may be lost and cannot be counted, in sentences.</summary>
    public List<string> NotForeseen { get; } = [];
}
