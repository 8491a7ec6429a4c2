namespace Migrations.Sqlite;

/// <summary>A table as a script goes on: one that was there, or one that the script makes.</summary>
/// <param name="original">Its name in the database before the script; null when the script makes it.</param>
internal sealed class ForecastTable(string? original)
{
    /// <summary>Its name in the database before the script; null when the script makes it.</summary>
    public string? Original { get; } = original;

    /// <summary>Its columns, by their names now, with their names before the script; empty when a query makes it.</summary>
    public Dictionary<string, string> Columns { get; } = new(SqliteNames.Comparer);

    /// <summary>Whether its columns come from a query, so that the text does not tell them.</summary>
    public bool IsFromQuery { get; init; }

    /// <summary>The statements that copy rows of other tables into it.</summary>
    public List<(ForecastTable From, ForecastCopy Copy)> Copies { get; } = [];

    /// <summary>The columns that were dropped after rows had been copied into it, with the line.</summary>
    public Dictionary<string, int> DroppedColumns { get; } = new(SqliteNames.Comparer);

    /// <summary>The statements that took rows away again after some had been copied into it: the line, and whether it takes all.</summary>
    public List<(int Line, bool IsAll)> Deletes { get; } = [];

    /// <summary>The line that dropped it; null while it is there.</summary>
    public int? DroppedAt { get; set; }
}
