using Migrations.Databases;
using Migrations.Events;
using Migrations.Running;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>One connection to one SQLite file.</summary>
internal sealed class SqliteSession : IDatabaseSession
{
    private const int ConfigureForeignKeys = 1002;

    private readonly DatabaseTarget _target;
    private readonly KeptJournal _journal;
    private SqliteLock? _lock;
    private bool _enforcesForeignKeys = true;
    private HistoryMark? _knownBefore;
    private MigrationScript? _outside;

    public SqliteSession(DatabaseTarget target, SessionOptions options, SqliteHandle handle)
    {
        _target = target;
        Options = options;
        Handle = handle;
        _journal = new KeptJournal(handle, RealPath.Of(SqliteTarget.PathOf(target)));
        Journal = new SqliteHistory(handle, target, options.HistoryTable);
        State = new ConnectionState(handle, options.HistoryTable);
        Inspector = new SqliteInspector(this);
        Keyless = new KeylessSchema(handle);
        Info = new DatabaseInfo(SqliteEngine.Name, SqliteLibrary.Current.ToString(), User: null);
    }

    /// <inheritdoc/>
    public DatabaseInfo Info { get; }

    /// <inheritdoc/>
    public IHistoryStore History => Journal;

    /// <inheritdoc/>
    public IDatabaseInspector Inspector { get; }

    /// <summary>The database.</summary>
    public DatabaseTarget Target => _target;

    /// <summary>The connection.</summary>
    public SqliteHandle Handle { get; }

    /// <summary>How the session works.</summary>
    public SessionOptions Options { get; }

    /// <summary>The journal.</summary>
    public SqliteHistory Journal { get; }

    /// <summary>What scripts have set on the connection.</summary>
    public ConnectionState State { get; }

    /// <summary>Whether the schema has foreign keys at all.</summary>
    public KeylessSchema Keyless { get; }

    /// <summary>The transaction of the whole run; null when each step has its own.</summary>
    public SqliteRunTransaction? Run { get; private set; }

    /// <summary>Statements that scripts end with and that run after the commit.</summary>
    public List<ScriptStatement> AfterCommit { get; } = [];

    /// <summary>
    /// Takes the statements that a rehearsal leaves out because they reach beyond the copy; null: such a statement ends its script.
    /// </summary>
    public List<StatementException>? LeftOut { get; set; }

    /// <summary>Whether the database lives in memory, known to this connection alone.</summary>
    public bool IsInMemory => SqliteTarget.IsMemory(_target);

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> LockAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        if (IsInMemory || _target.IsScratch)
            return new NoLock();
        _lock = await SqliteLock
            .TakeAsync(_target, Options, isNeeded is null ? null : () => AskAsync(isNeeded), cancellationToken)
            .ConfigureAwait(false);
        Journal.HoldsLock = _lock is not null;
        return _lock;
    }

    /// <summary>Asks what needs the database without waiting for it: who waits for the migration lock looks again soon.</summary>
    private async Task<bool> AskAsync(Func<Task<bool>> isNeeded)
    {
        var usual = Handle.Watch.BusyTimeout;
        Handle.Watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            return await isNeeded().ConfigureAwait(false);
        }
        finally
        {
            Handle.Watch.BusyTimeout = usual;
        }
    }

    /// <inheritdoc/>
    public async Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        LeaveOutside();
        var run = new SqliteRunTransaction(this);
        // Not tried again here: the whole run is.
        await RetryAsync("the run", () => run.Begin(steps, cancellationToken), cancellationToken, retries: 0).ConfigureAwait(false);
        Run = run;
        return run;
    }

    /// <inheritdoc/>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        Prepare(step, cancellationToken);
        LeaveOutside();
        try
        {
            return await RetryAsync(step.Migration.FullName, () => new StepRunner(this, step, cancellationToken).Run(), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            Handle.Watch.BusyTimeout = Options.TableLockTimeout;
            Handle.Watch.StatementTimeout = null;
        }
    }

    /// <inheritdoc/>
    public async Task<StatementOutcome> ExecuteAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken)
    {
        Prepare(step, cancellationToken);
        try
        {
            return await RetryAsync(
                    step.Migration.FullName,
                    () =>
                    {
                        DemandSameFile();
                        var lost = EnterOutside(step, statement.Index, cancellationToken);
                        return new StatementOutcome(
                            Journal.Watch(() => StatementRunner.Run(this, step, statement, cancellationToken), State),
                            lost
                        );
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch
        {
            // A transaction of the script's own, of which another statement failed or was interrupted.
            if (Handle.InTransaction)
                Handle.Execute("ROLLBACK");
            Journal.Known = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<StatementEvidence> FindEvidenceAsync(ScriptStatement statement, CancellationToken cancellationToken) =>
        RetryAsync("the history", () => SqliteEvidence.Find(Handle, statement), cancellationToken);

    /// <summary>Begins a transaction that may write.</summary>
    /// <param name="modes">How a script wants to begin it.</param>
    /// <param name="isLast">Whether it is the last of its run.</param>
    /// <exception cref="SqliteFailure">Another connection writes.</exception>
    /// <exception cref="LockException">Another run has written the history.</exception>
    public void Begin(string? modes, bool isLast)
    {
        DemandSameFile();
        _journal.OnBegin(isLast);
        Handle.Execute(modes is "EXCLUSIVE" ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE");
        if (Journal.HasUnknownRows())
        {
            RollBack();
            throw new LockException(
                ErrorId.LockLost,
                $"Another run has changed the history of '{_target.Display}' since this one read it, although this one holds the lock.",
                "Do not run migrations on the same file from several machines or containers at once; run the command again.",
                holder: null
            );
        }

        _knownBefore = Journal.Known;
        Journal.CreateIfDue();
    }

    /// <summary>Commits, and puts back what scripts have set.</summary>
    public void Commit()
    {
        DemandSameFile();
        Handle.Execute("COMMIT");
        Journal.OnCommitted();
        _journal.OnCommitted();
        foreach (var statement in AfterCommit)
            RunAfterCommit(statement);
        AfterCommit.Clear();
        WarnOfFileSettings();
        PutBack();
    }

    // A commit into a file that has no name any more would be reported, and be nowhere.
    private void DemandSameFile()
    {
        if (Handle.HasMoved)
            throw SqliteErrors.Replaced(_target);
    }

    /// <summary>Says which settings of the file were not taken: SQLite passes over them without a word.</summary>
    private void WarnOfFileSettings()
    {
        foreach (var warning in State.FileSettings.Ineffective())
            Options.Events.Publish(new WarningRaised(warning));
        State.FileSettings.Forget();
    }

    /// <summary>Undoes the open transaction, if any, and puts back what scripts have set.</summary>
    public void RollBack()
    {
        Handle.Watch.Token = CancellationToken.None;
        AfterCommit.Clear();
        State.FileSettings.Forget();
        Keyless.Forget();
        if (Handle.InTransaction)
        {
            Handle.Execute("ROLLBACK");
            Journal.Known = _knownBefore;
        }

        PutBack();
    }

    /// <summary>
    /// Switches the enforcement of foreign keys, for the next statements of an open transaction too: unlike <c>PRAGMA foreign_keys</c>,
    /// <see href="https://sqlite.org/c3ref/c_dbconfig_defensive.html">SQLITE_DBCONFIG_ENABLE_FKEY</see> heeds none.
    /// </summary>
    public void EnforceForeignKeys(bool on)
    {
        if (on == _enforcesForeignKeys)
            return;
        Handle.Api.Configure(Handle.Pointer, ConfigureForeignKeys, on);
        _enforcesForeignKeys = on;
    }

    /// <summary>Commits the transaction of the whole run.</summary>
    /// <exception cref="MigrationException">It could not be committed, and is rolled back when the run's transaction is
    /// disposed.</exception>
    public void CommitRun()
    {
        try
        {
            Commit();
        }
        catch (SqliteFailure e)
        {
            throw SqliteErrors.Translate(e, _target, Handle);
        }
    }

    /// <summary>Ends the transaction of the whole run; rolls back what is not committed.</summary>
    public void EndRun()
    {
        if (Handle.InTransaction)
            RollBack();
        Run = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_outside is not null)
            WarnOfFileSettings();
        Journal.Dispose();
        _journal.Dispose();
        Handle.Dispose();
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private void Prepare(StepExecution step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _lock?.WorkOn(step.Migration.FullName);
        var header = step.Script.Header;
        Handle.Watch.BusyTimeout = header.TableLockTimeout ?? Options.TableLockTimeout;
        Handle.Watch.StatementTimeout = header.StatementTimeout ?? Options.StatementTimeout;
    }

    /// <summary>
    /// Begins a script without a transaction: foreign keys are enforced or not as they would be in one. One that goes on where an earlier
    /// run stopped needs what its first statements set on that run's connection.
    /// </summary>
    private IReadOnlyList<LostObject> EnterOutside(StepExecution step, int index, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(_outside, step.Script))
            return [];
        LeaveOutside();
        var lost = index == 0 ? Try(step, cancellationToken) : [];
        EnforceForeignKeys(!step.Analysis.SuspendsForeignKeys);
        foreach (var statement in SqliteDialect.Instance.Split(step.Script).Take(index))
        {
            var head = StatementHead.Read(statement.Text);
            if (head.Kind is StatementKind.Attach or StatementKind.Detach || SqlitePragmas.SetsConnection(head))
                StatementRunner.Run(this, step, statement, cancellationToken);
        }

        _outside = step.Script;
        return lost;
    }

    /// <summary>
    /// What a script without a transaction loses or breaks cannot be rolled back. So it is tried in one that is rolled back, where all of
    /// its statements can run in one: what the guard finds then is refused before anything has happened.
    /// </summary>
    private IReadOnlyList<LostObject> Try(StepExecution step, CancellationToken cancellationToken)
    {
        if (!step.Analysis.IsGuarded && step.KeysDue.Count == 0)
            return [];
        try
        {
            return new StepRunner(this, step, cancellationToken).Try();
        }
        catch (StatementException e)
            when (e.Id is not (ErrorId.ForeignKeyBroken or ErrorId.ForeignKeyViolated or ErrorId.RowsLost or ErrorId.ObjectsLost))
        {
            // It fails in its place, and what stands before it stays, as was asked for.
            Options.Events.Publish(
                new WarningRaised(
                    $"{step.Migration.FullName} runs without a transaction, and could not be tried in one first ({e.Message}): what it loses, and what it does to foreign keys, is not checked."
                )
            );
            return [];
        }
    }

    /// <summary>Puts back what scripts without a transaction have set.</summary>
    private void LeaveOutside()
    {
        if (_outside is not null)
            WarnOfFileSettings();
        _outside = null;
        PutBack();
    }

    private void PutBack()
    {
        EnforceForeignKeys(on: true);
        State.Restore();
    }

    private void RunAfterCommit(ScriptStatement statement)
    {
        try
        {
            Handle.Execute(statement.Text);
        }
        catch (SqliteFailure e) when (e.Reach is { } reach)
        {
            var refused = BeyondCopy.Refused(
                SqliteErrors.Hide(reach.Describe(statement.Text), statement.Text),
                SqliteErrors.Cover(statement.Text),
                statement.Location,
                inner: e
            );
            if (LeftOut is null)
                throw refused;
            LeftOut.Add(refused);
        }
        catch (SqliteFailure e)
        {
            Options.Events.Publish(
                new WarningRaised(
                    $"The migration is committed, but its statement '{statement.Text}', which can only run after the commit, failed: {e.Message} [{e.CodeText}]"
                )
            );
        }
    }

    // A writer that another connection keeps out is rolled back and tried again, with growing pauses.
    private async Task<T> RetryAsync<T>(string what, Func<T> action, CancellationToken cancellationToken, int? retries = null)
    {
        var most = retries ?? Options.TableLockRetries;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                return action();
            }
            catch (SqliteFailure) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (SqliteFailure e) when (e.IsBusy && Run is null && attempt <= most)
            {
                pause = RetryPause.After(attempt);
                Options.Events.Publish(new StepRetried(what, attempt, most, pause, Blocker: null));
            }
            catch (SqliteFailure e)
            {
                throw SqliteErrors.Translate(e, _target, Handle);
            }
            catch (StatementException e) when (e.Id is ErrorId.DiskFailed or ErrorId.DatabaseReadOnly && Handle.HasMoved)
            {
                throw SqliteErrors.Replaced(_target, e);
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
