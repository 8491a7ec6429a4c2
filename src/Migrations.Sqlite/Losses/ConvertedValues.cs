namespace Migrations.Sqlite;

/// <summary>
/// Finds the values that come into a rebuilt table otherwise than they were: computed by the copy, mixed up, or changed by the type of the
/// new column. Like what an UPDATE overwrites, they are counted and reported.
/// </summary>
/// <param name="state">What has been found.</param>
/// <param name="counter">Counts rows.</param>
internal sealed class ConvertedValues(ForecastState state, LossCounter counter)
{
    // What a number or a text becomes is the same when it can be turned back into it.
    private const string Differs = """
        CASE WHEN n IS NULL THEN 1 WHEN typeof(o) = 'text' THEN CAST(n AS TEXT) COLLATE BINARY IS NOT +o
        WHEN typeof(o) IN ('integer', 'real') AND typeof(n) = 'text' THEN n COLLATE BINARY IS NOT CAST(o AS TEXT) ELSE n IS NOT +o END
        """;

    /// <summary>Finds them.</summary>
    /// <param name="table">The table that was rebuilt.</param>
    /// <param name="again">The one that takes its place.</param>
    public void Find(ForecastTable table, ForecastTable again)
    {
        // What is in a virtual table, its module knows.
        if (table.Definitions.Count == 0 || (again.Definitions.Count == 0 && !again.IsFromQuery))
            return;
        foreach (var (_, copy, name) in again.Copies.Where(c => c.From == table))
            Find(table, again, copy, name);
        // On longer ways nothing is counted.
        var isLong = again.Copies.Exists(c => c.From.Original is null && c.From.CopiesOf(table).Count > 0);
        foreach (var copy in isLong ? again.CopiesOf(table) : [])
        {
            if (copy.Values is null || copy.Values.Values.Exists(v => !v.IsAll && v.Column is null && table.Columns.Keys.Any(v.Names)))
                Add(table, column: null, rows: null, copy.Line);
        }
    }

    private void Find(ForecastTable table, ForecastTable again, ForecastCopy copy, string name)
    {
        var values = Expand(table, copy.Values?.Values ?? []);
        var into = Targets(again, copy.Values, values);
        if (copy.Values is null || values.Count != into.Count)
        {
            Add(table, column: null, rows: null, copy.Line);
            return;
        }

        foreach (var column in table.Definitions.Where(d => table.Columns.GetValueOrDefault(d.Name) is { Length: > 0 }))
        {
            if (!again.Keeps(table, column.Name) || again.DroppedColumns.ContainsKey(column.Name))
                continue;
            if (Place(column.Name, values, into) is { } at && !IsKept(column, values[at], into[at]))
            {
                var rows = Count(table, name, column.Name, Stored(into[at].Affinity), values[at], copy.Values.Source);
                if (rows is not 0)
                    Add(table, column.Name, rows, copy.Line);
            }
        }
    }

    private static bool IsKept(ForecastColumn column, CopiedValue value, ForecastColumn into) =>
        value.Column is { } same
        && SqliteNames.Comparer.Equals(same, column.Name)
        && (into.Affinity is "BLOB" || string.Equals(into.Affinity, column.Affinity, StringComparison.Ordinal));

    // Where a column's values are by now: under its name, else where they are taken as they are, else where they are computed with.
    private static int? Place(string column, List<CopiedValue> values, List<ForecastColumn> into)
    {
        var at = into.FindIndex(i => SqliteNames.Comparer.Equals(i.Name, column));
        if (at < 0)
            at = values.FindIndex(v => v.Column is { } same && SqliteNames.Comparer.Equals(same, column));
        if (at < 0)
            at = values.FindIndex(v => v.Names(column));
        return at < 0 ? null : at;
    }

    private static List<CopiedValue> Expand(ForecastTable table, List<CopiedValue> values) =>
        [
            .. values.SelectMany(v =>
                v.IsAll
                    ? table.Definitions.Select(d => new CopiedValue(
                        [new SqliteToken(Sql.SqlTokenKind.QuotedName, SqliteNames.Quote(d.Name))],
                        SqliteNames.Quote(d.Name),
                        Alias: null
                    ))
                    : [v]
            ),
        ];

    private static List<ForecastColumn> Targets(ForecastTable again, CopiedValues? copied, List<CopiedValue> values)
    {
        if (again.IsFromQuery)
            return values.ConvertAll(v => new ForecastColumn(v.Alias ?? v.Column ?? "", "", IsGenerated: false));
        if (copied?.Columns is not { } named)
            return again.Definitions.FindAll(d => !d.IsGenerated);
        return
        [
            .. named.Select(n =>
                again.Definitions.Find(d => SqliteNames.Comparer.Equals(d.Name, n)) ?? new ForecastColumn(n, "", IsGenerated: false)
            ),
        ];
    }

    // What a column of a type keeps of a value (https://sqlite.org/datatype3.html#type_affinity).
    private static string Stored(string affinity) =>
        affinity switch
        {
            "BLOB" => "v",
            "TEXT" => "CASE WHEN typeof(v) IN ('integer', 'real') THEN CAST(v AS TEXT) ELSE v END",
            _ => "CASE WHEN typeof(v) = 'text' AND CAST(v AS NUMERIC) = v THEN CAST(v AS NUMERIC) ELSE v END",
        };

    private long? Count(ForecastTable table, string name, string column, string stored, CopiedValue value, string source)
    {
        // Under the names that the script has given them.
        var isRenamed =
            !SqliteNames.Comparer.Equals(name, table.Original) || table.Columns.Any(c => !SqliteNames.Comparer.Equals(c.Key, c.Value));
        var columns = table
            .Columns.Where(c => c.Value.Length > 0)
            .Select(c => $"{SqliteNames.Quote(c.Value)} AS {SqliteNames.Quote(c.Key)}");
        var named = isRenamed
            ? $"WITH {SqliteNames.Quote(name)} AS (SELECT {string.Join(", ", columns)} FROM main.{SqliteNames.Quote(table.Original!)}) "
            : "";
        return counter.TryCount(
            $"{named}SELECT count(*) FROM (SELECT {stored} AS n, o FROM (SELECT ({value.Text}\n) AS v, {SqliteNames.Quote(column)} AS o "
                + $"{source}\n)) WHERE o IS NOT NULL AND {Differs}"
        );
    }

    private void Add(ForecastTable table, string? column, long? rows, int line)
    {
        var name = SqliteNames.Show(table.Original!) + (column is null ? "" : "." + SqliteNames.Show(table.Columns[column]));
        var loss = new DataLoss(DataLossKind.Overwritten, name, rows, IsEstimate: false, line);
        if (!state.Counted.Contains(loss))
            state.Counted.Add(loss);
    }
}
