using Migrations.Databases;
using Migrations.Events;
using Migrations.Sql;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>One connection to one database, and the means to get another when it breaks.</summary>
internal sealed class PostgreSqlSession : IDatabaseSession
{
    private const string Overtaken = "1 OPERATOR(pg_catalog./) 0";

    private readonly PostgreSqlHistory _history;
    private readonly PostgreSqlSteps _steps;
    private readonly PostgreSqlOutside _outside;
    private PostgreSqlLock? _lock;
    private bool _silent;
    private bool _wasOvertaken;

    private PostgreSqlSession(DatabaseTarget target, SessionOptions options, PostgreSqlConnector connector, NpgsqlConnection connection)
    {
        Target = target;
        Options = options;
        Connector = connector;
        Connection = connection;
        Info = new DatabaseInfo(
            PostgreSqlTarget.Engine,
            connection.PostgresParameters.GetValueOrDefault("server_version") ?? connection.PostgreSqlVersion.ToString(),
            connector.Username
        );
        Inspector = new PostgreSqlInspector(this);
        Confinement = target.IsScratch ? new Confinement(target) : null;
        _history = new PostgreSqlHistory(this);
        _steps = new PostgreSqlSteps(this, _history);
        _outside = new PostgreSqlOutside(this);
        connection.Notice += OnNotice;
    }

    /// <inheritdoc/>
    public DatabaseInfo Info { get; }

    /// <inheritdoc/>
    public IHistoryStore History => _history;

    /// <inheritdoc/>
    public IDatabaseInspector Inspector { get; }

    /// <summary>The database.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>How it connects and waits.</summary>
    public SessionOptions Options { get; }

    /// <summary>Opens further connections.</summary>
    public PostgreSqlConnector Connector { get; }

    /// <summary>The connection; another one after <see cref="ReconnectAsync"/>.</summary>
    public NpgsqlConnection Connection { get; private set; }

    /// <summary>Keeps what runs here to this database; null on a database that is no scratch database.</summary>
    public Confinement? Confinement { get; }

    /// <summary>Whether one transaction for several steps is open.</summary>
    public bool IsInRun { get; set; }

    /// <summary>Whether a script without a transaction has begun one of its own.</summary>
    public bool IsInOwnTransaction { get; set; }

    /// <summary>Whether the server said that a transaction was not where it should be.</summary>
    public bool TransactionWasUnbalanced { get; set; }

    /// <summary>Whether the server's counters may hold rows of what did not hand them over: a step that was rolled back, or a statement outside of transactions.</summary>
    public bool HasLeftRows { get; set; }

    /// <summary>What CASCADE has taken along since <see cref="TakeCascaded"/> was last asked.</summary>
    private readonly CascadedObjects _cascaded = new();

    /// <summary>What CASCADE has taken along since this was last asked.</summary>
    public IReadOnlyList<LostObject> TakeCascaded() => _cascaded.Take();

    /// <summary>The lock's condition as a SQL expression that fails when the lock is lost, or was lost meanwhile; null when no lock was taken.</summary>
    public string? Guard => _wasOvertaken ? Overtaken : _lock?.Guard;

    /// <summary>As <see cref="Guard"/>, for what was begun with the lock and has been done: no other run goes on while this backend lives, even if a script has freed the lock.</summary>
    public string? GuardOfDone => _wasOvertaken ? Overtaken : _lock?.GuardOfDone;

    /// <summary>Whether a script has run on this connection that may have left something on it.</summary>
    public bool MayHaveLeftovers { get; set; }

    /// <summary>Whether the server counts the rows that a transaction changes (<see href="https://www.postgresql.org/docs/current/runtime-config-statistics.html">track_counts</see>).</summary>
    public bool CountsChanges { get; private set; } = true;

    /// <summary>What tells this session's backend from every other one, before and after; null behind a pooler, where it has none of its own.</summary>
    public string? Backend { get; private set; }

    /// <summary>Whether the database may have event triggers: one could add a trigger to every table that is made.</summary>
    public bool MayHaveEventTriggers { get; set; } = true;

    /// <summary>
    /// Whether code that is not ours may run in a step: what a script does beside defining things, an event trigger, or whatever the history table has (triggers,
    /// rules, policies, checks).
    /// </summary>
    public bool MayRunCode { get; set; } = true;

    /// <summary>What is said in every step, prepared on the connection.</summary>
    public PreparedStatements Prepared { get; } = new();

    /// <summary>Whether a pooler in transaction mode stands between: then each transaction may get another backend, and settings of a session reach strangers.</summary>
    public bool IsPooled => _lock is { IsRow: true };

    /// <summary>
    /// Whether the server takes a backslash in a literal for an escape
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-STANDARD-CONFORMING-STRINGS">standard_conforming_strings</see>, which it reports):
    /// scripts are read and rehearsed without that.
    /// </summary>
    public bool ReadsBackslashes =>
        string.Equals(Connection.PostgresParameters.GetValueOrDefault("standard_conforming_strings"), "off", StringComparison.Ordinal);

    /// <summary>
    /// The setting by which the server notices in the middle of a statement that the client is gone
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL"/>), and frees its lock; null where it cannot.
    /// </summary>
    public (string Name, string Value)? ClientCheck { get; private set; }

    /// <summary>Connects.</summary>
    public static async Task<PostgreSqlSession> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    ) => new(target, options, connector, await connector.OpenAsync(options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> LockAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        var taken = new PostgreSqlLock(this);
        return await PostgreSqlErrors
            .TranslateAsync(TakeAsync(taken, isNeeded, cancellationToken), "Taking the migration lock")
            .ConfigureAwait(false)
            ? _lock = taken
            : null;
    }

    // It is taken before anything is changed.
    private async Task<bool> TakeAsync(PostgreSqlLock taken, Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        await Standby.RefuseAsync(this, cancellationToken).ConfigureAwait(false);
        return await taken.TakeAsync(isNeeded, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken) =>
        _steps.BeginRunAsync(steps, cancellationToken);

    /// <inheritdoc/>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        await PostgreSqlErrors
            .TranslateAsync(_outside.LeaveAsync(cancellationToken), "Putting the session's settings back")
            .ConfigureAwait(false);
        return await _steps.RunAsync(step, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StatementOutcome> ExecuteAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken) =>
        _outside.ExecuteAsync(step, statement, cancellationToken);

    /// <inheritdoc/>
    public Task<StatementEvidence> FindEvidenceAsync(ScriptStatement statement, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlEvidence(this).FindAsync(statement.Text, cancellationToken),
            "Looking up whether a statement took effect"
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
            await _lock.DisposeAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tells waiting runs which migration is being worked on.</summary>
    public void WorkOn(string migration) => _lock?.WorkOn(migration);

    /// <summary>
    /// Connects again, and takes the lock again, when the connection is gone. When another run has held it meanwhile, and written the history, the plan of this one
    /// no longer holds: from then on <see cref="Guard"/> fails.
    /// </summary>
    /// <exception cref="LockException">Another run holds the lock, and keeps it.</exception>
    /// <exception cref="MigrationException">Not connected.</exception>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        if (Connection.FullState == System.Data.ConnectionState.Open)
            return;
        var breaksOwn = IsInOwnTransaction;
        (IsInRun, IsInOwnTransaction) = (false, false);
        if (breaksOwn)
            throw BrokenInside();
        await Connection.DisposeAsync().ConfigureAwait(false);
        Connection = await Connector.OpenAsync(Options, cancellationToken).ConfigureAwait(false);
        Connection.Notice += OnNotice;
        MayHaveLeftovers = false;
        Prepared.Forget();
        if (_lock is not { IsReleased: false })
            return;
        await PostgreSqlErrors
            .TranslateAsync(_lock.TakeAsync(isNeeded: null, cancellationToken), "Taking the migration lock again")
            .ConfigureAwait(false);
        _wasOvertaken |= await PostgreSqlErrors
            .TranslateAsync(_history.HasUnknownRowsAsync(cancellationToken), "Reading the history again")
            .ConfigureAwait(false);
    }

    private static MigrationException BrokenInside() =>
        new(
            ErrorId.ConnectionFailed,
            "The connection broke between two statements of a transaction that the script has begun itself; the server rolls it back.",
            "Check the server and the network, then run the command again: it goes on where that transaction begins."
        );

    /// <summary>
    /// Takes away what earlier scripts have left on the connection beside settings: the next one must not find their temporary tables in place of the real ones.
    /// Not through a pooler, where the next transaction may get a backend on which others have left theirs. Nor in a step's own transaction, whose modes can be
    /// set before its first query only.
    /// </summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        var isDue = MayHaveLeftovers && !IsPooled;
        MayHaveLeftovers = false;
        if (!isDue)
            return;
        await ExecuteAsync("DEALLOCATE ALL", cancellationToken).ConfigureAwait(false);
        Prepared.Forget();
        if (IsInRun)
            await TryDiscardAsync(cancellationToken).ConfigureAwait(false);
        else
            await ExecuteAsync("DISCARD TEMP", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In the transaction of a run a deferred constraint may still be waiting for a temporary table's rows; then it stays.</summary>
    private async Task TryDiscardAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
        try
        {
            await ExecuteAsync("DISCARD TEMP", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            await ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
        }

        await ExecuteAsync("RELEASE SAVEPOINT migrations_clear", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Finds out what the server counts, whether definitions run code of the user's, and whether it can look after its client: since version 14 most can; what they run on
    /// decides.
    /// </summary>
    public async Task LearnServerAsync(CancellationToken cancellationToken)
    {
        const string Name = "client_connection_check_interval",
            Value = "500ms";
        var query = $"""
            SELECT current_setting('track_counts')::boolean, EXISTS (SELECT FROM pg_event_trigger),
                (SELECT {PostgreSqlLock.BackendOf} FROM pg_stat_get_activity(pg_backend_pid()) a),
                EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({PostgreSqlText.Literal(_history.Table)})
                    AND (relhastriggers OR relhasrules OR relrowsecurity OR relchecks > 0 OR relkind <> 'r'))
            """;
        void Take(NpgsqlDataReader row) =>
            (CountsChanges, MayHaveEventTriggers, Backend, MayRunCode) = (
                row.GetBoolean(0),
                row.GetBoolean(1),
                IsPooled || row.IsDBNull(2) ? null : row.GetString(2),
                row.GetBoolean(1) || row.GetBoolean(3)
            );
        try
        {
            if (Connection.PostgreSqlVersion.Major >= 14)
            {
                await QueryAsync(query + ", set_config($1, $2, true)", Take, cancellationToken, Name, Value).ConfigureAwait(false);
                ClientCheck = (Name, Value);
                return;
            }
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            // Then the lock of a killed run is free when its statement ends.
        }

        await QueryAsync(query, Take, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a statement of a dump is not for this server: scripts are UTF-8 whatever it says, and an older one does not know a newer one's setting.</summary>
    public bool PassesOver(string statement) =>
        StatementClassifier.NamesClientEncoding(statement) || TransactionTimeout.IsRefused(statement, Connection.PostgreSqlVersion.Major);

    /// <summary>The engine's error for a statement that the server refused; on a scratch database it may be that nothing is known.</summary>
    public StatementException Failure(PostgresException e, MigrationScript script, SqlPiece? piece, Blocker? blocker, int attempts)
    {
        var failure = StatementFailure.Of(e, script, piece, blocker, attempts);
        return Confinement?.Judge(failure) ?? failure;
    }

    /// <summary>Makes the next transaction count its changed rows from zero, when what ran before may have left some.</summary>
    public async Task ForgetRowsAsync(CancellationToken cancellationToken)
    {
        if (!HasLeftRows || IsInRun)
            return;
        if (StepFigures.HandsOver(Connection.PostgreSqlVersion.Major))
            await ExecuteAsync("SELECT " + StepFigures.HandOver, cancellationToken).ConfigureAwait(false);
        HasLeftRows = false;
    }

    /// <summary>The process id of the backend; behind a pooler that of this transaction's, which is not the one that the connection was told.</summary>
    public async Task<int> FindBackendAsync(CancellationToken cancellationToken)
    {
        var id = Connection.ProcessID;
        if (IsPooled)
            await QueryAsync("SELECT pg_catalog.pg_backend_pid()", row => id = row.GetInt32(0), cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Asks the server, from a second connection, to cancel what a backend does.</summary>
    public async Task CancelBackendAsync(int backend)
    {
        try
        {
            var connection = await Connector.OpenSecondAsync(CancellationToken.None).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            using var command = new NpgsqlCommand("SELECT pg_catalog.pg_cancel_backend($1)", connection);
            command.Parameters.Add(PostgreSqlText.Parameter((int?)backend));
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Then the statement ends when it ends.
        }
    }

    /// <summary>Ends the transaction without a word of the server; a broken connection has ended it already.</summary>
    public async Task RollBackAsync()
    {
        (IsInRun, IsInOwnTransaction) = (false, false);
        HasLeftRows = true;
        if (Connection.FullState != System.Data.ConnectionState.Open)
            return;
        _silent = true;
        try
        {
            await ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e is not PostgresException || PostgreSqlErrors.IsBroken(e))
        {
            // The connection is gone, and the transaction with it.
        }
        finally
        {
            _silent = false;
        }
    }

    /// <summary>Runs one statement as it is: a script's, or one of our own in which nothing is looked up along the <c>search_path</c>.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        var batch = Connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(Command(sql, values));
        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query of our own, under <see cref="OwnSettings.Catalogue"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryAsync(string sql, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values) =>
        QueryAsync(OwnSettings.Catalogue, sql, take, cancellationToken, values);

    /// <summary>Runs a query of the user's tables, in which everything of our own is qualified, under <see cref="OwnSettings.Tables"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryTablesAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => QueryAsync(OwnSettings.Tables, sql, take, cancellationToken, values);

    /// <summary>Runs a query of our own for which the session may have to wait, under <see cref="OwnSettings.Within"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryWithinLimitsAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => QueryAsync(OwnSettings.Within(Options), sql, take, cancellationToken, values);

    private async Task<int> QueryAsync(
        OwnSettings settings,
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        object?[] values
    )
    {
        var batch = Connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(settings.Enter));
        batch.BatchCommands.Add(Command(sql, values));
        // Without an open transaction the batch is one, and what holds for it ends with it.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(settings.Leave));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(reader, take, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a query of our own gives a row.</summary>
    public async Task<bool> AnyAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        await QueryAsync(sql, _ => { }, cancellationToken, values).ConfigureAwait(false) > 0;

    /// <summary>Runs a query under the settings in force: one of a script, or one that looks up names as a script would. What is our own in it must be qualified, operators too.</summary>
    /// <returns>How many rows it gave.</returns>
    public async Task<int> QueryAsScriptAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    )
    {
        var batch = Connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(Command(sql, values));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await ReadAsync(reader, take, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ReadAsync(NpgsqlDataReader reader, Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        var rows = 0;
        for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false); rows++)
            take(reader);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // An error that ends the transaction of the batch comes with its last result.
        }

        return rows;
    }

    // In a batch, because Npgsql reads a command's text for parameters and semicolons of its own, and sends a batch's as it is.
    private static NpgsqlBatchCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(PostgreSqlText.Of(value));
        return command;
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs e)
    {
        if (_silent)
            return;
        TransactionWasUnbalanced |=
            e.Notice.SqlState is PostgresErrorCodes.NoActiveSqlTransaction or PostgresErrorCodes.ActiveSqlTransaction;
        _cascaded.Observe(e.Notice);
        Options.Events.Publish(new NoticeReceived(e.Notice.InvariantSeverity, Secrets.Hide(e.Notice.MessageText, statement: null)));
    }
}
