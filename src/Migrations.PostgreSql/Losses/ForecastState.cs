using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>What a script has done until a place of it.</summary>
internal sealed class ForecastState
{
    /// <summary>How scripts are read.</summary>
    public static readonly PostgreSqlDialect Dialect = new();

    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="limit">How long all counting may take.</param>
    public ForecastState(PostgreSqlConnection connection, TimeSpan limit)
    {
        Counter = new ForecastCounter(connection, limit);
        Names = new ForecastNames(connection);
        Losses = new ForecastLosses(Counter, Names);
    }

    /// <summary>Counts rows.</summary>
    public ForecastCounter Counter { get; }

    /// <summary>What its names stand for.</summary>
    public ForecastNames Names { get; }

    /// <summary>What it has lost.</summary>
    public ForecastLosses Losses { get; }

    /// <summary>The rows that it has copied.</summary>
    public CarriedRows Carried { get; } = new();

    /// <summary>The tables that it has made parts of others.</summary>
    public AttachedTables Attached { get; } = new();

    /// <summary>The views that it has made, by the last part of their names: by them it may change rows of tables.</summary>
    public HashSet<string> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>What it has written to.</summary>
    public ScriptWrites Writes { get; } = new(Dialect);
}
