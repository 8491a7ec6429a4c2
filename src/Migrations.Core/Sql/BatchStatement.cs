using System.Text;

namespace Migrations.Sql;

/// <summary>An UPDATE or DELETE of one table that runs in batches.</summary>
public sealed record BatchStatement
{
    /// <summary>What an author writes where the condition of a batch is to stand.</summary>
    public const string Marker = "${batch}";

    private readonly IReadOnlyList<int> _markers = [];

    // Where a condition begins and ends in the text; null without one.
    private readonly (int Start, int End)? _condition;

    /// <summary>Puts it together.</summary>
    /// <param name="markers">Where <see cref="Marker"/> stands in the text.</param>
    /// <param name="condition">Where its condition begins and ends; null without one.</param>
    internal BatchStatement(IReadOnlyList<int> markers, (int, int)? condition) => (_markers, _condition) = (markers, condition);

    /// <summary>How large the batches are.</summary>
    public required BatchRule Rule { get; init; }

    /// <summary>The statement.</summary>
    public required string Text { get; init; }

    /// <summary>Where it is.</summary>
    public required ScriptLocation Location { get; init; }

    /// <summary>The table, as the statement names it.</summary>
    public required string Table { get; init; }

    /// <summary>The table's other name in the statement; null without one.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether it deletes.</summary>
    public bool IsDelete { get; init; }

    /// <summary>The columns that it assigns, without quotes.</summary>
    public IReadOnlyList<string> Assigned { get; init; } = [];

    /// <summary>Whether the rows that it still has to change can be counted: its own condition is known.</summary>
    public bool IsCountable => _markers.Count == 0;

    /// <summary>Whether the condition of a batch is to stand at a place of a text.</summary>
    internal static bool IsMarkerAt(string text, int at) => string.CompareOrdinal(text, at, Marker, 0, Marker.Length) == 0;

    /// <summary>The statement for the rows behind one key, up to another.</summary>
    public string Within(BatchKey key, string? after, string end)
    {
        if (_markers.Count == 0)
        {
            var range = Range(key, after, end, qualifier: "");
            return _condition is var (start, stop) ? $"{Text[..start]}({Text[start..stop]}\n) AND {range}" : $"{Text}\nWHERE {range}";
        }

        var text = new StringBuilder(Text);
        foreach (var at in _markers.Reverse())
            text.Remove(at, Marker.Length).Insert(at, $"({Range(key, after, end, $"{Alias ?? Table}.")})");
        return text.ToString();
    }

    /// <summary>A query of the last key of the next batch, as literals; it has no row when fewer rows are left.</summary>
    public string EndQuery(BatchKey key, string? after) =>
        FormattableString.Invariant(
            $"SELECT {key.Literals} FROM {key.Table}{Where(key, after)} ORDER BY {List(key, "")} LIMIT 1 OFFSET {Rule.Rows - 1}"
        );

    /// <summary>A query of the last key of all; it has no row when none is left.</summary>
    public static string LastQuery(BatchKey key, string? after) =>
        $"SELECT {key.Literals} FROM {key.Table}{Where(key, after)} "
        + $"ORDER BY {string.Join(", ", key.Columns.Select(c => c + " DESC"))} LIMIT 1";

    /// <summary>A query of how many rows follow a key.</summary>
    public static string CountQuery(BatchKey key, string? after) => $"SELECT {key.Count} FROM {key.Table}{Where(key, after)}";

    /// <summary>A query of how many rows behind one key, up to another, the condition means.</summary>
    public string MeantQuery(BatchKey key, string? after, string end)
    {
        var condition = _condition is var (start, stop) ? $"({Text[start..stop]}\n) AND " : "";
        return $"SELECT {key.Count} FROM {Table} {(Alias is null ? "" : $"AS {Alias} ")}WHERE {condition}{Range(key, after, end, "")}";
    }

    private static string Where(BatchKey key, string? after) => after is null ? "" : $" WHERE {Range(key, after, null, "")}";

    private static string Range(BatchKey key, string? after, string? end, string qualifier)
    {
        var columns = $"{key.Row}({List(key, qualifier)})";
        List<string> parts = [];
        if (after is not null)
            parts.Add($"{columns} {key.Later} {key.Row}({key.KeyIn(after)})");
        if (end is not null)
            parts.Add($"{columns} {key.NoLater} {key.Row}({key.KeyIn(end)})");
        // Rows that were given other places meanwhile are not those that were meant.
        if (end is not null && key.Numbering is { } numbering)
            parts.Add($"{numbering} = {key.NumberingIn(end)}");
        return string.Join(" AND ", parts);
    }

    private static string List(BatchKey key, string qualifier) => string.Join(", ", key.Columns.Select(c => qualifier + c));
}
