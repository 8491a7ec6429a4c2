namespace Migrations.Sqlite;

/// <summary>A column of a table as a script goes on, in the table's order.</summary>
/// <param name="Name">Its name now.</param>
/// <param name="Type">Its type; empty when it has none, or that is not known.</param>
/// <param name="IsGenerated">Whether it is computed.</param>
internal sealed record ForecastColumn(string Name, string Type, bool IsGenerated)
{
    /// <summary>The type of what it holds (<see href="https://sqlite.org/datatype3.html#determination_of_column_affinity"/>).</summary>
    public string Affinity =>
        Has("INT") ? "INTEGER"
        : Has("CHAR") || Has("CLOB") || Has("TEXT") ? "TEXT"
        : Type.Length == 0 || Has("BLOB") ? "BLOB"
        : Has("REAL") || Has("FLOA") || Has("DOUB") ? "REAL"
        : "NUMERIC";

    private bool Has(string part) => Type.Contains(part, StringComparison.OrdinalIgnoreCase);
}
