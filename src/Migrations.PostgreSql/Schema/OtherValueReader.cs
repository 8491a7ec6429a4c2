using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads the values of a scratch database that are in no table: large objects (<see
/// href="https://www.postgresql.org/docs/current/largeobjects.html"/>), and whether materialised views hold anything.
/// </summary>
/// <param name="connection">A connection to the scratch database, in a transaction.</param>
internal sealed class OtherValueReader(PostgreSqlConnection connection)
{
    private const string LargeObjects = "large objects";

    // What they hold follows from tables, as they were at the last REFRESH: only that they hold it counts.
    private const string Filled = "filled";

    // A large object is read in pieces: a value has at most a gigabyte.
    private static readonly string Objects = $"""
        SELECT count(*), COALESCE(sum(h.one::numeric), 0)::text, COALESCE(string_agg(int8send(h.one), ''::bytea)
            FILTER (WHERE h.place <= {TableValues.MostHashes}), ''::bytea)
        FROM (SELECT hashtextextended(m.oid::text || ' ' || (SELECT string_agg(md5(lo_get(m.oid, p * 16777216, 16777216)), '' ORDER BY p)
                FROM generate_series(0::int8, 63) p), 0) AS one, row_number() OVER () AS place
            FROM pg_largeobject_metadata m WHERE pg_has_role(m.lomowner, 'USAGE')) h
        """;

    /// <summary>Reads them.</summary>
    public async Task ReadAsync(List<TableValues> values, CancellationToken cancellationToken)
    {
        await connection
            .QueryAsync(
                Objects,
                row =>
                    values.Add(
                        new TableValues(
                            LargeObjects,
                            row.GetInt64(0),
                            row.GetString(1),
                            row.GetInt64(0) > TableValues.MostHashes ? null : PostgreSqlValueReader.Hashes(row.GetFieldValue<byte[]>(2))
                        )
                        {
                            IsOther = true,
                        }
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        var scope = new CatalogueScope(connection.Options, connection.ServerVersion);
        var views = new List<(string Name, bool IsFilled)>();
        await connection
            .QueryAsync(
                $"WITH {scope.Relations}\nSELECT rel.name, c.relispopulated FROM rel JOIN pg_class c ON c.oid = rel.oid "
                    + "WHERE rel.relkind = 'm' AND has_table_privilege(rel.oid, 'SELECT')",
                row => views.Add((row.GetString(0), row.GetBoolean(1))),
                cancellationToken
            )
            .ConfigureAwait(false);
        foreach (var (name, isFilled) in views)
        {
            var held = isFilled ? await FilledAsync(name, cancellationToken).ConfigureAwait(false) : new TableValues(name, 0, null, []);
            values.Add(held with { IsOther = true });
        }
    }

    private async Task<TableValues> FilledAsync(string view, CancellationToken cancellationToken)
    {
        var rows = 0L;
        await connection.QueryAsync($"SELECT count(*) FROM {view}", row => rows = row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        return new TableValues(view, rows, Filled, rows > TableValues.MostHashes ? null : new long[rows]);
    }
}
