namespace Migrations.Schema;

/// <summary>Finds which objects of a schema would go with another, or hold it. Pure.</summary>
/// <param name="schema">The schema.</param>
internal sealed class SchemaUsers(SchemaSnapshot schema)
{
    /// <summary>What uses an object, and what uses that, to the end.</summary>
    public HashSet<SchemaObject> Of(SchemaObject item)
    {
        var users = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
        Add(item);
        return users;

        void Add(SchemaObject used)
        {
            foreach (
                var user in schema.Objects.Where(o => !ReferenceEquals(o, item) && o.Type != SchemaObjectType.Grant && IsUser(o, used))
            )
            {
                if (users.Add(user))
                    Add(user);
            }
        }
    }

    /// <summary>Whether a foreign key points to the columns of a key, in whatever order.</summary>
    private static bool PointsTo(string foreignKey, string table, string key)
    {
        var at = foreignKey.IndexOf($" REFERENCES {table}(", StringComparison.Ordinal);
        return at >= 0 && Columns(foreignKey[at..]).SetEquals(Columns(key));

        static HashSet<string> Columns(string text) =>
            text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.IndexOf(')', StringComparison.Ordinal)]
                .Split(',', StringSplitOptions.TrimEntries)
                .ToHashSet(StringComparer.Ordinal);
    }

    private bool IsUser(SchemaObject item, SchemaObject used) =>
        used.Type switch
        {
            SchemaObjectType.Constraint => schema.RefusesDropOfUsed
                && !SchemaOrder.IsForeignKey(used)
                && SchemaOrder.IsForeignKey(item)
                && used.Table is { } table
                && PointsTo(item.Definition, table, used.Definition),
            SchemaObjectType.View or SchemaObjectType.MaterializedView => string.Equals(item.Table, used.Name, StringComparison.Ordinal)
                || (schema.RefusesDropOfUsed && item.Type > SchemaObjectType.Index && SchemaOrder.Names(item, used)),
            SchemaObjectType.Function => schema.RefusesDropOfUsed
                && item.Type != SchemaObjectType.Function
                && SchemaOrder.Names(item, used),
            _ => schema.RefusesDropOfUsed && item.Type == SchemaObjectType.Comment && SchemaOrder.Names(item, used),
        };
}
