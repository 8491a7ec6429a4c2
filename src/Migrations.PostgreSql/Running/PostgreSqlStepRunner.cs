using System.Globalization;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Runs one script and its history row in one transaction, in one round trip where that is possible: a pre-split batch, cut only at COPY
/// and when it is large.
/// </summary>
internal sealed class PostgreSqlStepRunner(
    PostgreSqlConnection connection,
    PostgreSqlHistory history,
    Confinement? confinement,
    StepExecution step
)
{
    private const int MostCharacters = 1024 * 1024;
    private const int MostCommands = 1000;

    private readonly Dictionary<NpgsqlBatchCommand, SqlPiece> _sent = [];
    private readonly bool _isInRun = connection.IsInRun;
    private readonly StepFigures _figures = new(history.Table, connection.ServerVersion, connection.IsInRun);
    private readonly FreshTables _fresh = new();
    private readonly OpenSavepoints _savepoints = new();
    private NpgsqlBatch _batch = connection.CreateBatch();
    private NpgsqlBatchCommand? _guard;
    private NpgsqlBatchCommand? _before;
    private NpgsqlBatchCommand? _insert;
    private NpgsqlBatchCommand? _check;
    private NpgsqlBatchCommand? _commit;
    private NpgsqlBatchCommand? _verification;
    private readonly HashSet<NpgsqlBatchCommand> _prepares = [];
    private readonly HashSet<NpgsqlBatchCommand> _beside = [];

    // Sent apart from the batch.
    private SqlPiece? _alone;
    private int _characters;
    private long _bytes;
    private bool _hasBegun;
    private bool _onlyDefines = true;
    private bool _wasQuiet;
    private long _knownRows;
    private long _elapsed;
    private long? _rows;

    /// <summary>The least that a statement waits for a table lock, however little it is allowed: so that an autovacuum yields.</summary>
    public TimeSpan ShortestLockTimeout { private get; init; }

    /// <summary>How long a statement may wait for a table lock.</summary>
    public TimeSpan TableLockTimeout =>
        LockTimeouts.Longer(step.Script.Header.TableLockTimeout ?? connection.Options.TableLockTimeout, ShortestLockTimeout);

    /// <summary>Whether COMMIT has been sent.</summary>
    public bool MayHaveCommitted { get; private set; }

    /// <summary>How many statements of the script were sent.</summary>
    public int Statements { get; private set; }

    /// <summary>Runs the step.</summary>
    public async Task<StepOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var unbalanced = connection.UnbalancedTransactions;
        _ = connection.TakeCascaded();
        if (!_isInRun)
            history.Rows.RollBack();
        step.Rows?.Restart();
        var isDone = false;
        try
        {
            await connection.Leftovers.ClearAsync(cancellationToken).ConfigureAwait(false);
            if (step.Script.Code is not null && !_isInRun)
                await connection.BeginForCodeAsync(modes: null, cancellationToken).ConfigureAwait(false);
            Begin();
            if (step.Script.Code is null)
                await RunScriptAsync(cancellationToken).ConfigureAwait(false);
            else
                await RunCodeAsync(cancellationToken).ConfigureAwait(false);
            ResetRole();
            foreach (var release in _savepoints.Release())
                Add(release);
            End(
                step.IsLast
                    ? step.Entry with
                    {
                        SchemaFingerprint = await FingerprintAsync(cancellationToken).ConfigureAwait(false),
                    }
                    : step.Entry
            );
            MayHaveCommitted = !_isInRun;
            await SendAsync(cancellationToken).ConfigureAwait(false);
            connection.Prepared.Confirm();
            if (!_isInRun)
                history.Rows.Commit();
            isDone = true;
        }
        finally
        {
            if (!isDone)
                connection.Leftovers.Expect();
            await _batch.DisposeAsync().ConfigureAwait(false);
        }

        if (connection.UnbalancedTransactions > unbalanced)
            throw Unbalanced();
        return new StepOutcome(TimeSpan.FromMilliseconds(_elapsed), _rows, Statements) { ObjectsLost = connection.TakeCascaded() };
    }

    private async Task RunScriptAsync(CancellationToken cancellationToken)
    {
        using var pieces = PostgreSqlStatementReader.Read(step.Script).GetEnumerator();
        while (pieces.MoveNext())
            await PieceAsync(pieces, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunCodeAsync(CancellationToken cancellationToken)
    {
        LeaveDefinitions("");
        Add(CommitGuard.Declaration);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        await new CodeRunner(connection, step).RunAsync(cancellationToken).ConfigureAwait(false);
        Add(CommitGuard.Release);
    }

    /// <summary>
    /// Whether a step failed because a script has changed what was prepared for it: it runs again without. The answer to that is then the
    /// server's to the statements in full.
    /// </summary>
    public bool MissesPrepared(PostgresException e) =>
        e.BatchCommand is NpgsqlBatchCommand command
        && (
            ReferenceEquals(command, _verification)
            || _prepares.Contains(command)
            || (e.SqlState is PostgresErrorCodes.InvalidSqlStatementName && IsAnyOf(command, _guard, _before, _insert, _check))
        );

    /// <summary>Whether a step failed because the history was not as it should be where little was looked at: it runs again, and all
    /// is.</summary>
    public bool MustLookAtAll(PostgresException e) =>
        _wasQuiet && e.SqlState is PostgresErrorCodes.DivisionByZero && IsAnyOf(e.BatchCommand, _check);

    /// <summary>The engine's error for a server's error: which statement, where in the file, what to do.</summary>
    public MigrationException Translate(PostgresException e, Blocker? blocker, int attempts)
    {
        if (ReferenceEquals(e.BatchCommand, _guard) && _guard is not null && e.SqlState is PostgresErrorCodes.DivisionByZero)
            return PostgreSqlLock.Lost(step.Migration.FullName);
        if (IsAnyOf(e.BatchCommand, _guard, _before, _insert, _check))
            return IsAnyOf(e.BatchCommand, _before, _check) && e.SqlState is PostgresErrorCodes.DivisionByZero
                ? history.Errors.Disturbed(step.Entry, e)
                : history.Errors.Refused(e, "Writing");
        if (e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction && IsAnyOf(e.BatchCommand, _commit))
            return StatementFailure.InCommit(e, step.Migration.FullName);
        if (e.BatchCommand is NpgsqlBatchCommand beside && _beside.Contains(beside))
            return OutOfStep.Error(step.Entry, $"{e.MessageText} ({e.SqlState})", e);
        var piece = _alone ?? (e.BatchCommand is NpgsqlBatchCommand command ? _sent.GetValueOrDefault(command) : null);
        return StatementFailure.Of(e, step.Script, piece, blocker, attempts, confinement);
    }

    private static bool IsAnyOf(NpgsqlBatchCommand? command, params ReadOnlySpan<NpgsqlBatchCommand?> own)
    {
        foreach (var one in own)
        {
            if (one is not null && ReferenceEquals(command, one))
                return true;
        }

        return false;
    }

    private void Begin()
    {
        if (!_isInRun && step.Script.Code is null)
            Add("BEGIN " + step.Analysis.TransactionModes);
        var guard = new NpgsqlBatchCommand();
        string Set(string name, string value)
        {
            guard.Parameters.Add(PostgreSqlText.Parameter(value));
            return string.Create(CultureInfo.InvariantCulture, $"pg_catalog.set_config('{name}', ${guard.Parameters.Count}, true)");
        }

        var settings = new List<string>
        {
            Set("lock_timeout", Milliseconds(TableLockTimeout)),
            Set("application_name", ApplicationName.Of(step.Migration.FullName)),
        };
        if (connection.ReadsBackslashes)
            settings.Add("pg_catalog.set_config('standard_conforming_strings', 'on', true)");
        if (connection.Server.ClientCheck is { } check)
            settings.Add($"pg_catalog.set_config('{check.Name}', '{check.Value}', true)");
        if ((step.Script.Header.StatementTimeout ?? connection.Options.StatementTimeout) is { } limit)
            settings.Add(Set("statement_timeout", Milliseconds(limit)));
        if (_isInRun)
            settings.AddRange(_figures.Preparations);
        settings.Add(history.Guard.Preparation);
        if (connection.Guard is { } isLocked)
            settings.Add(isLocked);
        guard.CommandText = "SELECT " + string.Join(", ", settings);
        _guard = Add(Own(guard));
    }

    private void ResetRole()
    {
        if (_onlyDefines)
            return;
        Add("RESET SESSION AUTHORIZATION");
        Add("RESET ROLE");
    }

    /// <summary>
    /// The schema as the script leaves it, read in its transaction. That it cannot be read (others lock it) is no reason to take the script
    /// back. The savepoint restores the script's own settings, which hold for triggers.
    /// </summary>
    private async Task<string?> FingerprintAsync(CancellationToken cancellationToken)
    {
        Add("SAVEPOINT migrations_look");
        await SendAsync(cancellationToken).ConfigureAwait(false);
        Add("ROLLBACK TO SAVEPOINT migrations_look");
        Add("RELEASE SAVEPOINT migrations_look");
        try
        {
            return await new PostgreSqlSchemaReader(connection)
                .ReadFingerprintAsync(ofDump: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether nothing of the user's has run in the transaction, nor can before its end: definitions alone, and values put into tables that
    /// were made by them. What they change of the history shows in the table's file and its last row.
    /// </summary>
    private bool IsQuiet =>
        !_isInRun
        && _onlyDefines
        && step.Script.Code is null
        && step.Entry.Beside.Count == 0
        && !connection.Server.MayRunCode
        && (_knownRows == 0 || !connection.Server.HasDomains);

    private void End(JournalEntry entry)
    {
        // Deferred constraints are checked by functions of the user's, under the script's own search_path. In the transaction of a run the
        // steps that follow may be what fulfils them, so there they are checked with the last. Those of our own row are checked at once.
        var isQuiet = IsQuiet;
        if (isQuiet ? _knownRows > 0 : !_isInRun || step.ClosesTransaction)
            Add("SET CONSTRAINTS ALL IMMEDIATE");
        // In the transaction of a run our own rows hold the lock; all are compared before its COMMIT.
        if (!_isInRun && !isQuiet)
            _before = Add(Own(history.Guard.Before(entry)));
        _insert = Add(Own(history.InsertMeasured(entry, _figures, _onlyDefines ? _knownRows : null)));
        _check = Add(Own(isQuiet ? history.Guard.CheckQuiet(entry) : history.Guard.Check(entry, isOurs: true)));
        _wasQuiet = isQuiet;
        _beside.UnionWith(entry.Beside.Select(Add));
        if (UsesPrepared && connection.Server.MayRunCode && connection.Prepared.IsAny)
            _verification = Add(connection.Prepared.Verification);
        if (!_onlyDefines)
            Add("RESET ALL"); // What the script has set on the connection must not reach the next one.
        if (UsesPrepared && !step.IsLast)
            _prepares.UnionWith(connection.Prepared.Prepare().Select(Add));
        if (_isInRun)
            return;
        if (!isQuiet)
            Add(HistoryGuard.Closing);
        _commit = Add(new NpgsqlBatchCommand("COMMIT"));
    }

    /// <summary>Whether a statement defines something, or fills what the script has defined before, and does nothing else.</summary>
    private bool OnlyDefines(string statement)
    {
        if (StatementClassifier.IsDefinition(statement))
        {
            connection.Server.ObserveDefinition(statement);
            _fresh.Observe(statement);
            return true;
        }

        if (connection.Server.MayHaveEventTriggers || !_figures.TakesRowsFromScript || _fresh.RowsOf(statement) is not { } rows)
            return false;
        _knownRows += rows;
        return true;
    }

    /// <summary>From here on anything may change: only now the counting of rows is worth preparing.</summary>
    private void LeaveDefinitions(string statement)
    {
        _onlyDefines = false;
        connection.Server.ObserveOther(statement);
        connection.Leftovers.Expect();
        if (!_isInRun && _figures.Preparations.Any())
            Add("SELECT " + string.Join(", ", _figures.Preparations));
    }

    private async Task PieceAsync(IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        var piece = pieces.Current;
        _bytes += Encoding.UTF8.GetByteCount(piece.Text);
        if (piece.Kind != SqlPieceKind.Statement || IsTakenOff(piece))
            return;
        if (confinement is not null)
            await ConfineAsync(confinement, piece, cancellationToken).ConfigureAwait(false);
        Statements++;
        _savepoints.Observe(piece.Text);
        if (_onlyDefines && !OnlyDefines(piece.Text))
            LeaveDefinitions(piece.Text);
        if (piece.CopiesFromClient)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
            await CopyAsync(piece, pieces, cancellationToken).ConfigureAwait(false);
            Advanced();
            return;
        }

        if (step.Rows is { } rows && QueryRows.MayComeFrom(piece.Text))
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
            _alone = piece;
            await QueryRows.ReadAsync(connection, piece.Text, rows, cancellationToken).ConfigureAwait(false);
            _alone = null;
            return;
        }

        _sent.Add(Add(piece.Text), piece);
        _characters += piece.Text.Length;
        if (confinement?.MakesExtension(piece.Text) == true)
            await confinement.MakeExtensionAsync(connection, () => SendAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        if (_characters >= MostCharacters || _batch.BatchCommands.Count >= MostCommands)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
            Advanced();
        }
    }

    /// <summary>
    /// On a scratch database a statement that reaches beyond it ends the step, and one that makes an extension travels alone.
    /// </summary>
    private async Task ConfineAsync(Confinement scratch, SqlPiece piece, CancellationToken cancellationToken)
    {
        var location = step.Script.At(piece.Line, piece.Column);
        if (await scratch.RefusalAsync(connection, piece.Text, location, cancellationToken).ConfigureAwait(false) is { } refusal)
            throw refusal;
        if (scratch.MakesExtension(piece.Text))
            await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a statement belongs to the script's own transaction, in whose place stands ours, or is a dump's for newer servers.
    /// </summary>
    private bool IsTakenOff(SqlPiece piece)
    {
        if (StatementClassifier.IsPassedOver(piece.Text, connection.ServerVersion))
            return true;
        var role = StatementClassifier.Classify(piece.Text);
        if (role is StatementRole.Begin or StatementRole.Commit)
            return true;
        if (role == StatementRole.SetTransaction && !_hasBegun)
            return true;
        _hasBegun |= role is not StatementRole.Setting;
        return false;
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_batch.BatchCommands.Count > 0)
        {
            var reader = await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            do
            {
                if (reader.FieldCount == 4 && string.Equals(reader.GetName(0), PostgreSqlHistory.ElapsedColumn, StringComparison.Ordinal))
                    await FiguresAsync(reader, cancellationToken).ConfigureAwait(false);
            } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        }

        await _batch.DisposeAsync().ConfigureAwait(false);
        _batch = connection.CreateBatch();
        _sent.Clear();
        _characters = 0;
    }

    private async Task FiguresAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return;
        _elapsed = reader.IsDBNull(0) ? 0 : reader.GetInt64(0);
        _rows = reader.IsDBNull(1) ? null : reader.GetInt64(1);
        connection.Leftovers.Found(reader.GetBoolean(2));
        history.Rows.Wrote(reader.GetString(3));
    }

    private async Task CopyAsync(SqlPiece piece, IEnumerator<SqlPiece> pieces, CancellationToken cancellationToken)
    {
        _alone = piece;
        await CopyData.SendAsync(connection, piece.Text, pieces, count => _bytes += count, cancellationToken).ConfigureAwait(false);
        _alone = null;
    }

    private void Advanced() =>
        connection.Options.Events.Publish(
            new ScriptAdvanced(step.Migration.FullName, Math.Min(_bytes, step.Script.Length), step.Script.Length)
        );

    // A pooler may give each transaction another backend. In the transaction of a run the steps cannot run again, so nothing is prepared
    // that a script could change.
    private bool UsesPrepared =>
        step.Script.Code is null && !connection.IsPooled && !connection.Prepared.IsStopped && !(_isInRun && connection.Server.MayRunCode);

    private NpgsqlBatchCommand Own(NpgsqlBatchCommand command) => UsesPrepared ? connection.Prepared.Of(command) : command;

    private NpgsqlBatchCommand Add(string sql) => Add(new NpgsqlBatchCommand(sql));

    private NpgsqlBatchCommand Add(NpgsqlBatchCommand command)
    {
        _batch.BatchCommands.Add(command);
        return command;
    }

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)time.TotalMilliseconds)}ms");

    private StatementException Unbalanced() =>
        new(
            ErrorId.TransactionUnbalanced,
            $"A statement of {step.Migration.FullName} ended the transaction that script and history share.",
            "Take out what commits or rolls back (a CALL of a procedure that commits, for example), then compare the "
                + "database with the script by hand."
        )
        {
            Location = new ScriptLocation(step.Script.File, step.Script.FirstLine),
        };
}
