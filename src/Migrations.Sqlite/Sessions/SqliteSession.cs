using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>What a run does with one SQLite file: lock, history, steps and checks, on one connection.</summary>
internal sealed class SqliteSession : IDatabaseSession
{
    private readonly SqliteHistory _history;
    private readonly ScriptTransaction _transaction;
    private readonly SqliteNonTransactional _nonTransactional;
    private readonly SqliteInspector _inspector;
    private SqliteLock? _lock;

    public SqliteSession(DatabaseTarget target, SessionOptions options, SqliteHandle handle)
    {
        Connection = new SqliteConnection(target, options, handle);
        _history = new SqliteHistory(Connection);
        _transaction = new ScriptTransaction(Connection, _history);
        _nonTransactional = new SqliteNonTransactional(_transaction);
        _inspector = new SqliteInspector(Connection);
    }

    /// <summary>The connection.</summary>
    public SqliteConnection Connection { get; }

    /// <inheritdoc/>
    public DatabaseInfo Info => Connection.Info;

    /// <inheritdoc/>
    public IHistoryStore History => _history;

    /// <inheritdoc/>
    public IForeignTables Foreign => _history.Foreign;

    /// <inheritdoc/>
    public IDatabaseInspector Inspector => _inspector;

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> LockAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        if (Connection.IsInMemory || Connection.Target.IsScratch)
            return new NoLock();
        // Who waits for the migration lock asks again soon, and need not wait for the database.
        Func<Task<bool>>? ask = isNeeded is null ? null : () => Connection.WithoutWaitingAsync(isNeeded);
        _lock = await SqliteLock.TakeAsync(Connection.Target, Connection.Options, ask, cancellationToken).ConfigureAwait(false);
        if (_lock is not null)
            Connection.OnLocked();
        return _lock;
    }

    /// <inheritdoc/>
    public async Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        _nonTransactional.Leave();
        var run = new SqliteRunTransaction(_transaction);
        // Not tried again here: the whole run is.
        await Connection
            .RetryAsync("the run", retries: 0, () => run.Begin(steps, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return run;
    }

    /// <inheritdoc/>
    public Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken) =>
        RunAsync(step, leftOut: null, cancellationToken);

    /// <summary>Runs a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="leftOut">Takes the statements that a rehearsal leaves out because they reach beyond the copy; null: such a statement
    /// ends its script.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<StepOutcome> RunAsync(StepExecution step, List<StatementException>? leftOut, CancellationToken cancellationToken)
    {
        Prepare(step, cancellationToken);
        _nonTransactional.Leave();
        try
        {
            return await RetryAsync(
                    step.Migration.FullName,
                    () => new SqliteStepRunner(_transaction, step, leftOut, cancellationToken).Run(),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        finally
        {
            Connection.Handle.Watch.BusyTimeout = Connection.Options.TableLockTimeout;
            Connection.Handle.Watch.StatementTimeout = null;
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
                    () => _nonTransactional.Run(step, statement, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch
        {
            _nonTransactional.RollBack();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<StatementEvidence> FindEvidenceAsync(ScriptStatement statement, CancellationToken cancellationToken) =>
        RetryAsync("the history", () => SqliteStatementProbe.Find(Connection.Handle, statement), cancellationToken);

    /// <inheritdoc/>
    public Task<BatchKey> FindBatchKeyAsync(BatchStatement batch, CancellationToken cancellationToken) =>
        Connection.Call(() => SqliteBatchKeys.Find(Connection.Handle, batch), cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadValueAsync(string query, CancellationToken cancellationToken) =>
        RetryAsync("the table", () => Connection.Handle.QueryText(query), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ClearAsync(CancellationToken cancellationToken)
    {
        await RetryAsync("clearing the database", () => new SqliteClearing(Connection).Run(), cancellationToken).ConfigureAwait(false);
        return [];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _nonTransactional.Dispose();
        _history.Dispose();
        _inspector.Dispose();
        Connection.Dispose();
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private void Prepare(StepExecution step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _lock?.WorkOn(step.Migration.FullName);
        var header = step.Script.Header;
        Connection.Handle.Watch.BusyTimeout = header.TableLockTimeout ?? Connection.Options.TableLockTimeout;
        Connection.Handle.Watch.StatementTimeout = header.StatementTimeout ?? Connection.Options.StatementTimeout;
    }

    // A step of a whole run is not tried again: the whole run is.
    private Task<T> RetryAsync<T>(string what, Func<T> action, CancellationToken cancellationToken) =>
        Connection.RetryAsync(what, _transaction.IsOfRun ? 0 : Connection.Options.TableLockRetries, action, cancellationToken);

    private sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
