using Migrations.Schema;

namespace Migrations.Diagrams;

/// <summary>Reads the diagram of a schema from the definitions of its objects. Pure.</summary>
/// <param name="schema">The schema.</param>
internal sealed class DiagramReader(SchemaSnapshot schema)
{
    private const string Reference = " REFERENCES ";

    // What ends the type in the definition of a column.
    private static readonly HashSet<string> BehindType = new(
        ["NOT", "NULL", "DEFAULT", "COLLATE", "GENERATED", "AS", "CONSTRAINT", "CHECK", "REFERENCES", "UNIQUE", "PRIMARY"],
        StringComparer.OrdinalIgnoreCase
    );

    private readonly ILookup<string, SchemaObject> _columns = Of(schema, SchemaObjectType.Column);
    private readonly ILookup<string, SchemaObject> _constraints = Of(schema, SchemaObjectType.Constraint);
    private readonly ILookup<string, SchemaObject> _indexes = Of(schema, SchemaObjectType.Index);

    /// <summary>Reads it.</summary>
    public SchemaDiagram Read()
    {
        var names = schema
            .Objects.Where(o => o.Type == SchemaObjectType.Table && !o.Definition.StartsWith("PARTITION OF ", StringComparison.Ordinal))
            .Select(o => o.Name)
            .ToList();
        var parts = names.ConvertAll(SqlNames.Parts);
        var isOneSchema = parts.TrueForAll(p => p.Count == 2) && parts.Select(p => p[0]).Distinct(StringComparer.Ordinal).Count() == 1;
        var tables = names.Select((name, i) => TableOf(name, isOneSchema ? parts[i][1] : string.Join('.', parts[i]))).ToList();
        return new SchemaDiagram(tables, [.. names.SelectMany((name, from) => LinksOf(name, from, tables))]);
    }

    private static ILookup<string, SchemaObject> Of(SchemaSnapshot schema, SchemaObjectType type) =>
        schema.Objects.Where(o => o.Type == type && o.Table is not null).ToLookup(o => o.Table!, StringComparer.Ordinal);

    private DiagramTable TableOf(string name, string label)
    {
        var keys = KeysOf(name);
        var primary = ColumnsOf(name, "PRIMARY KEY").FirstOrDefault([]);
        var foreign = _constraints[name]
            .Where(SchemaOrder.IsForeignKey)
            .SelectMany(c => SqlNames.List(Behind(c.Definition)))
            .ToHashSet(StringComparer.Ordinal);
        return new DiagramTable(
            name,
            label,
            [
                .. _columns[name]
                    .Select(column =>
                    {
                        var own = SqlNames.Parts(column.Name)[^1];
                        var words = SqlNames.Words(column.Definition);
                        var isPrimary = primary.Contains(own, StringComparer.Ordinal);
                        return new DiagramColumn(
                            own,
                            string.Join(' ', words.TakeWhile(w => !BehindType.Contains(w))),
                            isPrimary || words.Contains("NOT", StringComparer.OrdinalIgnoreCase),
                            isPrimary,
                            foreign.Contains(own),
                            keys.Any(k => k is [var only] && string.Equals(only, own, StringComparison.Ordinal))
                        );
                    }),
            ]
        );
    }

    private IEnumerable<DiagramLink> LinksOf(string name, int from, List<DiagramTable> tables)
    {
        foreach (var key in _constraints[name].Where(SchemaOrder.IsForeignKey).Select(c => c.Definition))
        {
            var columns = SqlNames.List(Behind(key));
            // The words before it are the key's own columns, whose names may be anything.
            var words = SqlNames.Words(key);
            var at = words.ToList().FindIndex(w => string.Equals(w, Reference.Trim(), StringComparison.OrdinalIgnoreCase));
            if (at < 0 || at + 1 >= words.Count)
                continue;
            var (table, list) = TargetOf(words[at + 1], words.ElementAtOrDefault(at + 2) ?? "");
            var to = Find(tables, table);
            if (to < 0)
                continue;
            var own = tables[from].Columns.Where(c => columns.Contains(c.Name, StringComparer.Ordinal)).ToList();
            yield return new DiagramLink(
                from,
                columns,
                to,
                list,
                own.Exists(c => !c.IsRequired),
                KeysOf(name).Any(k => k.Count > 0 && k.All(c => columns.Contains(c, StringComparer.Ordinal)))
            );
        }
    }

    // The list of columns may follow the table without a blank.
    private static (string Table, IReadOnlyList<string> Columns) TargetOf(string word, string next)
    {
        var open = word.EndsWith(')') ? NameLength(word) : word.Length;
        return (word[..open], SqlNames.List(open < word.Length ? word[open..] : next));
    }

    private static int NameLength(string word)
    {
        var isQuoted = false;
        for (var at = 0; at < word.Length; at++)
        {
            isQuoted ^= word[at] == '"';
            if (word[at] == '(' && !isQuoted)
                return at;
        }

        return word.Length;
    }

    private static int Find(List<DiagramTable> tables, string name)
    {
        var found = tables.FindIndex(t => string.Equals(t.Name, name, StringComparison.Ordinal));
        return found >= 0 ? found : tables.FindIndex(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The lists of columns of which no two rows have the same values.</summary>
    private IEnumerable<IReadOnlyList<string>> KeysOf(string table) =>
        ColumnsOf(table, "PRIMARY KEY").Concat(ColumnsOf(table, "UNIQUE")).Concat(UniqueIndexesOf(table));

    private IEnumerable<IReadOnlyList<string>> ColumnsOf(string table, string kind) =>
        _constraints[table]
            .Where(c => c.Definition.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            .Select(c => SqlNames.List(Behind(c.Definition)));

    private IEnumerable<IReadOnlyList<string>> UniqueIndexesOf(string table) =>
        _indexes[table]
            .Where(i =>
                i.Definition.StartsWith("UNIQUE", StringComparison.OrdinalIgnoreCase)
                && !SqlNames.Words(i.Definition).Contains("WHERE", StringComparer.OrdinalIgnoreCase)
            )
            .Select(i => SqlNames.List(Behind(i.Definition)));

    private static string Behind(string definition) =>
        definition.IndexOf('(', StringComparison.Ordinal) is >= 0 and var at ? definition[at..] : "";
}
