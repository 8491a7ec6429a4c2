using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Copies a database into an empty one: <c>pg_dump</c> into <c>pg_restore</c>, without a file between.</summary>
/// <param name="origin">A session on the origin.</param>
/// <param name="to">The empty database.</param>
/// <param name="options">Name the history table.</param>
internal sealed class PostgreSqlCopy(PostgreSqlConnection origin, DatabaseTarget to, SessionOptions options)
{
    /// <summary>Copies it.</summary>
    public async Task RunAsync(ScratchContent content, Lazy<PostgreSqlSources> sources, CancellationToken cancellationToken)
    {
        if (content == ScratchContent.Empty)
            return;
        var tools = ClientTools.For(origin.Npgsql.PostgreSqlVersion);
        string[] part = content == ScratchContent.Schema ? ["--schema-only"] : [];
        if (TransactionTimeout.IsKnown(tools.Version) && !TransactionTimeout.IsKnown(origin.ServerVersion))
            await PipeScriptAsync(tools, part, cancellationToken).ConfigureAwait(false);
        else if (await PipeAsync(tools, part, cancellationToken).ConfigureAwait(false) is { Count: > 0 } broken)
            await AddAsync(broken, sources, cancellationToken).ConfigureAwait(false);
        if (content == ScratchContent.Schema)
            await HistoryAsync(sources, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Foreign keys that rows of the origin break are there in the copy too.</summary>
    private async Task AddAsync(IReadOnlyList<string> broken, Lazy<PostgreSqlSources> sources, CancellationToken cancellationToken)
    {
        var connection = await PostgreSqlConnection
            .OpenAsync(to, options, new PostgreSqlConnector(to, sources.Value), cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            await BrokenForeignKeys.AddAsync(connection, broken, cancellationToken).ConfigureAwait(false);
    }

    private async Task PipeScriptAsync(ClientTools tools, string[] more, CancellationToken cancellationToken)
    {
        var dump = ClientProcess.Start(
            tools,
            "pg_dump",
            origin.Target,
            ["--format=plain", .. PostgreSqlRestore.Rights(withOwners: false), ClientTools.LockLimit(options), .. more]
        );
        await using var _ = dump.ConfigureAwait(false);
        dump.Input.Close();
        var filter = new ScriptFilter(
            withOwners: true,
            origin.ServerVersion,
            new DumpGuard($"The dump of {origin.Target.Display}", acceptUnseen: true)
        );
        await new ScriptLoader(tools, to, filter).LoadAsync(dump, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> PipeAsync(ClientTools tools, string[] more, CancellationToken cancellationToken)
    {
        var dump = ClientProcess.Start(
            tools,
            "pg_dump",
            origin.Target,
            ["--format=custom", "--compress=0", ClientTools.LockLimit(options), .. more]
        );
        await using var _ = dump.ConfigureAwait(false);
        dump.Input.Close();
        var broken = new BrokenForeignKeys();
        var restore = ClientProcess.Start(tools, "pg_restore", to, PostgreSqlRestore.Arguments(to, withOwners: false), broken.IsBearable);
        await using var __ = restore.ConfigureAwait(false);
        var chatter = restore.Output.CopyToAsync(Stream.Null, cancellationToken);
        IOException? closed = null;
        try
        {
            await dump.Output.CopyToAsync(restore.Input, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            closed = e; // One of the two has ended; its own words say why.
        }

        try
        {
            restore.Input.Close();
        }
        catch (IOException e)
        {
            closed ??= e;
        }

        if (closed is null)
            await dump.WaitAsync(cancellationToken).ConfigureAwait(false);
        await restore.WaitAsync(cancellationToken).ConfigureAwait(false);
        await chatter.ConfigureAwait(false);
        if (closed is not null)
            await dump.WaitAsync(cancellationToken).ConfigureAwait(false);
        return broken.Statements;
    }

    /// <summary>The history's rows: with them the copy knows what is applied.</summary>
    private async Task HistoryAsync(Lazy<PostgreSqlSources> sources, CancellationToken cancellationToken)
    {
        var table = HistoryTable.Of(origin.Options);
        if (!await origin.AnyAsync("SELECT 1 WHERE pg_catalog.to_regclass($1) IS NOT NULL", cancellationToken, table).ConfigureAwait(false))
            return;
        var connection = await new PostgreSqlConnector(to, sources.Value).OpenAsync(options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var source = await origin
            .Npgsql.BeginRawBinaryCopyAsync($"COPY {table} TO STDOUT (FORMAT binary)", cancellationToken)
            .ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var sink = await connection
                .BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT binary)", cancellationToken)
                .ConfigureAwait(false);
            await using (sink.ConfigureAwait(false))
                await source.CopyToAsync(sink, cancellationToken).ConfigureAwait(false);
        }

        // The next row's number goes on where the origin's stands.
        var batch = connection.CreateBatch();
        await using var __ = batch.ConfigureAwait(false);
        var next = new NpgsqlBatchCommand(
            $"SELECT pg_catalog.setval(s.name, COALESCE((SELECT pg_catalog.max(id) FROM {table}), 0) OPERATOR(pg_catalog.+) "
                + "1, false) FROM (SELECT pg_catalog.pg_get_serial_sequence($1, 'id') AS name) s WHERE s.name IS NOT NULL"
        );
        next.Parameters.Add(PostgreSqlText.Parameter(table));
        batch.BatchCommands.Add(next);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
