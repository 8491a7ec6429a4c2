namespace Migrations.Sqlite;

/// <summary>What a script loses, not counted yet. A class: LINQ over a value type of our own would make the native file larger.</summary>
/// <param name="Kind">What kind of loss.</param>
/// <param name="Table">The table, by its name before the script.</param>
/// <param name="Column">The column; null for rows and tables.</param>
/// <param name="Line">The line that loses it.</param>
internal sealed record ForecastLoss(DataLossKind Kind, string Table, string? Column, int Line);
