using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>A table or a column that keeps what it holds under another name.</summary>
/// <param name="Table">The table as it is called before, as <see cref="SchemaObject.Name"/> writes it.</param>
/// <param name="Column">The column as it is called before; null where the table is renamed.</param>
/// <param name="Name">The new name, without schema and table.</param>
internal sealed record SchemaRename(string Table, string? Column, string Name)
{
    /// <summary>The statement, which both engines understand.</summary>
    public string Sql => $"ALTER TABLE {Table} RENAME {(Column is null ? "" : $"COLUMN {Column} ")}TO {Name}";

    /// <summary>The table as it is called afterwards.</summary>
    public string NewTable => Column is null ? Beside(Table, Name) : Table;

    /// <summary>What takes it back.</summary>
    public SchemaRename Back => Column is null ? new(NewTable, null, LastPart(Table)) : new(Table, Name, Column);

    /// <summary>Whether a schema has what is renamed and not what it becomes, and the other one the reverse.</summary>
    public bool Fits(SchemaSnapshot before, SchemaSnapshot after) =>
        Column is null
            ? Has(before, SchemaObjectType.Table, Table)
                && !Has(before, SchemaObjectType.Table, NewTable)
                && Has(after, SchemaObjectType.Table, NewTable)
                && !Has(after, SchemaObjectType.Table, Table)
            : Has(before, SchemaObjectType.Column, $"{Table}.{Column}")
                && !Has(before, SchemaObjectType.Column, $"{Table}.{Name}")
                && Has(after, SchemaObjectType.Column, $"{Table}.{Name}")
                && !Has(after, SchemaObjectType.Column, $"{Table}.{Column}");

    private static bool Has(SchemaSnapshot schema, SchemaObjectType type, string name) =>
        schema.Objects.Any(o => o.Type == type && string.Equals(o.Name, name, StringComparison.Ordinal));

    private static string Beside(string table, string name) => table[..^LastPart(table).Length] + name;

    /// <summary>The last part of a name, as SQL writes it.</summary>
    public static string LastPart(string name) =>
        name.EndsWith('"') ? name[(name.LastIndexOf(".\"", StringComparison.Ordinal) + 1)..] : name[(name.LastIndexOf('.') + 1)..];
}
