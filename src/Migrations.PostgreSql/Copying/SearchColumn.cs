namespace Migrations.PostgreSql;

/// <summary>
/// A computed column by which a text is searched (<see href="https://www.postgresql.org/docs/current/textsearch-tables.html"/>).
/// </summary>
internal static class SearchColumn
{
    /// <summary>
    /// How many characters of a text are searched. All words of a text may take one megabyte at most
    /// (<see href="https://www.postgresql.org/docs/current/textsearch-limitations.html"/>), and a row of which they take more could not be
    /// written. Those of this number of characters never do, whichever they are.
    /// </summary>
    private const string Longest = "65536";

    /// <summary>Its name.</summary>
    public static string NameOf(string column) => column + "_search";

    /// <summary>Its definition.</summary>
    public static string Define(string column) =>
        $"{TargetNames.Quoted(NameOf(column))} tsvector GENERATED ALWAYS AS ({Words(TargetNames.Quoted(column))}) STORED";

    /// <summary>Its index.</summary>
    public static string Index(string table, string column) => $"CREATE INDEX ON {table} USING gin ({TargetNames.Quoted(NameOf(column))})";

    /// <summary>The words of the part of a text that is searched.</summary>
    /// <param name="text">An expression.</param>
    public static string Words(string text) =>
        $"pg_catalog.to_tsvector('pg_catalog.simple'::pg_catalog.regconfig, pg_catalog.left({text}, {Longest}))";
}
