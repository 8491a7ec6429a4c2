using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Runs the statements of a declared check in a transaction that is rolled back. Each travels alone, so that none can hide a COMMIT in
/// another; what would end the transaction is refused, and procedures cannot end it (<see
/// href="https://www.postgresql.org/docs/current/plpgsql-transactions.html"/>). What a rollback does not undo, the positions of sequences,
/// is compared before and after.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="confinement">Keeps them to the database; null on one that is no scratch database.</param>
/// <param name="query">The statements.</param>
internal sealed class PostgreSqlDeclaredCheckQuery(PostgreSqlConnection connection, Confinement? confinement, Query query)
{
    private const string Explain = "EXPLAIN (FORMAT JSON) ";

    private readonly Stopwatch _clock = new();
    private QueryAnswer _answer = new();

    /// <summary>Runs them.</summary>
    public async Task<QueryAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var statements = await StatementsAsync(cancellationToken).ConfigureAwait(false);
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var before = await SequencesAsync(cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        _clock.Start();
        HashSet<string>? touched = null;
        try
        {
            for (var i = 0; i < statements.Count && _answer.Error is null; i++)
                await RunAsync(statements[i], isLast: i == statements.Count - 1, cancellationToken).ConfigureAwait(false);
            if (_answer.Error is null)
                touched = await TouchedAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await connection.RollBackAsync().ConfigureAwait(false);
        }

        // Npgsql closes the connection at an internal error of the server.
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var after = await SequencesAsync(cancellationToken).ConfigureAwait(false);
        var moved = after.Where(s => before.TryGetValue(s.Key, out var was) && was != s.Value && touched?.Contains(s.Key) != false);
        return _answer with { Remains = [.. moved.Select(s => Moved(s.Key, before[s.Key], s.Value))] };
    }

    /// <summary>
    /// The sequences that this transaction has moved, by the locks that it holds: others move theirs meanwhile. After an error they cannot
    /// be asked.
    /// </summary>
    private async Task<HashSet<string>> TouchedAsync(CancellationToken cancellationToken)
    {
        var touched = new HashSet<string>(StringComparer.Ordinal);
        await connection
            .QueryAsync(
                """
                SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind = 'S'
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
                """,
                row => touched.Add(row.GetString(0)),
                cancellationToken
            )
            .ConfigureAwait(false);
        return touched;
    }

    private static string Moved(string sequence, long? from, long? to) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The sequence {sequence} moved on {(from is null ? "" : $"from {from} ")}to {to}; a rollback does not take it back."
        );

    private async Task<List<SqlPiece>> StatementsAsync(CancellationToken cancellationToken)
    {
        using var reader = new StringReader(query.Sql);
        var statements = PostgreSqlStatementReader.Read(reader, query.Location.Line).Where(p => p.Kind == SqlPieceKind.Statement).ToList();
        foreach (var statement in statements)
        {
            var location = new ScriptLocation(query.Location.File, statement.Line, statement.Column);
            if (
                confinement is not null
                && await confinement.RefusalAsync(connection, statement.Text, location, cancellationToken).ConfigureAwait(false)
                    is { } refusal
            )
                throw refusal;
            var role = StatementClassifier.Classify(statement.Text);
            if (
                role is not (StatementRole.Ordinary or StatementRole.Setting or StatementRole.Analyze or StatementRole.SetTransaction)
                || statement.CopiesFromClient
            )
            {
                throw new MigrationException(
                    ErrorId.CheckInvalid,
                    $"The check at line {statement.Line} of '{Path.GetFileName(query.Location.File)}' says "
                        + $"{new StatementWords(statement.Text)[0]}: a check runs in a transaction that is rolled back, and nothing in "
                        + "it may end that transaction, need to run outside of one, or copy to or from the client.",
                    "Take the statement out of the check."
                )
                {
                    Location = location,
                };
            }
        }

        return statements;
    }

    private async Task RunAsync(SqlPiece statement, bool isLast, CancellationToken cancellationToken)
    {
        // The words before the statement must not move the place of an error in the file.
        if (query.Explain && isLast)
            statement = statement with { Text = Explain + statement.Text, Column = statement.Column - Explain.Length };
        var left = Math.Max(1, (long)(query.Timeout - _clock.Elapsed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        try
        {
            await connection
                .QueryAsync(
                    "SELECT pg_catalog.set_config('statement_timeout', $1, true), pg_catalog.set_config('lock_timeout', $1, true)",
                    _ => { },
                    cancellationToken,
                    left
                )
                .ConfigureAwait(false);
            if (query.Explain && isLast)
                await ExplainAsync(statement, cancellationToken).ConfigureAwait(false);
            else
                await FetchAsync(statement.Text, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = StatementFailure.Of(e, Script(), statement, blocker: null, attempts: 1);
            if (confinement is not null && Barrier.Stopped(failure) is not null)
                throw confinement.Judge(failure);
            _answer = new QueryAnswer
            {
                Error = failure,
                IsErrorOfRows = PostgreSqlErrors.IsOfRows(e),
                IsParentMissing = e.SqlState is PostgresErrorCodes.ForeignKeyViolation,
            };
        }
    }

    private async Task FetchAsync(string sql, CancellationToken cancellationToken)
    {
        // The whole statement as it is; a body with semicolons of its own gives no rows and may travel as a batch.
        if (new StatementWords(sql).Contain("ATOMIC"))
        {
            await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
            return;
        }

        var command = new NpgsqlCommand(sql, connection.Npgsql) { AllResultTypesAreUnknown = true };
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        if (reader.FieldCount == 0)
            return;
        var (count, rows) = (0L, new List<IReadOnlyList<string?>>());
        for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false); count++)
        {
            if (rows.Count < query.KeptRows)
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        }

        _answer = new QueryAnswer
        {
            RowCount = count,
            Columns = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)],
            Rows = rows,
        };
    }

    private async Task ExplainAsync(SqlPiece statement, CancellationToken cancellationToken)
    {
        var json = "";
        await connection.QueryAsScriptAsync(statement.Text, row => json = row.GetString(0), cancellationToken).ConfigureAwait(false);
        _answer = new QueryAnswer { Plan = PlanText.Of(json) };
    }

    private async Task<Dictionary<string, long?>> SequencesAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long?>(StringComparer.Ordinal);
        await connection
            .QueryAsync(
                "SELECT pg_catalog.quote_ident(schemaname) || '.' || pg_catalog.quote_ident(sequencename), last_value FROM "
                    + "pg_catalog.pg_sequences",
                row => found[row.GetString(0)] = row.IsDBNull(1) ? null : row.GetInt64(1),
                cancellationToken
            )
            .ConfigureAwait(false);
        return found;
    }

    private MigrationScript Script() => MigrationScript.OfText(query.Location.File, query.Sql);
}
