using System.Globalization;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>A table of a file that is copied: what its text says, and how its rows are named.</summary>
internal sealed class SourceTable
{
    private readonly Dictionary<string, string> _names;

    private SourceTable(SqliteSchemaItem item, SqliteTableText text, SqliteTableShape shape)
    {
        (Item, Text, Shape) = (item, text, shape);
        _names = text.Columns.ToDictionary(c => SqliteNames.Fold(c.Name), c => c.Name, StringComparer.Ordinal);
        var key = text.Constraints.Find(c => c.Kind == SqliteConstraintKind.PrimaryKey);
        PrimaryKey = key is null ? [] : [.. key.Columns.Select(Name)];
        Alias = shape is { HasRowid: true, RowidName: null } ? PrimaryKey[0] : null;
        IsAutoincrement = key?.Tail.Contains("AUTOINCREMENT", StringComparison.Ordinal) == true;
        KeyColumns = shape.HasRowid ? [shape.RowidName ?? Alias!] : PrimaryKey;
    }

    /// <summary>Its row of the schema.</summary>
    public SqliteSchemaItem Item { get; }

    /// <summary>What its text says.</summary>
    public SqliteTableText Text { get; }

    /// <summary>How it is read.</summary>
    public SqliteTableShape Shape { get; }

    /// <summary>The columns of its primary key; empty without one.</summary>
    public IReadOnlyList<string> PrimaryKey { get; }

    /// <summary>The column that stands for the rowid; null without one.</summary>
    public string? Alias { get; }

    /// <summary>Whether numbers are never given out twice.</summary>
    public bool IsAutoincrement { get; }

    /// <summary>What names a row: the rowid, or the primary key of a table without one.</summary>
    public IReadOnlyList<string> KeyColumns { get; }

    /// <summary>Reads it.</summary>
    public static SourceTable Read(SqliteHandle handle, SqliteSchemaItem item) =>
        new(item, SqliteTableReader.Read(item.Sql!), SqliteTableShape.Read(handle, item));

    /// <summary>A column's name as it is written.</summary>
    /// <param name="folded">The name as constraints have it: in small letters, with quotes where it needs them.</param>
    public string Name(string folded) => _names.GetValueOrDefault(folded, SqliteNames.Unquote(folded));

    /// <summary>A column's name as it is written; null when there is no such column.</summary>
    public string? Find(string name) => _names.GetValueOrDefault(SqliteNames.Fold(name));

    /// <summary>Names a row whose key stands in the first columns of a query.</summary>
    public string KeyOf(SqliteStatement row) => string.Join(", ", KeyColumns.Select((column, i) => $"{column} {Show(row, i)}"));

    private static string Show(SqliteStatement row, int column) =>
        row.TypeOf(column) switch
        {
            SqliteType.Text => $"'{row.Text(column)}'",
            SqliteType.Blob => "x'" + Convert.ToHexString(row.Bytes(column)) + "'",
            SqliteType.Null => "NULL",
            SqliteType.Integer => row.Int64(column).ToString(CultureInfo.InvariantCulture),
            _ => row.Double(column).ToString(CultureInfo.InvariantCulture),
        };
}
