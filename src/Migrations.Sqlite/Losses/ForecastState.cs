namespace Migrations.Sqlite;

/// <summary>What has been found while a script is followed: the tables as they are by now, and what is lost up to there.</summary>
internal sealed class ForecastState
{
    /// <summary>The tables by their names now.</summary>
    public Dictionary<string, ForecastTable> Tables { get; } = new(SqliteNames.Comparer);

    /// <summary>The tables of modules: what a trigger writes to them is mostly an index of what another table holds.</summary>
    public HashSet<string> Virtual { get; } = new(SqliteNames.Comparer);

    /// <summary>What is lost and still has to be counted.</summary>
    public List<ForecastLoss> Losses { get; } = [];

    /// <summary>What is lost and counted.</summary>
    public List<DataLoss> Counted { get; } = [];

    /// <summary>What may be lost and cannot be counted, in sentences.</summary>
    public List<string> NotForeseen { get; } = [];

    /// <summary>Whether a table is dropped by now, or all its rows are.</summary>
    public bool IsGone(string table) =>
        !Tables.ContainsKey(table) || Losses.Exists(l => l.Kind == DataLossKind.Rows && SqliteNames.Comparer.Equals(l.Table, table));
}
