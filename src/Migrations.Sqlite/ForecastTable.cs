using Migrations.Databases;

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
    public List<(ForecastTable From, ScriptStatement Statement)> Copies { get; } = [];

    /// <summary>The line that dropped it; null while it is there.</summary>
    public int? DroppedAt { get; set; }
}
