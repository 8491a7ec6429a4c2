using System.Text;

namespace Migrations.Schema;

/// <summary>Writes a snapshot as SQL that makes the same schema in an empty database.</summary>
public static class SchemaScript
{
    /// <summary>The statements, in an order in which they can run.</summary>
    public static string Write(SchemaSnapshot snapshot)
    {
        var text = new StringBuilder();
        foreach (var item in Ordered(snapshot))
            text.Append(item.CreateSql!.TrimEnd().TrimEnd(';')).Append(";\n");
        return text.ToString();
    }

    private static IEnumerable<SchemaObject> Ordered(SchemaSnapshot snapshot)
    {
        var made = snapshot.Objects.Where(o => o is { IsPartOfTable: false, CreateSql: not null }).ToList();
        var views = made.Where(IsView).ToList();
        // A foreign key needs the other table's key; a view needs the views that it names.
        return made.Where(o => !IsView(o) && o.Type < SchemaObjectType.Index)
            .OrderBy(o => o.Type).ThenBy(IsForeignKey)
            .Concat(AfterWhatTheyName(views))
            .Concat(made.Where(o => !IsView(o) && o.Type >= SchemaObjectType.Index));
    }

    private static bool IsView(SchemaObject item) => item.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView;

    private static bool IsForeignKey(SchemaObject item) => item.Type == SchemaObjectType.Constraint && item.Definition.StartsWith("FOREIGN KEY", StringComparison.OrdinalIgnoreCase);

    private static List<SchemaObject> AfterWhatTheyName(List<SchemaObject> views)
    {
        var ordered = new List<SchemaObject>(views.Count);
        var seen = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
        foreach (var view in views)
            Visit(view);
        return ordered;

        void Visit(SchemaObject view)
        {
            if (!seen.Add(view))
                return;
            foreach (var named in views.Where(v => !seen.Contains(v) && view.Definition.Contains(LastName(v), StringComparison.OrdinalIgnoreCase)))
                Visit(named);
            ordered.Add(view);
        }
    }

    private static string LastName(SchemaObject item) => item.Name[(item.Name.LastIndexOf('.') + 1)..].Trim('"');
}
