namespace Migrations.Schema;

/// <summary>
/// Finds which objects name which, and an order in which they can be created: what an object names comes before it. Pure.
/// </summary>
internal static class SchemaOrder
{
    private const string BodyStart = "\nAS $";

    /// <summary>The objects in an order in which they can be created; the reverse is one in which they can be dropped.</summary>
    public static List<SchemaObject> Of(IEnumerable<SchemaObject> objects) =>
        Of(objects.OrderBy(o => o.Type).ThenBy(IsForeignKey).ToList(), Needs);

    /// <summary>The objects in their order, but each after those that it needs.</summary>
    /// <param name="items">The objects.</param>
    /// <param name="needs">Whether the first needs the second.</param>
    public static List<SchemaObject> Of(IReadOnlyList<SchemaObject> items, Func<SchemaObject, SchemaObject, bool> needs)
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
            foreach (var needed in items.Where(i => !seen.Contains(i) && needs(item, i)))
                Visit(needed);
            ordered.Add(item);
        }
    }

    /// <summary>Whether SQL names something, and not merely a longer name that has this one in it.</summary>
    public static bool Names(string sql, string name)
    {
        for (
            var at = sql.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = sql.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + name.Length;
            if ((at == 0 || !IsOfName(sql[at - 1])) && (end == sql.Length || !IsOfName(sql[end])))
                return true;
        }

        return false;
    }

    /// <summary>Whether an object's SQL names another object.</summary>
    public static bool Names(SchemaObject item, SchemaObject other) => item.CreateSql is { } sql && Names(sql, NameOf(other));

    /// <summary>Whether a constraint is a foreign key.</summary>
    public static bool IsForeignKey(SchemaObject item) =>
        item.Type == SchemaObjectType.Constraint && item.Definition.StartsWith("FOREIGN KEY", StringComparison.OrdinalIgnoreCase);

    /// <summary>What makes a function, without a body that is only text until it runs.</summary>
    public static string WithoutBody(string function) =>
        function.IndexOf(BodyStart, StringComparison.Ordinal) is >= 0 and var at ? function[..at] : function;

    /// <summary>The last part of a name.</summary>
    public static string LastName(string name) => name[(name.LastIndexOf('.') + 1)..].Trim('"');

    /// <summary>Whether one of two objects of a script has to come after the other.</summary>
    private static bool Needs(SchemaObject item, SchemaObject other) =>
        item.CreateSql is { } sql
        && other.Type switch
        {
            // A view of a table may read the column that is added to it.
            SchemaObjectType.Column => other.Table is { } table
                && item.Type != SchemaObjectType.Table
                && Names(sql, table)
                && Names(sql, LastName(other.Name)),
            SchemaObjectType.Table
            or SchemaObjectType.View
            or SchemaObjectType.MaterializedView when item.Type == SchemaObjectType.Function => Names(WithoutBody(sql), NameOf(other))
                || (Names(sql, NameOf(other)) && !Names(other, item)),
            SchemaObjectType.Type
            or SchemaObjectType.Domain
            or SchemaObjectType.Sequence
            or SchemaObjectType.Function
            or SchemaObjectType.Table
            or SchemaObjectType.View
            or SchemaObjectType.MaterializedView => Names(sql, NameOf(other)),
            _ => false,
        };

    /// <summary>The name as SQL has it: without the types of a function's arguments, and without quotes around the whole of it.</summary>
    private static string NameOf(SchemaObject item)
    {
        var arguments = item.Type == SchemaObjectType.Function ? item.Name.IndexOf('(', StringComparison.Ordinal) : -1;
        return (arguments < 0 ? item.Name : item.Name[..arguments]).Trim('"');
    }

    // A dollar ends a body, and is rare in names.
    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_';
}
