using System.Globalization;
using System.Numerics;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Counts, and digests, the rows of the user's tables. A partition counts where it lies, its parent holds none; foreign tables hold none of this database's. The digest of
/// a table is the sum of two 64-bit hashes of each row's text, made on the server, so that the order of rows does not matter and equal rows count each.
/// </summary>
/// <param name="session">The session.</param>
internal sealed class PostgreSqlContentReader(PostgreSqlSession session)
{
    private const int TablesAtOnce = 200;

    // What the server writes of a value depends on these. Without row_security a table that hides rows is an error, and not a wrong number.
    internal const string Settings =
        """
        SELECT set_config('search_path', '', true), set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true), set_config('TimeZone',
            'UTC', true),
            set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true), set_config('lc_monetary', 'C', true), set_config('xmlbinary', 'base64',
                true),
            set_config('row_security', 'off', true), set_config('statement_timeout', '0', true)
        """;

    /// <summary>Reads them in a transaction of its own, or in the open one.</summary>
    public async Task<IReadOnlyList<TableContent>> ReadAsync(bool digests, CancellationToken cancellationToken)
    {
        var transaction = new ReadTransaction(session);
        await using var _ = transaction.ConfigureAwait(false);
        await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        return await ReadInsideAsync(counts: true, digests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads them in the transaction that is open.</summary>
    public async Task<IReadOnlyList<TableContent>> ReadInsideAsync(bool counts, bool digests, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await session.QueryAsync(Settings, _ => { }, cancellationToken).ConfigureAwait(false);
        await session.QueryAsync(
            $"""
            SELECT {CatalogueScope.Qualified("n", "c.relname")} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {CatalogueScope.IsUsers("n")} AND {CatalogueScope.HasNoExtension("pg_class", "c.oid")} ORDER BY 1
            """,
            row => names.Add(row.GetString(0)),
            cancellationToken).ConfigureAwait(false);
        if (!counts && !digests)
            return names.ConvertAll(name => new TableContent(name, Rows: null));
        var contents = new List<TableContent>();
        foreach (var chunk in names.Chunk(TablesAtOnce))
            await ReadAsync(chunk, digests, contents, cancellationToken).ConfigureAwait(false);
        return contents;
    }

    private async Task ReadAsync(string[] names, bool digests, List<TableContent> contents, CancellationToken cancellationToken)
    {
        var batch = session.Connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        // A table may have a column of any name, so the row is built from all of its columns.
        var sums = digests
            ? ", COALESCE(sum(hashtextextended(r.line, 0)::numeric), 0)::text, COALESCE(sum(hashtextextended(r.line, 7046029254386353131)::numeric), 0)::text"
            : "";
        foreach (var name in names)
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT count(*){sums} FROM {(digests ? $"(SELECT ROW(t.*)::text COLLATE \"C\" AS line FROM ONLY {name} AS t) AS r" : $"ONLY {name}")}"));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        foreach (var name in names)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            contents.Add(new TableContent(name, reader.GetInt64(0), digests ? Half(reader.GetString(1)) + Half(reader.GetString(2)) : null));
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal static string Half(string sum)
    {
        var number = BigInteger.Parse(sum, CultureInfo.InvariantCulture) & ulong.MaxValue;
        return ((ulong)number).ToString("x16", CultureInfo.InvariantCulture);
    }
}
