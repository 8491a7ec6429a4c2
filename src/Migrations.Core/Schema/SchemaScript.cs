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

    private static IEnumerable<SchemaObject> Ordered(SchemaSnapshot snapshot)
    {
        var made = snapshot.Objects.Where(o => o is { IsPartOfTable: false, CreateSql: not null }).ToList();
        // A partition needs its table, a foreign key the other table's key, and a view the views that it names.
        return made.Where(o => o.Type < SchemaObjectType.Table)
            .Concat(AfterWhatTheyName([.. made.Where(o => o.Type == SchemaObjectType.Table)]))
            .Concat(made.Where(o => o.Type is > SchemaObjectType.Table and < SchemaObjectType.Index).OrderBy(o => o.Type).ThenBy(IsForeignKey))
            .Concat(AfterWhatTheyName([.. made.Where(IsView)]))
            .Concat(made.Where(o => !IsView(o) && o.Type >= SchemaObjectType.Index));
    }

    private static bool IsView(SchemaObject item) => item.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView;

    private static bool IsForeignKey(SchemaObject item) => item.Type == SchemaObjectType.Constraint && item.Definition.StartsWith("FOREIGN KEY", StringComparison.OrdinalIgnoreCase);

    private static List<SchemaObject> AfterWhatTheyName(List<SchemaObject> items)
    {
        var ordered = new List<SchemaObject>(items.Count);
        var seen = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
        foreach (var item in items)
            Visit(item);
        return ordered;

        void Visit(SchemaObject item)
        {
            if (!seen.Add(item))
                return;
            foreach (var named in items.Where(i => !seen.Contains(i) && item.CreateSql!.Contains(LastName(i), StringComparison.OrdinalIgnoreCase)))
                Visit(named);
            ordered.Add(item);
        }
    }

    private static string LastName(SchemaObject item) => item.Name[(item.Name.LastIndexOf('.') + 1)..].Trim('"');
}
