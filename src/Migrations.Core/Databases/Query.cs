namespace Migrations.Databases;

/// <summary>Statements to be run and rolled back.</summary>
public sealed record Query
{
    /// <summary>The statements, separated by semicolons.</summary>
    public required string Sql { get; init; }

    /// <summary>Where they begin, for errors.</summary>
    public required ScriptLocation Location { get; init; }

    /// <summary>Whether the plan of the last statement is requested in place of its rows.</summary>
    public bool Explain { get; init; }

    /// <summary>The longest that it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many rows of the last result set are kept; all are counted.</summary>
    public int KeptRows { get; init; } = 20;
}
