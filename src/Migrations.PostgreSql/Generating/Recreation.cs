using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what has to go and be made again although it is the same in both schemas: what stands on something that goes, or on a column that
/// gets another type.
/// </summary>
/// <param name="from">The schema that is there.</param>
/// <param name="pairs">The objects of both.</param>
internal sealed class Recreation(SchemaSnapshot from, SchemaPairs pairs)
{
    private readonly SchemaUsers _users = new(from);
    private readonly HashSet<SchemaObject> _found = new(ReferenceEqualityComparer.Instance);

    /// <summary>What goes for a while, or for good: objects of the old schema.</summary>
    public IReadOnlyCollection<SchemaObject> Found => _found;

    /// <summary>An object goes, and what uses it.</summary>
    public void Drop(SchemaObject old)
    {
        if (!_found.Add(old))
            return;
        foreach (var user in _users.Of(old).Where(u => u.Type is not (SchemaObjectType.Comment or SchemaObjectType.Table)))
            _found.Add(user);
    }

    /// <summary>A column gets another type: what reads it hinders, but for indexes and constraints, which follow.</summary>
    public void ChangeType(SchemaObject column)
    {
        foreach (var user in pairs.Old.Where(o => o.Type > SchemaObjectType.Index && o.Type < SchemaObjectType.Comment && Reads(o, column)))
            Drop(user);
    }

    /// <summary>A type is replaced: besides, its values stand in checks, indexes and arguments.</summary>
    public void Replace(SchemaObject type, IEnumerable<SchemaObject> columns)
    {
        foreach (var column in columns)
            ChangeType(column);
        foreach (
            var user in pairs.Old.Where(o =>
                o.Type is SchemaObjectType.Function or SchemaObjectType.Constraint or SchemaObjectType.Index
                || o.Type is > SchemaObjectType.Index and < SchemaObjectType.Comment
            )
        )
        {
            if (SchemaOrder.Names(user, type))
                Drop(user);
        }
    }

    private static bool Reads(SchemaObject item, SchemaObject column) =>
        (string.Equals(item.Table, column.Table, StringComparison.Ordinal) || SchemaOrder.Names(item.CreateSql ?? "", column.Table!))
        && SchemaOrder.Names(item.CreateSql ?? "", ColumnBody.NameOf(column));
}
