using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>What works on one database through one connection: lock, history, steps and checks.</summary>
internal sealed class PostgreSqlSession : IDatabaseSession
{
    private readonly PostgreSqlHistory _history;
    private readonly PostgreSqlSteps _steps;
    private readonly PostgreSqlNonTransactional _statements;
    private PostgreSqlLock? _lock;

    private PostgreSqlSession(PostgreSqlConnection connection)
    {
        Connection = connection;
        Confinement = connection.Target.IsScratch ? new Confinement(connection.Target) : null;
        Inspector = new PostgreSqlInspector(connection, Confinement);
        _history = new PostgreSqlHistory(connection);
        _steps = new PostgreSqlSteps(connection, _history, Confinement);
        _statements = new PostgreSqlNonTransactional(connection, Confinement);
        connection.Reconnected = LockAgainAsync;
    }

    /// <summary>Connects.</summary>
    public static async Task<PostgreSqlSession> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    ) => new(await PostgreSqlConnection.OpenAsync(target, options, connector, cancellationToken).ConfigureAwait(false));

    /// <summary>Connects, and takes the migration lock unless the database is only looked at.</summary>
    public static async Task<PostgreSqlSession> OpenLockedAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    )
    {
        var session = await OpenAsync(target, options, connector, cancellationToken).ConfigureAwait(false);
        try
        {
            if (options.Access != SessionAccess.Read)
                _ = await session.LockAsync(isNeeded: null, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public DatabaseInfo Info => Connection.Info;

    /// <inheritdoc/>
    public IHistoryStore History => _history;

    /// <inheritdoc/>
    public IForeignTables Foreign => _history.Foreign;

    /// <inheritdoc/>
    public IDatabaseInspector Inspector { get; }

    /// <summary>The connection.</summary>
    public PostgreSqlConnection Connection { get; }

    /// <summary>Keeps what runs here to this database; null on a database that is no scratch database.</summary>
    public Confinement? Confinement { get; }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> LockAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        var taken = new PostgreSqlLock(Connection);
        if (
            !await PostgreSqlErrors
                .TranslateAsync(TakeAsync(taken, isNeeded, cancellationToken), "Taking the migration lock")
                .ConfigureAwait(false)
        )
            return null;
        Connection.HoldLock(taken);
        return _lock = taken;
    }

    // It is taken before anything is changed.
    private async Task<bool> TakeAsync(PostgreSqlLock taken, Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        await Standby.RefuseAsync(Connection, cancellationToken).ConfigureAwait(false);
        return await taken.TakeAsync(isNeeded, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the lock again on a new connection.</summary>
    /// <returns>Whether another run has held it meanwhile, and written the history.</returns>
    private async Task<bool> LockAgainAsync(CancellationToken cancellationToken)
    {
        if (_lock is not { IsReleased: false })
            return false;
        await PostgreSqlErrors
            .TranslateAsync(_lock.TakeAsync(isNeeded: null, cancellationToken), "Taking the migration lock again")
            .ConfigureAwait(false);
        return await PostgreSqlErrors
            .TranslateAsync(_history.HasUnknownRowsAsync(cancellationToken), "Reading the history again")
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken) =>
        _steps.BeginRunAsync(steps, cancellationToken);

    /// <inheritdoc/>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        await PostgreSqlErrors
            .TranslateAsync(_statements.LeaveAsync(cancellationToken), "Restoring the session's settings")
            .ConfigureAwait(false);
        return await _steps.RunAsync(step, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StatementOutcome> ExecuteAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken) =>
        _statements.ExecuteAsync(step, statement, cancellationToken);

    /// <inheritdoc/>
    public Task<StatementEvidence> FindEvidenceAsync(ScriptStatement statement, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlStatementProbe(Connection).FindAsync(statement.Text, cancellationToken),
            "Looking up whether a statement took effect"
        );

    /// <inheritdoc/>
    public async Task<BatchKey> FindBatchKeyAsync(BatchStatement batch, CancellationToken cancellationToken)
    {
        await Connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        return await PostgreSqlErrors
            .TranslateAsync(new PostgreSqlBatchKeys(Connection, batch).FindAsync(cancellationToken), $"Reading the keys of {batch.Table}")
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadValueAsync(string query, CancellationToken cancellationToken)
    {
        await Connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        string? value = null;
        await PostgreSqlErrors
            .TranslateAsync(
                Connection.QueryUnderAsync(OwnSettings.Literals, query, row => value = $"{row.GetValue(0)}", cancellationToken),
                "Reading the rows of a batch"
            )
            .ConfigureAwait(false);
        return value;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ClearAsync(CancellationToken cancellationToken) =>
        new PostgreSqlClearing(Connection).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
    }
}
