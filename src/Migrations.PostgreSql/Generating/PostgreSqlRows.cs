using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Says how the rows of PostgreSQL's tables are read and put in.</summary>
internal static class PostgreSqlRows
{
    private const string Key = "PRIMARY KEY (";

    /// <summary>
    /// The rows of a schema's tables; a script of the whole schema adds foreign keys after them, so that they need no order.
    /// </summary>
    public static SeedStatements Of(SchemaSnapshot schema)
    {
        var parts = schema.Objects.Where(o => o.Table is not null).ToLookup(o => o.Table!, StringComparer.Ordinal);
        var tables = schema.Objects.Where(o => o.Type == SchemaObjectType.Table).ToList();
        var identities = tables
            .SelectMany(t => parts[t.Name].Where(IsIdentity).Select(c => (Table: t.Name, Column: ColumnOf(c))))
            .Select(c => $"pg_catalog.pg_get_serial_sequence({Literal(c.Table)}, {Literal(Plain(c.Column))})");
        var sequences = schema.Objects.Where(o => o.Type == SchemaObjectType.Sequence).Select(s => Literal(s.Name)).Concat(identities);
        return new SeedStatements
        {
            Tables =
            [
                .. tables
                    .Where(t => !IsForeign(t) && parts[t.Name].Any(p => p.Type == SchemaObjectType.Column && !IsComputed(p)))
                    .Select(t => Rows(t, [.. parts[t.Name]])),
            ],
            Counters = Counters([.. sequences]),
        };
    }

    private static TableRows Rows(SchemaObject table, IReadOnlyList<SchemaObject> parts)
    {
        var columns = parts.Where(p => p.Type == SchemaObjectType.Column).OrderBy(c => c.Position).ToList();
        var given = columns.Where(c => !IsComputed(c)).Select(ColumnOf).ToList();
        var key = parts.FirstOrDefault(p =>
            p.Type == SchemaObjectType.Constraint && p.Definition.StartsWith(Key, StringComparison.Ordinal)
        );
        var order = key is null
            ? string.Join(", ", given.Select(c => $"{c}::pg_catalog.text"))
            : key.Definition[Key.Length..key.Definition.IndexOf(')', StringComparison.Ordinal)];
        return new TableRows(
            table.Name,
            $"INSERT INTO {table.Name} ({string.Join(", ", given)}){(columns.Exists(IsIdentity) ? " OVERRIDING SYSTEM VALUE" : "")} VALUES",
            // A partition and an inheriting table have their rows themselves.
            PostgreSqlChangeWriter.Instance.KeyQuery($"ONLY {table.Name}", given) + (order.Length == 0 ? "" : " ORDER BY " + order)
        );
    }

    /// <summary>
    /// Those that would not give 1, or what they start with, next. Asking moves them on (<see
    /// href="https://www.postgresql.org/docs/current/functions-sequence.html"/>).
    /// </summary>
    private static string? Counters(IReadOnlyList<string> sequences) =>
        sequences.Count == 0
            ? null
            : $"""
                SELECT pg_catalog.format('SELECT pg_catalog.setval(%L, %s, false)', n.name, n.next)
                FROM (SELECT s.name, pg_catalog.nextval(s.name::pg_catalog.regclass) AS next
                    FROM pg_catalog.unnest(ARRAY[{string.Join(", ", sequences)}]::pg_catalog.text[]) s (name) WHERE s.name IS NOT NULL) n
                JOIN pg_catalog.pg_sequence q ON q.seqrelid = n.name::pg_catalog.regclass
                WHERE n.next <> q.seqstart ORDER BY n.name
                """;

    private static bool IsForeign(SchemaObject table) => table.Definition.StartsWith("FOREIGN", StringComparison.Ordinal);

    private static bool IsIdentity(SchemaObject part) =>
        part.Type == SchemaObjectType.Column && part.Definition.Contains(" AS IDENTITY", StringComparison.Ordinal);

    private static bool IsComputed(SchemaObject column) => column.Definition.Contains(" GENERATED ALWAYS AS (", StringComparison.Ordinal);

    // What is behind the table's name, which may have dots in it.
    private static string ColumnOf(SchemaObject column) => column.Name[(column.Table!.Length + 1)..];

    private static string Plain(string column) =>
        column.StartsWith('"') ? column[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : column;

    private static string Literal(string text) => PostgreSqlText.Literal(text);
}
