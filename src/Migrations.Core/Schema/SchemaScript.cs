using System.Text;

namespace Migrations.Schema;

/// <summary>Writes a snapshot as SQL that makes the same schema in an empty database.</summary>
public static class SchemaScript
{
    /// <summary>The statements, in an order in which they can run.</summary>
    public static string Write(SchemaSnapshot snapshot)
    {
        var text = new StringBuilder(snapshot.Preamble);
        foreach (var item in Ordered(snapshot))
            text.Append(item.CreateSql!.TrimEnd().TrimEnd(';')).Append(";\n");
        return text.ToString();
    }

    /// <summary>
    /// The statements without their semicolons, with those of the rows between them: tables, rows, and what would be in their way or run
    /// for each of them.
    /// </summary>
    /// <param name="snapshot">The schema.</param>
    /// <param name="rows">What puts the rows into the tables.</param>
    internal static IReadOnlyList<string> Statements(SchemaSnapshot snapshot, IReadOnlyList<string> rows)
    {
        var ordered = Ordered(snapshot).Where(o => !o.HasOwner).ToList();
        var tables = ordered.FindLastIndex(o => o.Type <= SchemaObjectType.Table) + 1;
        string[] preamble = snapshot.Preamble.Trim().TrimEnd(';') is { Length: > 0 } text ? [text] : [];
        return [.. preamble, .. ordered.Take(tables).Select(o => o.CreateSql!), .. rows, .. ordered.Skip(tables).Select(o => o.CreateSql!)];
    }

    private static IEnumerable<SchemaObject> Ordered(SchemaSnapshot snapshot)
    {
        var made = snapshot.Objects.Where(o => o is { IsPartOfTable: false, CreateSql: not null }).ToList();
        var late = FunctionsOfTables(made);
        // A partition needs its table, a foreign key the other table's key, and a view the views that it names.
        return made.Where(o => o.Type < SchemaObjectType.Table && !late.Contains(o))
            .Concat(AfterWhatTheyName([.. made.Where(o => o.Type == SchemaObjectType.Table)]))
            .Concat(
                made.Where(o => o.Type is > SchemaObjectType.Table and < SchemaObjectType.Index)
                    .OrderBy(o => o.Type)
                    .ThenBy(SchemaOrder.IsForeignKey)
            )
            .Concat(AfterWhatTheyName([.. made.Where(o => IsView(o) || late.Contains(o))]))
            .Concat(made.Where(o => !IsView(o) && o.Type >= SchemaObjectType.Index));
    }

    /// <summary>
    /// The functions that cannot be made before a table or view: it is a type of theirs, or their body is not text but SQL that is read
    /// when they are made.
    /// </summary>
    private static HashSet<SchemaObject> FunctionsOfTables(List<SchemaObject> made)
    {
        var names = made.Where(o => o.Type == SchemaObjectType.Table || IsView(o)).Select(o => o.Name).ToList();
        return made.Where(o =>
                o.Type == SchemaObjectType.Function && names.Exists(name => SchemaOrder.Names(SchemaOrder.WithoutBody(o.CreateSql!), name))
            )
            .ToHashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
    }

    private static bool IsView(SchemaObject item) => item.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView;

    private static List<SchemaObject> AfterWhatTheyName(List<SchemaObject> items) =>
        SchemaOrder.Of(items, (item, other) => SchemaOrder.Names(item.CreateSql!, SchemaOrder.LastName(other.Name)));
}
