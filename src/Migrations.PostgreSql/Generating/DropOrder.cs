using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes what takes objects away, from what stands on others down: PostgreSQL refuses to drop what is used, and CASCADE would take what is
/// not named.
/// </summary>
internal static class DropOrder
{
    /// <summary>The statements.</summary>
    /// <param name="gone">The objects.</param>
    /// <param name="pairs">The objects of both schemas.</param>
    public static IEnumerable<string> Of(IReadOnlyCollection<SchemaObject> gone, SchemaPairs pairs)
    {
        var others = SchemaOrder
            .Of(gone.Where(g => g.Type != SchemaObjectType.Table && !GoesWithAnother(g, gone)))
            .AsEnumerable()
            .Reverse();
        var tables = gone.Where(g => g.Type == SchemaObjectType.Table).ToList();
        var keys = pairs
            .Old.Where(o => SchemaOrder.IsForeignKey(o) && tables.Exists(t => string.Equals(t.Name, o.Table, StringComparison.Ordinal)))
            .ToList();
        var ordered = SchemaOrder.Of(tables, (table, other) => table != other && keys.Exists(k => IsFrom(k, table, other)));
        ordered.Reverse();
        var functions = others.Where(o => o.Type < SchemaObjectType.Table).ToList();
        return
        [
            .. others.Except(functions).Select(o => o.DropSql!),
            .. InTheWay(ordered, keys).Select(k => k.DropSql!),
            // A function may have a row of a table for an argument.
            .. functions.Select(f => f.DropSql!),
            .. ordered.Select(t => t.DropSql!),
        ];
    }

    /// <summary>Keys of tables that go later than the table they point to.</summary>
    private static IEnumerable<SchemaObject> InTheWay(List<SchemaObject> ordered, List<SchemaObject> keys)
    {
        for (var i = 0; i < ordered.Count; i++)
        {
            foreach (var later in ordered.Skip(i + 1))
            {
                foreach (var key in keys.Where(k => IsFrom(k, later, ordered[i])))
                    yield return key;
            }
        }
    }

    private static bool IsFrom(SchemaObject key, SchemaObject table, SchemaObject other) =>
        string.Equals(key.Table, table.Name, StringComparison.Ordinal) && SchemaOrder.Names(key.Definition, other.Name);

    /// <summary>Whether its view, table or column goes too, which takes it along.</summary>
    private static bool GoesWithAnother(SchemaObject item, IReadOnlyCollection<SchemaObject> gone) =>
        item.Table is { } table
        && gone.Any(g =>
            g.Type is SchemaObjectType.Table or SchemaObjectType.View or SchemaObjectType.MaterializedView
            && string.Equals(g.Name, table, StringComparison.Ordinal)
        );
}
