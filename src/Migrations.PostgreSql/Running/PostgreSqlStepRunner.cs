using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Runs one script, or the code of one, and its history row in one transaction, in one round trip where that is possible.
/// </summary>
internal sealed class PostgreSqlStepRunner
{
    private readonly PostgreSqlConnection _connection;
    private readonly PostgreSqlHistory _history;
    private readonly Confinement? _confinement;
    private readonly StepExecution _step;
    private readonly bool _isInRun;
    private readonly StepBatch _batch;
    private readonly StepContent _content;
    private readonly StepFrame _frame;
    private readonly StepScript _script;

    public PostgreSqlStepRunner(PostgreSqlConnection connection, PostgreSqlHistory history, Confinement? confinement, StepExecution step)
    {
        (_connection, _history, _confinement, _step) = (connection, history, confinement, step);
        _isInRun = connection.IsInRun;
        var figures = new StepFigures(history.Table, connection.ServerVersion, _isInRun);
        _batch = new StepBatch(connection, history, step);
        _content = new StepContent(connection, step, figures);
        _frame = new StepFrame(connection, history, step, _batch, _content, figures);
        _script = new StepScript(connection, step, _batch, _content, confinement);
    }

    /// <summary>The least that a statement waits for a table lock, however little it is allowed: so that an autovacuum yields.</summary>
    public TimeSpan ShortestLockTimeout { private get; init; }

    /// <summary>How long a statement may wait for a table lock.</summary>
    public TimeSpan TableLockTimeout =>
        LockTimeouts.Longer(_step.Script.Header.TableLockTimeout ?? _connection.Options.TableLockTimeout, ShortestLockTimeout);

    /// <summary>Whether COMMIT has been sent.</summary>
    public bool MayHaveCommitted { get; private set; }

    /// <summary>How many statements of the script were sent.</summary>
    public int Statements => _script.Statements;

    /// <summary>Runs the step.</summary>
    public async Task<StepOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var unbalanced = _connection.UnbalancedTransactions;
        _ = _connection.TakeCascaded();
        if (!_isInRun)
            _history.Rows.RollBack();
        _step.Rows?.Restart();
        var isDone = false;
        try
        {
            await RunInTransactionAsync(cancellationToken).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            if (!isDone)
                _connection.Leftovers.Expect();
            await _batch.DisposeAsync().ConfigureAwait(false);
        }

        if (_connection.UnbalancedTransactions > unbalanced)
            throw Unbalanced();
        return new StepOutcome(TimeSpan.FromMilliseconds(_batch.Elapsed), _batch.Rows, Statements)
        {
            ObjectsLost = _connection.TakeCascaded(),
            Answer = _batch.Answer,
        };
    }

    private async Task RunInTransactionAsync(CancellationToken cancellationToken)
    {
        await _connection.Leftovers.ClearAsync(cancellationToken).ConfigureAwait(false);
        if (_step.Script.Code is not null && !_isInRun)
            await _connection.BeginForCodeAsync(modes: null, cancellationToken).ConfigureAwait(false);
        _frame.Begin(TableLockTimeout);
        if (_step.Script.Code is null)
            await _script.RunAsync(cancellationToken).ConfigureAwait(false);
        else
            await RunCodeAsync(cancellationToken).ConfigureAwait(false);
        _frame.ResetRole();
        foreach (var release in _script.Releases)
            _batch.Add(release);
        _frame.End(
            _step.IsLast
                ? _step.Entry with
                {
                    SchemaFingerprint = await _frame.FingerprintAsync(cancellationToken).ConfigureAwait(false),
                }
                : _step.Entry
        );
        MayHaveCommitted = !_isInRun;
        await _batch.SendAsync(cancellationToken).ConfigureAwait(false);
        _connection.Prepared.Confirm();
        if (!_isInRun)
            _history.Rows.Commit();
    }

    private async Task RunCodeAsync(CancellationToken cancellationToken)
    {
        _content.Leave("", _batch);
        _batch.Add(CommitGuard.Declaration);
        await _batch.SendAsync(cancellationToken).ConfigureAwait(false);
        await new CodeRunner(_connection, _step).RunAsync(cancellationToken).ConfigureAwait(false);
        _batch.Add(CommitGuard.Release);
    }

    /// <summary>Whether a step failed because a script has changed what was prepared for it: it runs again without.</summary>
    public bool MissesPrepared(PostgresException e) => _frame.MissesPrepared(e);

    /// <summary>Whether a step failed because the history was not as it should be where little was looked at: it runs again, and all
    /// is.</summary>
    public bool MustLookAtAll(PostgresException e) => _frame.MustLookAtAll(e);

    /// <summary>The engine's error for a server's error: which statement, where in the file, what to do.</summary>
    public MigrationException Translate(PostgresException e, Blocker? blocker, int attempts) =>
        _frame.Translate(e) ?? StatementFailure.Of(e, _step.Script, _script.Alone ?? _batch.PieceOf(e), blocker, attempts, _confinement);

    private StatementException Unbalanced() =>
        new(
            ErrorId.TransactionUnbalanced,
            $"A statement of {_step.Migration.FullName} ended the transaction that script and history share.",
            "Take out what commits or rolls back (a CALL of a procedure that commits, for example), then compare the "
                + "database with the script by hand."
        )
        {
            Location = new ScriptLocation(_step.Script.File, _step.Script.FirstLine),
        };
}
