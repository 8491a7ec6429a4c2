using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>A table of a snapshot, with all that a change of it has to know.</summary>
internal sealed class SqliteTable
{
    private SqliteTable(SchemaObject item, ILookup<string, SchemaObject> parts)
    {
        Item = item;
        Parts = [.. parts[item.Name]];
        IsVirtual = item.Definition.StartsWith("VIRTUAL", StringComparison.Ordinal);
        Text = IsVirtual ? new SqliteTableText() : SqliteTableReader.Read(item.CreateSql!);
        (Rest, Pieces) = IsVirtual ? ("", []) : SqliteTablePiece.Cut(item.CreateSql!);
    }

    /// <summary>The table.</summary>
    public SchemaObject Item { get; }

    /// <summary>Its columns, constraints, indexes and triggers.</summary>
    public IReadOnlyList<SchemaObject> Parts { get; }

    /// <summary>Its name as SQL writes it.</summary>
    public string Name => Item.Name;

    /// <summary>Whether a module keeps it.</summary>
    public bool IsVirtual { get; }

    /// <summary>What its CREATE TABLE says.</summary>
    public SqliteTableText Text { get; }

    /// <summary>What stands behind the name in its CREATE TABLE.</summary>
    public string Rest { get; }

    /// <summary>Its columns and constraints as they are written.</summary>
    public IReadOnlyList<SqliteTablePiece> Pieces { get; }

    /// <summary>Whether a mark is kept of the highest number that it has given.</summary>
    public bool IsAutoincrement => Text.Constraints.Exists(c => c.Tail.Contains("AUTOINCREMENT", StringComparison.Ordinal));

    /// <summary>Whether its rows are known by a number that no column holds.</summary>
    public bool HasHiddenRowid =>
        !IsVirtual
        && !Text.WithoutRowid
        && !Text.Columns.Exists(c => SqliteNames.Comparer.Equals(c.Name, "rowid"))
        && !(
            Text.PrimaryKey is [var key]
            && Text.Columns.Exists(c => c.Type is "INTEGER" && string.Equals(SqliteNames.Fold(c.Name), key, StringComparison.Ordinal))
        );

    /// <summary>The tables of a schema, by name.</summary>
    public static Dictionary<string, SqliteTable> Of(SchemaSnapshot schema)
    {
        var parts = schema.Objects.Where(o => o.Table is not null).ToLookup(o => o.Table!, StringComparer.Ordinal);
        return schema
            .Objects.Where(o => o.Type == SchemaObjectType.Table)
            .ToDictionary(o => o.Name, o => new SqliteTable(o, parts), SqliteNames.Comparer);
    }

    /// <summary>The piece of a column.</summary>
    public SqliteTablePiece PieceOf(SqliteColumnText column) =>
        Pieces.First(p => p.IsColumn && SqliteNames.Comparer.Equals(p.Column, column.Name));

    /// <summary>Its columns and constraints as far as both kinds of objects say it.</summary>
    public IEnumerable<(SchemaObjectType Type, string Name, string Definition)> Said =>
        Parts
            .Where(p => p.Type is SchemaObjectType.Column or SchemaObjectType.Constraint)
            .OrderBy(p => p.Type)
            .ThenBy(p => p.Position)
            .ThenBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => (p.Type, p.Name, p.Definition));

    /// <summary>Whether another says the same.</summary>
    public bool IsSame(SqliteTable other) =>
        string.Equals(Name, other.Name, StringComparison.Ordinal)
        && string.Equals(Item.Definition, other.Item.Definition, StringComparison.Ordinal)
        && Said.SequenceEqual(other.Said);
}
