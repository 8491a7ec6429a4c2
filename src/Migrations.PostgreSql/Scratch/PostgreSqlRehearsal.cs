using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Runs a step on a scratch database statement by statement, in one transaction as a run would, and looks after each what it has locked and
/// rewritten.
/// </summary>
/// <param name="session">A session on the scratch database.</param>
/// <param name="step">The step.</param>
internal sealed class PostgreSqlRehearsal(PostgreSqlSession session, StepExecution step)
{
    private readonly PostgreSqlConnection _connection = session.Connection;
    private readonly PostgreSqlHistory _history = new(session.Connection);
    private readonly LockWatch _watch = new(session.Connection);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private NpgsqlBatchCommand? _before;
    private NpgsqlBatchCommand? _check;
    private NpgsqlBatchCommand? _commit;
    private readonly List<StatementException> _leftOut = [];
    private readonly OpenSavepoints _savepoints = new();
    private SqlPiece? _running;
    private int _statements;

    /// <summary>Runs it.</summary>
    public async Task<StepMeasurement> RunAsync(CancellationToken cancellationToken)
    {
        await _connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        // As a run does between its steps: an up that is undone and made again finds no temporary table of its own.
        _connection.Leftovers.Expect();
        await _connection.Leftovers.ClearAsync(cancellationToken).ConfigureAwait(false);
        _ = _connection.TakeStopped();
        // Before the transaction: a script may take another role in it.
        if (session.Confinement is { } confinement)
            await confinement.ReadAsync(_connection, cancellationToken).ConfigureAwait(false);
        // What it does is not seen statement by statement.
        if (step.Script.Code is not null)
            return new StepMeasurement { Outcome = await session.RunAsync(step, cancellationToken).ConfigureAwait(false) };
        try
        {
            var names = await NamesAsync(cancellationToken).ConfigureAwait(false);
            var measured = step.Analysis.OutsideTransaction
                ? await RunOutsideAsync(cancellationToken).ConfigureAwait(false)
                : await RunInsideAsync(cancellationToken).ConfigureAwait(false);
            return measured with { Renamed = Renamed(names, await NamesAsync(cancellationToken).ConfigureAwait(false)) };
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            await _connection.RollBackAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var own = e.BatchCommand as NpgsqlBatchCommand;
            if (own is not null && (own == _before || own == _check) && e.SqlState is PostgresErrorCodes.DivisionByZero)
                throw _history.Errors.Disturbed(step.Entry, e);
            if (own is not null && own == _commit && e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction)
                throw StatementFailure.InCommit(e, step.Migration.FullName);
            throw StatementFailure.Of(e, step.Script, _running, blocker: null, attempts: 1, session.Confinement);
        }
        catch
        {
            await _connection.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The tables by their numbers, which stay with them under another name and in another schema.</summary>
    private async Task<Dictionary<long, string>> NamesAsync(CancellationToken cancellationToken)
    {
        var names = new Dictionary<long, string>();
        await _connection
            .QueryAsync(
                $"""
                SELECT c.oid::pg_catalog.int8, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND c.oid >= {CatalogueScope.FirstOfUsers}
                """,
                row => names[row.GetInt64(0)] = row.GetString(1),
                cancellationToken
            )
            .ConfigureAwait(false);
        return names;
    }

    private static Dictionary<string, string> Renamed(Dictionary<long, string> before, Dictionary<long, string> after) =>
        before
            .Where(b => after.TryGetValue(b.Key, out var name) && !string.Equals(name, b.Value, StringComparison.Ordinal))
            .ToDictionary(b => b.Value, b => after[b.Key], StringComparer.Ordinal);

    private async Task<StepMeasurement> RunInsideAsync(CancellationToken cancellationToken)
    {
        var figures = new StepFigures(_history.Table, _connection.ServerVersion, sharesTransaction: false);
        await _watch.BeginAsync(cancellationToken).ConfigureAwait(false);
        await _connection.ExecuteAsync("BEGIN " + step.Analysis.TransactionModes, cancellationToken).ConfigureAwait(false);
        _ = _connection.TakeCascaded();
        await PrepareAsync(figures, cancellationToken).ConfigureAwait(false);
        var before = await RowsAsync(cancellationToken).ConfigureAwait(false);
        using (var pieces = PostgreSqlStatementReader.Read(step.Script).GetEnumerator())
        {
            while (pieces.MoveNext())
                await PieceAsync(pieces, cancellationToken).ConfigureAwait(false);
        }

        _running = null;
        foreach (var sql in (string[])["RESET SESSION AUTHORIZATION", "RESET ROLE"])
            await _connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        var changes = Subtract(await RowsAsync(cancellationToken).ConfigureAwait(false), before);
        var outcome = await EndAsync(figures, cancellationToken).ConfigureAwait(false);
        return new StepMeasurement
        {
            Outcome = outcome,
            RowsChanged = changes,
            Locks = _watch.Locks(),
            Rewrites = _watch.Rewrites,
            LeftOut = _leftOut,
        };
    }

    private async Task PrepareAsync(StepFigures figures, CancellationToken cancellationToken)
    {
        var limit = step.Script.Header.StatementTimeout ?? _connection.Options.StatementTimeout;
        await _connection
            .QueryAsync(
                "SELECT pg_catalog.set_config('statement_timeout', $1, true)",
                _ => { },
                cancellationToken,
                ((long)(limit?.TotalMilliseconds ?? 0)).ToString(CultureInfo.InvariantCulture)
            )
            .ConfigureAwait(false);
        await _connection
            .QueryAsync("SELECT " + string.Join(", ", figures.Preparations.Append(_history.Guard.Preparation)), _ => { }, cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task PieceAsync(IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        var piece = pieces.Current;
        // The transaction of the script's own is ours, and its modes were in our BEGIN.
        if (
            piece.Kind != SqlPieceKind.Statement
            || StatementClassifier.Classify(piece.Text) is StatementRole.Begin or StatementRole.Commit
            || (_statements == 0 && StatementClassifier.Classify(piece.Text) == StatementRole.SetTransaction)
            || StatementClassifier.IsPassedOver(piece.Text, _connection.ServerVersion)
        )
            return;
        if (await IsLeftOutAsync(piece.Text, step.Script.At(piece.Line, piece.Column), cancellationToken).ConfigureAwait(false))
            return;
        _running = piece;
        _statements++;
        _savepoints.Observe(piece.Text);
        var began = _clock.Elapsed;
        if (piece.CopiesFromClient)
            await CopyData.SendAsync(_connection, piece.Text, pieces, _ => { }, cancellationToken).ConfigureAwait(false);
        else if (session.Confinement?.MakesExtension(piece.Text) == true)
            await session
                .Confinement.MakeExtensionAsync(
                    _connection,
                    () => _connection.ExecuteAsync(piece.Text, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
        else
            await _connection.ExecuteAsync(piece.Text, cancellationToken).ConfigureAwait(false);
        NoteStopped(piece.Text, new ScriptLocation(step.Script.File, piece.Line, piece.Column));
        await _watch.ReadAsync(piece, _clock.Elapsed - began, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsLeftOutAsync(string statement, ScriptLocation location, CancellationToken cancellationToken)
    {
        if (
            session.Confinement is not { } confinement
            || await confinement.RefusalAsync(_connection, statement, location, cancellationToken).ConfigureAwait(false) is not { } refusal
        )
            return false;
        _leftOut.Add(refusal);
        return true;
    }

    private void NoteStopped(string statement, ScriptLocation location)
    {
        if (session.Confinement?.Stopped(_connection, statement, location) is { } stopped)
            _leftOut.Add(stopped);
    }

    private async Task<StepOutcome> EndAsync(StepFigures figures, CancellationToken cancellationToken)
    {
        var (elapsed, rows) = (0L, (long?)null);
        var batch = _connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            _history.Rows.RollBack();
            foreach (var release in _savepoints.Release())
                batch.BatchCommands.Add(release);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET CONSTRAINTS ALL IMMEDIATE"));
            batch.BatchCommands.Add(_before = _history.Guard.Before(step.Entry));
            batch.BatchCommands.Add(_history.InsertMeasured(step.Entry, figures, knownRows: null));
            batch.BatchCommands.Add(_check = _history.Guard.Check(step.Entry, isOurs: true));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("RESET ALL"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(HistoryGuard.Closing));
            batch.BatchCommands.Add(_commit = new NpgsqlBatchCommand("COMMIT"));
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            // The first result is that of the comparison before.
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            _history.Rows.Wrote(reader.GetString(3));
            (elapsed, rows) = (reader.IsDBNull(0) ? 0 : reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
                // An error of the commit comes with its own result.
            }
        }

        _history.Rows.Commit();
        _watch.End();
        return new StepOutcome(TimeSpan.FromMilliseconds(elapsed), rows, _statements) { ObjectsLost = _connection.TakeCascaded() };
    }

    /// <summary>Statements outside a transaction hold their locks for themselves alone, so nothing is left to look at after each.</summary>
    private async Task<StepMeasurement> RunOutsideAsync(CancellationToken cancellationToken)
    {
        long? rows = null;
        var lost = new List<LostObject>();
        foreach (var statement in new PostgreSqlDialect().Split(step.Script))
        {
            if (await IsLeftOutAsync(statement.Text, statement.Location, cancellationToken).ConfigureAwait(false))
                continue;
            _statements++;
            var outcome = await session.ExecuteAsync(step, statement, cancellationToken).ConfigureAwait(false);
            NoteStopped(statement.Text, statement.Location);
            rows = outcome.Rows is { } affected ? (rows ?? 0) + affected : rows;
            lost.AddRange(outcome.ObjectsLost);
        }

        var elapsed = _clock.Elapsed;
        await session
            .History.AppendAsync(
                step.Entry with
                {
                    ExecutionTimeMs = (long)elapsed.TotalMilliseconds,
                    RowsAffected = rows,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return new StepMeasurement
        {
            Outcome = new StepOutcome(elapsed, rows, _statements) { ObjectsLost = lost },
            LeftOut = _leftOut,
        };
    }

    private async Task<Dictionary<string, TableChange>> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, TableChange>(StringComparer.Ordinal);
        await _connection
            .QueryAsync(
                $"""
                SELECT pg_catalog.quote_ident(s.schemaname) || '.' || pg_catalog.quote_ident(s.relname), s.n_tup_ins, s.n_tup_upd,
                    s.n_tup_del
                    FROM pg_catalog.pg_stat_xact_user_tables s
                WHERE s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0 AND s.relid <> COALESCE(pg_catalog.to_regclass($1)::oid, 0::oid)
                """,
                row => rows[row.GetString(0)] = new TableChange(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
                cancellationToken,
                _history.Table
            )
            .ConfigureAwait(false);
        return rows;
    }

    private static List<TableChange> Subtract(Dictionary<string, TableChange> after, Dictionary<string, TableChange> before) =>
        [
            .. after
                .Values.Select(a =>
                    before.GetValueOrDefault(a.Table) is { } b
                        ? new TableChange(a.Table, a.Inserted - b.Inserted, a.Updated - b.Updated, a.Deleted - b.Deleted)
                        : a
                )
                .Where(c => c.Inserted + c.Updated + c.Deleted > 0)
                .OrderBy(c => c.Table, StringComparer.Ordinal),
        ];
}
