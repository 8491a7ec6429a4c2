namespace Migrations.Schema;

/// <summary>
/// One object of a schema, with its definition in normal form: two objects that mean the same have the same definition, however they were
/// written.
/// </summary>
public sealed record SchemaObject
{
    /// <summary>What it is.</summary>
    public required SchemaObjectType Type { get; init; }

    /// <summary>
    /// Its name, unique among objects of its type, for example <c>orders.total</c> or <c>public.orders.total</c>; quoted where the engine
    /// needs it.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>What it says, in normal form; without the name, and without what is an object of its own.</summary>
    public required string Definition { get; init; }

    /// <summary>The table or view it belongs to; null when it stands alone.</summary>
    public string? Table { get; init; }

    /// <summary>Its place among the columns of its table, from 1, dropped ones not counted; 0 for what has no place.</summary>
    public int Position { get; init; }

    /// <summary>The SQL that makes it; null where none alone does.</summary>
    public string? CreateSql { get; init; }

    /// <summary>The SQL that removes it; null where none alone does.</summary>
    public string? DropSql { get; init; }

    /// <summary>
    /// The SQL that puts it in the place of another of its name without dropping that, so that what uses it, and its grants and comments,
    /// stay; null where none does.
    /// </summary>
    public string? ReplaceSql { get; init; }

    /// <summary>
    /// What <see cref="ReplaceSql"/> must keep of the other, as a text: it can replace an object whose text this one begins with. Null
    /// where it can replace none.
    /// </summary>
    public string? Kept { get; init; }

    /// <summary>Whether a grant says who owns an object, besides who may do what with it.</summary>
    internal bool HasOwner => Definition.StartsWith("OWNER ", StringComparison.Ordinal);

    /// <summary>Whether the table's <see cref="CreateSql"/> makes it already, so that a script of the whole schema leaves it out.</summary>
    public bool IsPartOfTable { get; init; }
}
