using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>A table of a schema that is read, as the catalogue has it.</summary>
internal sealed class SourceRelation
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether its rows lie in its partitions.</summary>
    public required bool IsPartitioned { get; init; }

    /// <summary>Its columns, in their order.</summary>
    public List<SourceColumn> Columns { get; } = [];

    /// <summary>The columns that are computed of others to be searched: no values of their own.</summary>
    public List<SourceColumn> Searches { get; } = [];

    /// <summary>The columns of its primary key, in its order.</summary>
    public List<string> PrimaryKey { get; } = [];
}

/// <summary>Reads the tables of a schema with their columns (<see
/// href="https://www.postgresql.org/docs/current/catalog-pg-attribute.html"/>).</summary>
/// <param name="connection">A connection in a read transaction.</param>
/// <param name="schema">The schema.</param>
internal sealed class SourceTables(PostgreSqlConnection connection, string schema)
{
    private readonly Dictionary<string, SourceRelation> _found = new(StringComparer.Ordinal);

    /// <summary>Reads them, in the order of their names.</summary>
    /// <param name="isWanted">Whether a table is wanted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyDictionary<string, SourceRelation>> ReadAsync(
        Func<string, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        var own = new CatalogueScope(connection.Options, connection.ServerVersion);
        await connection
            .QueryAsync(
                $"""
                WITH {own.Relations}
                SELECT rel.relname::text, rel.relkind = 'p', a.attname::text, b.typname::text, format_type(a.atttypid, a.atttypmod),
                    a.attnotnull, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
                    pg_get_serial_sequence(rel.name, a.attname::text), a.attidentity::text
                FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
                LEFT JOIN pg_attrdef d ON d.adrelid = rel.oid AND d.adnum = a.attnum
                WHERE rel.relkind IN ('r', 'p') AND NOT rel.relispartition AND rel.nspname = $1
                ORDER BY rel.relname COLLATE "C", a.attnum
                """,
                row =>
                {
                    if (!isWanted(row.GetString(0)))
                        return;
                    var (relation, column) = (Of(row), Column(row));
                    (column is { IsComputed: true, BaseType: "tsvector" } ? relation.Searches : relation.Columns).Add(column);
                },
                cancellationToken,
                schema
            )
            .ConfigureAwait(false);
        await ReadKeysAsync(cancellationToken).ConfigureAwait(false);
        return _found;
    }

    private SourceRelation Of(NpgsqlDataReader row)
    {
        var name = row.GetString(0);
        if (!_found.TryGetValue(name, out var relation))
            _found.Add(name, relation = new SourceRelation { Name = name, IsPartitioned = row.GetBoolean(1) });
        return relation;
    }

    private static SourceColumn Column(NpgsqlDataReader row)
    {
        var (name, type, declared) = (row.GetString(2), row.GetString(3), row.GetString(4));
        var kind = SourceColumn.KindOf(type);
        return new SourceColumn(
            name,
            type,
            new CopyColumn
            {
                Name = name,
                Declared = declared,
                Type = kind == ColumnKind.Decimal && ColumnType.TryParse(declared, out var exact) && exact.Kind == kind ? exact : new(kind),
                NotNull = row.GetBoolean(5),
                IgnoresCase = type is "citext",
            }
        )
        {
            IsComputed = row.GetString(6) is { Length: > 0 },
            IsIdentity = row.GetString(9) is { Length: > 0 },
            Expression = row.IsDBNull(7) ? null : row.GetString(7),
            Sequence = row.IsDBNull(8) ? null : row.GetString(8),
        };
    }

    private Task ReadKeysAsync(CancellationToken cancellationToken) =>
        connection.QueryAsync(
            """
            SELECT c.relname::text, a.attname::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
            WHERE n.nspname = $1 AND k.place <= i.indnkeyatts ORDER BY c.relname, k.place
            """,
            row =>
            {
                if (_found.TryGetValue(row.GetString(0), out var relation))
                    relation.PrimaryKey.Add(row.GetString(1));
            },
            cancellationToken,
            schema
        );
}
