using System.Globalization;
using Migrations.Schema;

namespace Migrations.Core.Tests.Schema;

/// <summary>Makes small snapshots.</summary>
internal static class Snapshots
{
    public static SchemaSnapshot Of(params SchemaObject[][] objects) => new("Test", "1", objects.SelectMany(o => o));

    /// <summary>A table with columns as <c>name type</c>.</summary>
    public static SchemaObject[] Table(string name, params string[] columns) =>
        [
            Object(SchemaObjectType.Table, name, "table", table: null) with
            {
                CreateSql = $"CREATE TABLE {name} ({string.Join(", ", columns)})",
                DropSql = $"DROP TABLE {name}",
            },
            .. columns.Select(
                (column, i) =>
                    Object(SchemaObjectType.Column, $"{name}.{column.Split(' ')[0]}", column.Split(' ')[1], name) with
                    {
                        Position = i + 1,
                        IsPartOfTable = true,
                        CreateSql = string.Create(CultureInfo.InvariantCulture, $"ALTER TABLE {name} ADD COLUMN {column}"),
                        DropSql = $"ALTER TABLE {name} DROP COLUMN {column.Split(' ')[0]}",
                    }
            ),
        ];

    public static SchemaObject Object(SchemaObjectType type, string name, string definition, string? table) =>
        new()
        {
            Type = type,
            Name = name,
            Definition = definition,
            Table = table,
        };
}
