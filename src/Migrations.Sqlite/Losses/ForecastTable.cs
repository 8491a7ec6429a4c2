namespace Migrations.Sqlite;

/// <summary>A table as a script goes on: one that was there, or one that the script makes.</summary>
/// <param name="original">Its name in the database before the script; null when the script makes it.</param>
internal sealed class ForecastTable(string? original)
{
    /// <summary>Its name in the database before the script; null when the script makes it.</summary>
    public string? Original { get; } = original;

    /// <summary>Its columns, by their names now, with their names before the script; empty when a query makes it.</summary>
    public Dictionary<string, string> Columns { get; } = new(SqliteNames.Comparer);

    /// <summary>
    /// Its columns in their order, computed ones too, as they were when rows were copied into it; empty when a query makes it.
    /// </summary>
    public List<ForecastColumn> Definitions { get; } = [];

    /// <summary>Whether its columns come from a query, so that the text does not name them.</summary>
    public bool IsFromQuery { get; init; }

    /// <summary>Whether it goes with the connection.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>The statements that copy rows of other tables into it, with the name that each had.</summary>
    public List<(ForecastTable From, ForecastCopy Copy, string Name)> Copies { get; } = [];

    /// <summary>The columns that were dropped after rows had been copied into it, with the line.</summary>
    public Dictionary<string, int> DroppedColumns { get; } = new(SqliteNames.Comparer);

    /// <summary>The statements that deleted rows after some had been copied into it: the line, and whether it deletes all.</summary>
    public List<(int Line, bool IsAll)> Deletes { get; } = [];

    /// <summary>The line that dropped it; null while it is there.</summary>
    public int? DroppedAt { get; set; }

    /// <summary>The line that last emptied it, where it was there before the script; null when none did.</summary>
    public int? EmptiedAt { get; private set; }

    /// <summary>Whether it was emptied, and nothing copied into it since.</summary>
    public bool IsEmptied => EmptiedAt is not null && Copies.Count == 0;

    /// <summary>Takes the columns of a definition.</summary>
    public void Define(string sql)
    {
        foreach (var column in SqliteTableReader.Read(sql).Columns)
        {
            Definitions.Add(new ForecastColumn(column.Name, column.Type, column.Generated is not null));
            // What is computed can be recomputed.
            if (column.Generated is null)
                Columns[column.Name] = Original is null ? "" : column.Name;
        }
    }

    /// <summary>A column gets another name.</summary>
    public void Rename(string column, string newName)
    {
        Columns.Remove(column, out var before);
        Columns[newName] = before!;
        var at = Definitions.FindIndex(d => SqliteNames.Comparer.Equals(d.Name, column));
        if (at >= 0)
            Definitions[at] = Definitions[at] with { Name = newName };
    }

    /// <summary>A column comes.</summary>
    public void Add(string column)
    {
        Columns[column] = "";
        if (Copies.Count == 0)
            Definitions.Add(new ForecastColumn(column, "", IsGenerated: false));
    }

    /// <summary>A column goes.</summary>
    /// <returns>Its name before the script; empty when the script made it.</returns>
    public string Remove(string column)
    {
        Columns.Remove(column, out var before);
        if (Copies.Count == 0)
            Definitions.RemoveAll(d => SqliteNames.Comparer.Equals(d.Name, column));
        return before!;
    }

    /// <summary>All its rows are deleted.</summary>
    public void Empty(int line)
    {
        EmptiedAt = line;
        Copies.Clear();
    }

    /// <summary>Rows of another table are copied into it, as they are by now.</summary>
    public void Take(ForecastTable from, ForecastCopy copy, string name)
    {
        Copies.Add((from, copy, name));
        if (from.Original is not null)
            return;
        Deletes.AddRange(from.Deletes);
        foreach (var (column, line) in from.DroppedColumns)
            DroppedColumns[column] = line;
    }

    /// <summary>
    /// The statements that bring rows of another table into it, at once or by way of tables that the script makes; empty when none does.
    /// </summary>
    public IReadOnlyList<ForecastCopy> CopiesOf(ForecastTable source) => [.. WaysFrom(source, []).Distinct()];

    /// <summary>Whether one of them brings a column.</summary>
    public bool Keeps(ForecastTable source, string column) => Keeps(source, column, []);

    private IEnumerable<ForecastCopy> WaysFrom(ForecastTable source, IReadOnlyList<ForecastTable> behind)
    {
        foreach (var (from, copy, _) in Copies)
        {
            List<ForecastCopy> before =
                from == source || from.Original is not null || behind.Contains(from) ? [] : [.. from.WaysFrom(source, [.. behind, this])];
            if (from == source || before.Count > 0)
                before.Add(copy);
            foreach (var way in before)
                yield return way;
        }
    }

    private bool Keeps(ForecastTable source, string column, IReadOnlyList<ForecastTable> behind) =>
        Takes(source, column)
        || Copies.Exists(c =>
            c.From.Original is null
            && !behind.Contains(c.From)
            && c.From.Keeps(source, column, [.. behind, this])
            && TakesFromMade(c.From, column)
        );

    // Where it has another name on the way, only all columns are known to hold it.
    private bool TakesFromMade(ForecastTable from, string column) =>
        from.IsFromQuery || from.Columns.ContainsKey(column) ? Takes(from, column) : from.Columns.Keys.All(c => Takes(from, c));

    private bool Takes(ForecastTable from, string column)
    {
        var hasRoom = IsFromQuery || Columns.Count + DroppedColumns.Count >= from.Columns.Count;
        return Copies.Exists(c => c.From == from && (c.Copy.Takes(column) || (c.Copy.TakesAllColumns && hasRoom)));
    }
}
