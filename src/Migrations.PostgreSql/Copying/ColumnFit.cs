using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds the types into which all values of a table fit in a database that has fewer of them: reals without NaN, decimals that a number of
/// 64 bits keeps, moments of the years 1 to 9999. Where one does not fit, the column is text, as the server writes it.
/// </summary>
internal static class ColumnFit
{
    // A SELECT list has 1,664 entries at most (https://www.postgresql.org/docs/current/limits.html).
    private const int ColumnsAtOnce = 500;

    // The server's own, whatever schemas the search_path names.
    private const string Equal = "OPERATOR(pg_catalog.=)";
    private const string Less = "OPERATOR(pg_catalog.<)";
    private const string More = "OPERATOR(pg_catalog.>)";
    private const string NotMore = "OPERATOR(pg_catalog.<=)";
    private const string NotLess = "OPERATOR(pg_catalog.>=)";

    /// <summary>Reads every value of these columns.</summary>
    /// <returns>The rows; and of each column how many values it has, how many of them do not fit, and the highest of a numbered
    /// one.</returns>
    public static async Task<(long Rows, Dictionary<string, (long Values, long Unfit, long Highest)> Columns)> ReadAsync(
        PostgreSqlConnection connection,
        string from,
        IReadOnlyList<SourceColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var rows = 0L;
        var found = new Dictionary<string, (long, long, long)>(StringComparer.Ordinal);
        foreach (var chunk in columns.Chunk(ColumnsAtOnce))
        {
            await connection
                .QueryTablesAsync(
                    $"SELECT pg_catalog.count(*){string.Concat(chunk.Select(c => ", " + Counts(c)))} FROM {from}",
                    row => Take(row, chunk),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        return (rows, found);

        void Take(NpgsqlDataReader row, SourceColumn[] chunk)
        {
            rows = row.GetInt64(0);
            for (var i = 0; i < chunk.Length; i++)
                found[chunk[i].Name] = (row.GetInt64((3 * i) + 1), row.GetInt64((3 * i) + 2), row.GetInt64((3 * i) + 3));
        }
    }

    /// <summary>What of a type's values does not fit, in a sentence.</summary>
    public static string Describe(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Real => "NaN or a negative zero",
            ColumnKind.Decimal => "more digits than a number of 64 bits keeps",
            _ => "a moment outside the years 1 to 9999",
        };

    private static string Counts(SourceColumn column)
    {
        var name = PostgreSqlText.Name(column.Name);
        var unfit = Unfit(column.Column.Type.Kind, name) is { } condition
            ? $"pg_catalog.count(*) FILTER (WHERE {condition})"
            : "0::pg_catalog.int8";
        var highest =
            column.Sequence is not null && column.Column.Type.Kind == ColumnKind.Integer
                ? $"COALESCE(pg_catalog.max({name}), 0)::pg_catalog.int8"
                : "0::pg_catalog.int8";
        return $"pg_catalog.count({name}), {unfit}, {highest}";
    }

    private static string? Unfit(ColumnKind kind, string name) =>
        kind switch
        {
            ColumnKind.Real => $"{name}::pg_catalog.text {Equal} 'NaN' OR {name}::pg_catalog.text {Equal} '-0'",
            ColumnKind.Decimal => Decimal(name),
            ColumnKind.Date => $"{name} {Less} '0001-01-01'::pg_catalog.date OR {name} {More} '9999-12-31'::pg_catalog.date",
            ColumnKind.Timestamp => Beyond(name, "timestamp"),
            ColumnKind.TimestampWithZone => Beyond(name, "timestamptz"),
            _ => null,
        };

    private static string Beyond(string name, string type) =>
        $"{name} {Less} '0001-01-01'::pg_catalog.{type} OR {name} {NotLess} '9999-12-31'::pg_catalog.{type}";

    // SQLite keeps a whole number of 64 bits, and of others what a double of 64 bits says (https://sqlite.org/datatype3.html).
    private static string Decimal(string name)
    {
        // As its shortest decimal says again.
        var again = $"{name}::pg_catalog.float8::pg_catalog.text::pg_catalog.numeric";
        return $"""
            {name}::pg_catalog.text {Equal} ANY (ARRAY['NaN', 'Infinity', '-Infinity']::pg_catalog.text[])
                OR CASE WHEN {name}::pg_catalog.text {Equal} ANY (ARRAY['NaN', 'Infinity', '-Infinity']::pg_catalog.text[]) THEN false
                    WHEN {name} {Equal} pg_catalog.trunc({name}) AND pg_catalog.abs({name}) {NotMore} 9223372036854775807 THEN false
                    WHEN pg_catalog.abs({name}) {More} 1e300 OR pg_catalog.abs({name}) {Less} 1e-290 THEN true
                    ELSE {again} OPERATOR(pg_catalog.<>) {name} END
            """;
    }
}
