using System.Globalization;
using System.Numerics;
using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Counts, and digests, the rows of the user's tables. A partition counts where it lies, its parent holds none; foreign tables hold none of
/// this database's. The digest of a table is the sum of two 64-bit hashes of each row's text, made on the server, so that the order of rows
/// does not matter and equal rows count each. Reading a table may evaluate expressions of its definition, which may need the database's own
/// <c>search_path</c>: so that is in force, and everything of ours is qualified.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class PostgreSqlContentReader(PostgreSqlConnection connection)
{
    private const int TablesAtOnce = 200;

    // What the server writes of a value depends on these. Without row_security a table that hides rows is an error, and not a wrong number.
    internal const string Settings = """
        SELECT pg_catalog.set_config('DateStyle', 'ISO, YMD', true), pg_catalog.set_config('IntervalStyle', 'postgres', true),
            pg_catalog.set_config('TimeZone', 'UTC', true),
            pg_catalog.set_config('extra_float_digits', '1', true), pg_catalog.set_config('bytea_output', 'hex', true),
                pg_catalog.set_config('lc_monetary', 'C', true),
            pg_catalog.set_config('xmlbinary', 'base64', true), pg_catalog.set_config('standard_conforming_strings', 'on', true),
            pg_catalog.set_config('row_security', 'off', true), pg_catalog.set_config('statement_timeout', '0', true)
        """;

    /// <summary>Reads them in a transaction of its own, or in the open one.</summary>
    public async Task<IReadOnlyList<TableContent>> ReadAsync(bool digests, CancellationToken cancellationToken)
    {
        var transaction = new ReadTransaction(connection);
        await using var _ = transaction.ConfigureAwait(false);
        await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        return await ReadInsideAsync(counts: true, digests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads them in the transaction that is open.</summary>
    public async Task<IReadOnlyList<TableContent>> ReadInsideAsync(bool counts, bool digests, CancellationToken cancellationToken)
    {
        var tables = await ListAsync(cancellationToken).ConfigureAwait(false);
        await connection.QueryAsScriptAsync(Settings, _ => { }, cancellationToken).ConfigureAwait(false);
        if (!counts && !digests)
            return tables.ConvertAll(table => new TableContent(table.Name, Rows: null));
        await connection.ExecuteAsync("SET LOCAL search_path TO DEFAULT", cancellationToken).ConfigureAwait(false);
        var contents = new List<TableContent>();
        foreach (var chunk in tables.Where(t => t.IsReadable).Chunk(TablesAtOnce))
            await ReadAsync(chunk, digests, contents, cancellationToken).ConfigureAwait(false);
        contents.AddRange(tables.Where(t => !t.IsReadable).Select(t => Unread(t, digests)));

        return [.. contents.OrderBy(c => c.Table, StringComparer.Ordinal)];
    }

    private TableContent Unread(Table table, bool digests)
    {
        if (!table.IsThere)
        {
            Warn($"The rows of the unlogged table {table.Name} are not in the backup: a standby does not have them.");
            return new TableContent(table.Name, Rows: 0, digests ? Half("0") + Half("0") : null);
        }

        Warn($"The rows of {table.Name} were not counted: its name has bytes that are not UTF-8. They are in the backup.");
        return new TableContent(table.Name, Rows: null);
    }

    /// <summary>
    /// The tables; of an unlogged one a standby has no rows, and neither has its dump (<see
    /// href="https://www.postgresql.org/docs/current/sql-createtable.html"/>).
    /// </summary>
    private async Task<List<Table>> ListAsync(CancellationToken cancellationToken)
    {
        var tables = new List<Table>();
        var name = CatalogueScope.Qualified("n", "c.relname");
        await connection
            .QueryAsync(
                $"""
                SELECT {(RawText.IsIn(connection.Npgsql) ? RawText.Sent($"({name})") : name)}, c.relpersistence <> 'u'
                    OR NOT pg_is_in_recovery() FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {CatalogueScope.IsUsers("n")}
                    AND {CatalogueScope.HasNoExtension("pg_class", "c.oid")} ORDER BY 1
                """,
                row => tables.Add(new Table(RawText.Read(row.GetString(0)), !RawText.IsRaw(row.GetString(0)), row.GetBoolean(1))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return tables;
    }

    /// <summary>Reads several in one round trip; where one of them cannot be read, each on its own, and that one is not counted.</summary>
    private async Task ReadAsync(Table[] tables, bool digests, List<TableContent> contents, CancellationToken cancellationToken)
    {
        try
        {
            contents.AddRange(await TryReadAsync(tables, digests, cancellationToken).ConfigureAwait(false));
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
            if (tables is [var table])
            {
                Warn($"The rows of {table.Name} were not counted: {e.MessageText} ({e.SqlState}).");
                contents.Add(new TableContent(table.Name, Rows: null));
                return;
            }

            foreach (var one in tables)
                await ReadAsync([one], digests, contents, cancellationToken).ConfigureAwait(false);
        }
    }

    private const string Line = "ROW(t.*)::pg_catalog.text COLLATE pg_catalog.\"C\"";

    private async Task<List<TableContent>> TryReadAsync(Table[] tables, bool digests, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT migrations_count"));
        // A table may have a column of any name, so the row is built from all of its columns.
        var sums = digests ? ", " + Sum("0") + ", " + Sum("7046029254386353131") : "";
        foreach (var (name, _, _) in tables)
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    $"SELECT pg_catalog.count(*){sums} FROM "
                        + (digests ? $"(SELECT {Line} AS line FROM ONLY {name} AS t) AS r" : $"ONLY {name}")
                )
            );
        batch.BatchCommands.Add(new NpgsqlBatchCommand("RELEASE SAVEPOINT migrations_count"));
        var contents = new List<TableContent>();
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        foreach (var (name, _, _) in tables)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            contents.Add(
                new TableContent(name, reader.GetInt64(0), digests ? Half(reader.GetString(1)) + Half(reader.GetString(2)) : null)
            );
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return contents;
    }

    private void Warn(string message) => connection.Options.Events.Publish(new WarningRaised(message));

    private static string Sum(string seed) =>
        $"COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(r.line, {seed}::pg_catalog.int8)::pg_catalog.numeric), "
        + "0::pg_catalog.numeric)::pg_catalog.text";

    internal static string Half(string sum)
    {
        var number = BigInteger.Parse(sum, CultureInfo.InvariantCulture) & ulong.MaxValue;
        return ((ulong)number).ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <param name="Name">Its name, with its schema.</param>
    /// <param name="IsNameable">Whether a statement can name it.</param>
    /// <param name="IsThere">Whether this server has its rows.</param>
    private sealed record Table(string Name, bool IsNameable, bool IsThere)
    {
        /// <summary>Whether its rows can be read.</summary>
        public bool IsReadable => IsNameable && IsThere;
    }
}
