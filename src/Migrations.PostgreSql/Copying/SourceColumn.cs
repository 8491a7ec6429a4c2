using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>A column as it is read: its kind, and the expression that gives its values in the canonical form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BaseType">The name of its type in the catalogue; of a domain, that of the type below.</param>
/// <param name="Column">The column in the words of no engine.</param>
internal sealed record SourceColumn(string Name, string BaseType, CopyColumn Column)
{
    private static readonly string[] TextTypes = ["text", "varchar", "bpchar", "name", "citext"];

    /// <summary>Whether its values are computed from others.</summary>
    public bool IsComputed { get; init; }

    /// <summary>Whether the database numbers its rows by it without a default.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>Its default, or what computes it; null without one.</summary>
    public string? Expression { get; init; }

    /// <summary>The sequence that is the column's own, as the server quotes it; null without one.</summary>
    public string? Sequence { get; init; }

    /// <summary>Whether it has a kind of its own, so that values are compared alike elsewhere.</summary>
    public bool IsOfKind => KindOf(BaseType) != ColumnKind.Text || Array.IndexOf(TextTypes, BaseType) >= 0;

    /// <summary>The kind of values that a type of the catalogue holds. What has no kind of its own is read as the server writes
    /// it.</summary>
    public static ColumnKind KindOf(string type) =>
        type switch
        {
            "int2" or "int4" or "int8" => ColumnKind.Integer,
            "bool" => ColumnKind.Boolean,
            "float4" or "float8" => ColumnKind.Real,
            "numeric" => ColumnKind.Decimal,
            "bytea" => ColumnKind.Bytes,
            "date" => ColumnKind.Date,
            "timestamp" => ColumnKind.Timestamp,
            "timestamptz" => ColumnKind.TimestampWithZone,
            "json" or "jsonb" => ColumnKind.Json,
            "uuid" => ColumnKind.Uuid,
            _ => ColumnKind.Text,
        };

    /// <summary>The expression that gives the values in the form of a kind.</summary>
    public string Read(ColumnKind kind)
    {
        var name = PostgreSqlText.Name(Name);
        return kind switch
        {
            ColumnKind.Integer => BaseType is "int8" ? name : name + "::pg_catalog.int8",
            ColumnKind.Real => BaseType is "float8" ? name : name + "::pg_catalog.float8",
            ColumnKind.Decimal => BaseType is "numeric" ? name : name + "::pg_catalog.numeric",
            ColumnKind.Text or ColumnKind.Json or ColumnKind.Any => BaseType is "text" ? name : name + "::pg_catalog.text",
            _ => name,
        };
    }
}
