using System.Buffers.Binary;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads what the tables of a scratch database hold, so that it can be compared later: columns by their names, not by their places, and
/// without those that are computed from others. Row-level security is taken off the
/// tables for it (<see href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html"/>), in a transaction that is rolled back: also
/// an owner would see a part only
/// where it is forced.
/// </summary>
/// <param name="connection">A connection to the scratch database.</param>
internal sealed class PostgreSqlValueReader(PostgreSqlConnection connection)
{
    private const int TablesAtOnce = 200;

    /// <summary>Reads them, the history left out.</summary>
    public async Task<IReadOnlyList<TableValues>> ReadAsync(bool digests, CancellationToken cancellationToken)
    {
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ", cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.QueryAsScriptAsync(PostgreSqlContentReader.Settings, _ => { }, cancellationToken).ConfigureAwait(false);
            var tables = await TablesAsync(cancellationToken).ConfigureAwait(false);
            foreach (var table in tables.Where(t => t is { IsReadable: true, HidesRows: true }))
                await connection
                    .ExecuteAsync($"ALTER TABLE {table.Name} DISABLE ROW LEVEL SECURITY", cancellationToken)
                    .ConfigureAwait(false);
            var values = tables.Where(t => !t.IsReadable).Select(t => new TableValues(t.Name, Rows: null)).ToList();
            foreach (var chunk in tables.Where(t => t.IsReadable).Chunk(TablesAtOnce))
                await ReadAsync(chunk, digests, values, cancellationToken).ConfigureAwait(false);
            if (digests)
                await new OtherValueReader(connection).ReadAsync(values, cancellationToken).ConfigureAwait(false);
            return [.. values.OrderBy(v => v.Table, StringComparer.Ordinal)];
        }
        finally
        {
            await connection.RollBackAsync().ConfigureAwait(false);
        }
    }

    private async Task<List<Table>> TablesAsync(CancellationToken cancellationToken)
    {
        var scope = new CatalogueScope(connection.Options, connection.ServerVersion);
        var tables = new List<Table>();
        await connection
            .QueryAsync(
                $"""
                WITH {scope.Relations}
                SELECT rel.name, COALESCE((SELECT string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C")
                        FROM pg_attribute a WHERE a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
                        AND {scope.Since(12, "a.attgenerated", "''")} = ''), ''),
                    row_security_active(rel.oid), pg_has_role(rel.relowner, 'USAGE')
                    OR (NOT row_security_active(rel.oid) AND has_table_privilege(rel.oid, 'SELECT'))
                FROM rel WHERE rel.relkind = 'r'
                """,
                row => tables.Add(new Table(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return tables;
    }

    private async Task ReadAsync(Table[] tables, bool digests, List<TableValues> values, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        foreach (var table in tables)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(digests ? Digest(table) : $"SELECT pg_catalog.count(*) FROM ONLY {table.Name}"));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        foreach (var table in tables)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            values.Add(
                digests
                    ? new TableValues(
                        table.Name,
                        reader.GetInt64(0),
                        PostgreSqlContentReader.Half(reader.GetString(1)) + PostgreSqlContentReader.Half(reader.GetString(2)),
                        reader.IsDBNull(3) ? null : Hashes(reader.GetFieldValue<byte[]>(3))
                    )
                    : new TableValues(table.Name, reader.GetInt64(0))
            );
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Digest(Table table) =>
        $"""
            SELECT pg_catalog.count(*), COALESCE(pg_catalog.sum(h.one::pg_catalog.numeric), 0)::pg_catalog.text,
                COALESCE(pg_catalog.sum(h.two::pg_catalog.numeric), 0)::pg_catalog.text,
                CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) {TableValues.MostHashes} THEN
                    COALESCE(pg_catalog.string_agg(pg_catalog.int8send(h.one), ''::pg_catalog.bytea)
                        FILTER (WHERE h.place OPERATOR(pg_catalog.<=) {TableValues.MostHashes}), ''::pg_catalog.bytea) END
            FROM (
                SELECT pg_catalog.hashtextextended(r.line, 0) AS one, pg_catalog.hashtextextended(r.line, 7046029254386353131) AS two,
                    pg_catalog.row_number() OVER () AS place
                FROM (SELECT ROW({table.Columns})::pg_catalog.text COLLATE pg_catalog."C" AS line FROM ONLY {table.Name} AS t) AS r) AS h
            """;

    /// <summary>The hashes of rows, as the server sends them.</summary>
    public static long[] Hashes(byte[] bytes)
    {
        var hashes = new long[bytes.Length / sizeof(long)];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(i * sizeof(long)));
        return hashes;
    }

    /// <param name="Name">Its name, with its schema.</param>
    /// <param name="Columns">Its columns in the order of their names.</param>
    /// <param name="HidesRows">Whether a policy hides rows from this role.</param>
    /// <param name="IsReadable">Whether this role can see all rows, or take the policy off.</param>
    private sealed record Table(string Name, string Columns, bool HidesRows, bool IsReadable);
}
