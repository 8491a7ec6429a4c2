using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>The objects of two schemas, and which of one is which of the other. Owners, grants and settings do not count.</summary>
internal sealed class SchemaPairs
{
    private readonly Dictionary<(SchemaObjectType, string), SchemaObject> _old;
    private readonly Dictionary<(SchemaObjectType, string), SchemaObject> _wanted;

    /// <summary>Pairs them.</summary>
    public SchemaPairs(SchemaSnapshot from, SchemaSnapshot to)
    {
        (_old, _wanted) = (ByKey(from), ByKey(to));
        Goes =
        [
            .. _old.Values.Where(o =>
                WantedOf(o) is null
                && !(o.Table is { } table && IsGone(table))
                && !(OwnerOf(o) is { } owner && IsGone(owner.Table, owner.Column))
            ),
        ];
        Comes = [.. _wanted.Values.Where(w => OldOf(w) is null && !(w.IsPartOfTable && w.Table is { } table && IsNew(table)))];
        Differs = [.. _wanted.Values.Select(w => (Old: OldOf(w)!, Wanted: w)).Where(p => p.Old is not null && !IsSame(p.Old, p.Wanted))];
    }

    /// <summary>What only the old schema has, and does not go with something else.</summary>
    public IReadOnlyList<SchemaObject> Goes { get; }

    /// <summary>What only the wanted schema has, and does not come with its table.</summary>
    public IReadOnlyList<SchemaObject> Comes { get; }

    /// <summary>What both have with another definition.</summary>
    public IReadOnlyList<(SchemaObject Old, SchemaObject Wanted)> Differs { get; }

    /// <summary>All of the old schema.</summary>
    public IEnumerable<SchemaObject> Old => _old.Values;

    /// <summary>All of the wanted schema.</summary>
    public IEnumerable<SchemaObject> Wanted => _wanted.Values;

    /// <summary>What an old object should be; null when it goes.</summary>
    public SchemaObject? WantedOf(SchemaObject old) => _wanted.GetValueOrDefault((old.Type, old.Name));

    /// <summary>What a wanted object is; null when it comes.</summary>
    public SchemaObject? OldOf(SchemaObject wanted) => _old.GetValueOrDefault((wanted.Type, wanted.Name));

    /// <summary>Whether a table comes.</summary>
    public bool IsNew(string table) => !_old.ContainsKey((SchemaObjectType.Table, table));

    /// <summary>The column that owns a sequence; null for anything else.</summary>
    public static (string Table, string Column)? OwnerOf(SchemaObject item)
    {
        const string Owned = "OWNED BY ";
        if (item.Type != SchemaObjectType.Sequence || item.Definition.IndexOf(Owned, StringComparison.Ordinal) is not (>= 0 and var at))
            return null;
        var column = item.Definition[(at + Owned.Length)..];
        return (column[..(column.Length - SqlNames.LastPart(column).Length - 1)], column);
    }

    private static bool IsSame(SchemaObject old, SchemaObject wanted) =>
        string.Equals(old.Definition, wanted.Definition, StringComparison.Ordinal)
        && string.Equals(old.Table, wanted.Table, StringComparison.Ordinal);

    private bool IsGone(string table, string? column = null) =>
        IsGone(SchemaObjectType.Table, table)
        || IsGone(SchemaObjectType.View, table)
        || IsGone(SchemaObjectType.MaterializedView, table)
        || (column is not null && IsGone(SchemaObjectType.Column, column));

    private bool IsGone(SchemaObjectType type, string name) => _old.ContainsKey((type, name)) && !_wanted.ContainsKey((type, name));

    private static Dictionary<(SchemaObjectType, string), SchemaObject> ByKey(SchemaSnapshot schema) =>
        schema.Objects.Where(o => o.Type is not (SchemaObjectType.Grant or SchemaObjectType.Setting)).ToDictionary(o => (o.Type, o.Name));
}
