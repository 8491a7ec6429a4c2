using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// What can be typed in the place of a full-text index: a computed column of lexemes with an index
/// (<see href="https://www.postgresql.org/docs/current/textsearch-tables.html"/>).
/// </summary>
internal static class FullTextAdvice
{
    /// <summary>Reports the index, with the statements to type where its text is in a table that is copied.</summary>
    public static LeftOutObject Of(CopyFullText index, CopyPlan plan, string schema)
    {
        var content = plan.Tables.FirstOrDefault(t => string.Equals(t.Name, index.Content, StringComparison.OrdinalIgnoreCase));
        var columns = content is null
            ? []
            : content
                .Columns.Where(c => c.Type.Kind == ColumnKind.Text && index.Columns.Contains(c.Name, StringComparer.OrdinalIgnoreCase))
                .Select(c => $"coalesce({TargetNames.Quoted(c.Name)}, '')")
                .ToList();
        return new LeftOutObject(
            "full-text index",
            index.Name,
            Table: null,
            index.Content is null
                ? "It holds its text itself, and PostgreSQL searches columns of tables."
                : "PostgreSQL searches text by other means; the text itself is copied with its table.",
            index.Text,
            columns.Count == 0
                ? null
                : Advice(index.Name, TargetNames.Qualified(schema, content!.Name), string.Join(" || ' ' || ", columns))
        );
    }

    private static string Advice(string name, string table, string text) =>
        $"ALTER TABLE {table} ADD COLUMN {TargetNames.Quoted(name)} tsvector GENERATED ALWAYS AS ({SearchColumn.Words(text)}) STORED;\n"
        + $"CREATE INDEX ON {table} USING gin ({TargetNames.Quoted(name)});";
}
