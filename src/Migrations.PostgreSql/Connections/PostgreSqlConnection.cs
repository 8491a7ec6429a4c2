using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>One connection to one database, and the means to get another when it breaks.</summary>
internal sealed class PostgreSqlConnection : IAsyncDisposable
{
    /// <summary>The SQLSTATE by which functions of a copy say that they would reach beyond it.</summary>
    public const string StoppedState = "MGB01";

    private const string Overtaken = "1 OPERATOR(pg_catalog./) 0";

    private const string ReadOnlySetting = "default_transaction_read_only";

    private static readonly TimeSpan ForEndedBackend = TimeSpan.FromSeconds(5);

    // What an idle backend has sent is here, or will be at once.
    private static readonly TimeSpan ForIdleBackend = TimeSpan.FromMilliseconds(200);

    private readonly CascadedObjects _cascaded = new();
    private readonly DatabaseInfo _info;
    private NpgsqlConnection _npgsql;
    private ILockHold? _hold;
    private string? _stopped;
    private bool _silent;
    private bool _wasOvertaken;
    private bool _isAbandoned;

    private PostgreSqlConnection(DatabaseTarget target, SessionOptions options, PostgreSqlConnector connector, NpgsqlConnection connection)
    {
        Target = target;
        Options = options;
        Connector = connector;
        _npgsql = connection;
        _info = new DatabaseInfo(
            PostgreSqlTarget.Engine,
            connection.PostgresParameters.GetValueOrDefault("server_version") ?? connection.PostgreSqlVersion.ToString(),
            connector.Username
        );
        Leftovers = new Leftovers(this);
        connection.Notice += OnNotice;
    }

    /// <summary>The database.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>How it connects and waits.</summary>
    public SessionOptions Options { get; }

    /// <summary>The engine, its version and the user.</summary>
    public DatabaseInfo Info => _info with { Identity = Server.Identity };

    /// <summary>Opens further connections.</summary>
    public PostgreSqlConnector Connector { get; }

    /// <summary>Npgsql's connection; another one after <see cref="ReconnectAsync"/>.</summary>
    public NpgsqlConnection Npgsql
    {
        get
        {
            IsUntouched = false;
            return _npgsql;
        }
    }

    /// <summary>Whether nothing has been sent on it: no transaction is open, and no script has set anything.</summary>
    public bool IsUntouched { get; private set; } = true;

    /// <summary>The server's major version.</summary>
    public int ServerVersion => _npgsql.PostgreSqlVersion.Major;

    /// <summary>The process id of the backend as the connection was given it; behind a pooler the pooler's own.</summary>
    public int ProcessId => _npgsql.ProcessID;

    /// <summary>Whether it is not broken, as far as is known.</summary>
    public bool IsOpen => !_isAbandoned && _npgsql.FullState == System.Data.ConnectionState.Open;

    /// <summary>What is known of the server.</summary>
    public ServerFacts Server { get; } = new();

    /// <summary>What scripts have left on the connection.</summary>
    public Leftovers Leftovers { get; }

    /// <summary>What is said in every step, prepared on the connection.</summary>
    public PreparedStatements Prepared { get; } = new();

    /// <summary>Whether one transaction for several steps is open.</summary>
    public bool IsInRun { get; private set; }

    /// <summary>Whether a script without a transaction has begun one of its own.</summary>
    public bool IsInOwnTransaction { get; private set; }

    /// <summary>How often the server said that a transaction was not where it should be.</summary>
    public int UnbalancedTransactions { get; private set; }

    /// <summary>Whether a pooler in transaction mode stands between: then each transaction may get another backend, and settings of a
    /// session reach strangers.</summary>
    public bool IsPooled => _hold is { IsRow: true };

    /// <summary>The lock's condition as a SQL expression that fails when the lock is lost, or was lost meanwhile; null when no lock was
    /// taken.</summary>
    public string? Guard => _wasOvertaken ? Overtaken : _hold?.Guard;

    /// <summary>As <see cref="Guard"/>, for what was begun with the lock and has been done: no other run goes on while this backend lives,
    /// even if a script has freed the lock.</summary>
    public string? GuardOfDone => _wasOvertaken ? Overtaken : _hold?.GuardOfDone;

    /// <summary>
    /// Whether the server takes a backslash in a literal for an escape: scripts are read and rehearsed without that. It reports the setting
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-STANDARD-CONFORMING-STRINGS"/>).
    /// </summary>
    public bool ReadsBackslashes =>
        string.Equals(_npgsql.PostgresParameters.GetValueOrDefault("standard_conforming_strings"), "off", StringComparison.Ordinal);

    /// <summary>
    /// Is called after connecting again, and answers whether another run has worked on the database meanwhile: the plan of this one no
    /// longer holds then, and from then on <see cref="Guard"/> fails.
    /// </summary>
    public Func<CancellationToken, Task<bool>>? Reconnected { private get; set; }

    /// <summary>Connects.</summary>
    public static async Task<PostgreSqlConnection> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    ) => new(target, options, connector, await connector.OpenAsync(options, cancellationToken).ConfigureAwait(false));

    /// <summary>The migration lock is held through this connection.</summary>
    public void HoldLock(ILockHold hold) => _hold = hold;

    /// <summary>Shows waiting runs which migration is being worked on.</summary>
    public void WorkOn(string migration) => _hold?.WorkOn(migration);

    /// <summary>What CASCADE has dropped since this was last asked.</summary>
    public IReadOnlyList<LostObject> TakeCascaded() => _cascaded.Take();

    /// <summary>What a statement has called that reaches beyond a copy, since this was last asked: it was refused, but a script may go on
    /// all the same.</summary>
    public string? TakeStopped()
    {
        var stopped = _stopped;
        _stopped = null;
        return stopped;
    }

    /// <summary>A batch of commands, which are sent as they are.</summary>
    public NpgsqlBatch CreateBatch() => Npgsql.CreateBatch();

    /// <summary>Connects again when the connection is gone.</summary>
    /// <exception cref="LockException">Another run holds the lock, and keeps it.</exception>
    /// <exception cref="MigrationException">Not connected.</exception>
    public async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        if (IsOpen)
            return;
        var breaksOwn = IsInOwnTransaction;
        (IsInRun, IsInOwnTransaction, CodeTransaction) = (false, false, null);
        if (breaksOwn)
            throw BrokenInside();
        if (!_isAbandoned)
            await _npgsql.DisposeAsync().ConfigureAwait(false);
        _isAbandoned = false;
        _npgsql = await Connector.OpenAsync(Options, cancellationToken).ConfigureAwait(false);
        _npgsql.Notice += OnNotice;
        Leftovers.Forget();
        Prepared.Forget();
        if (Reconnected is { } reconnected)
            _wasOvertaken |= await reconnected(cancellationToken).ConfigureAwait(false);
    }

    private static MigrationException BrokenInside() =>
        new(
            ErrorId.ConnectionFailed,
            "The connection broke between two statements of a transaction that the script has begun itself; the server rolls it back.",
            "Check the server and the network, then run the command again: it goes on where that transaction begins."
        );

    /// <summary>Begins one transaction for several steps.</summary>
    /// <param name="modes">Its modes.</param>
    /// <param name="hasCode">Whether code takes part, which is given the transaction as Npgsql knows it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> BeginRunAsync(string? modes, bool hasCode, CancellationToken cancellationToken)
    {
        if (!hasCode)
            await ExecuteAsync("BEGIN " + modes, cancellationToken).ConfigureAwait(false);
        else
            await BeginForCodeAsync(modes, cancellationToken).ConfigureAwait(false);
        return IsInRun = true;
    }

    /// <summary>The open transaction as code is given it; null where none was begun for code.</summary>
    public NpgsqlTransaction? CodeTransaction { get; private set; }

    /// <summary>
    /// Begins a transaction that Npgsql knows of. All others are read-only until it has ended: what code would do after a rollback of its
    /// own fails. Not through a pooler, where that would reach others.
    /// </summary>
    public async Task BeginForCodeAsync(string? modes, CancellationToken cancellationToken)
    {
        if (!IsPooled)
            await ExecuteAsync($"SET {ReadOnlySetting} = on", cancellationToken).ConfigureAwait(false);
        CodeTransaction = await Npgsql.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync($"SET TRANSACTION {modes} READ WRITE", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection; the server rolls back.</summary>
    public Task CloseAsync() => _isAbandoned ? Task.CompletedTask : Npgsql.CloseAsync();

    /// <summary>
    /// Ends the connection on which code has left something running, or rows on their way, without waiting for either: the server is asked
    /// to end the backend.
    /// </summary>
    /// <param name="backend">The process id of the backend.</param>
    /// <param name="look">An expression that is computed before, without the connection.</param>
    /// <returns>What it gives, null when the server could not be asked; and whether a statement was still running.</returns>
    public async Task<(long? Seen, bool WasRunning)> AbandonAsync(int backend, string look)
    {
        // A reader of which no row was read counts as executing, too: whether the server has done its part is for the server to say.
        var isExecuting = Npgsql.FullState.HasFlag(System.Data.ConnectionState.Executing);
        var (seen, isIdle) = await TellBackendAsync("pg_terminate_backend", backend, look).ConfigureAwait(false);
        // Closing reads to the end of what is running, which must have ended before.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var limit = isIdle ? ForIdleBackend : ForEndedBackend;
        while (Npgsql.FullState.HasFlag(System.Data.ConnectionState.Executing) && clock.Elapsed < limit)
            await Task.Delay(TimeSpan.FromMilliseconds(5)).ConfigureAwait(false);
        _isAbandoned = true;
        var closing = Npgsql.CloseAsync();
        if (await Task.WhenAny(closing, Task.Delay(ForEndedBackend)).ConfigureAwait(false) == closing)
            _isAbandoned = false;
        return (seen, isExecuting && !isIdle);
    }

    /// <summary>Commits the transaction for several steps; however that ends, it is over.</summary>
    /// <param name="before">What is said before, in the same round trip.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task CommitRunAsync(IEnumerable<NpgsqlBatchCommand> before, CancellationToken cancellationToken)
    {
        try
        {
            var batch = CreateBatch();
            await using var _ = batch.ConfigureAwait(false);
            foreach (var command in before)
                batch.BatchCommands.Add(command);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            IsInRun = false;
        }
    }

    /// <summary>Takes note of a statement that has run outside of transactions, or in one that its script has begun.</summary>
    public void Observe(StatementRole role) =>
        IsInOwnTransaction = role == StatementRole.Begin || (IsInOwnTransaction && role != StatementRole.Commit);

    /// <summary>Ends the transaction without a word of the server; a broken connection has ended it already.</summary>
    public async Task RollBackAsync()
    {
        (IsInRun, IsInOwnTransaction) = (false, false);
        Leftovers.ExpectRows();
        if (!IsOpen)
            return;
        _silent = true;
        try
        {
            await ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            if (CodeTransaction is not null && !IsPooled)
            {
                // What code has set after a rollback of its own, too.
                await ExecuteAsync("RESET SESSION AUTHORIZATION", CancellationToken.None).ConfigureAwait(false);
                await ExecuteAsync("RESET ALL", CancellationToken.None).ConfigureAwait(false);
            }

            CodeTransaction = null;
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

    /// <summary>The process id of the backend; behind a pooler that of this transaction's, which is not the one that the connection was
    /// given.</summary>
    public async Task<int> FindBackendAsync(CancellationToken cancellationToken)
    {
        var id = ProcessId;
        if (IsPooled)
            await QueryAsync("SELECT pg_catalog.pg_backend_pid()", row => id = row.GetInt32(0), cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Asks the server, from a second connection, to cancel what a backend does.</summary>
    public Task CancelBackendAsync(int backend) => TellBackendAsync("pg_cancel_backend", backend, "NULL::pg_catalog.int8");

    private async Task<(long? Seen, bool IsIdle)> TellBackendAsync(string function, int backend, string look)
    {
        try
        {
            var connection = await Connector.OpenSecondAsync(CancellationToken.None).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            using var command = new NpgsqlCommand(
                $"SELECT s.seen, s.idle, pg_catalog.{function}($1) FROM (SELECT {look} AS seen, EXISTS (SELECT FROM "
                    + "pg_catalog.pg_stat_get_activity($1) a WHERE pg_catalog.starts_with(a.state, 'idle')) AS idle OFFSET 0) s",
                connection
            );
            command.Parameters.Add(PostgreSqlText.Parameter((int?)backend));
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            await reader.ReadAsync().ConfigureAwait(false);
            return (reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetBoolean(1));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return default; // Then the statement ends when it ends.
        }
    }

    /// <summary>Runs one statement as it is: a script's, or one of our own in which nothing is looked up along the
    /// <c>search_path</c>.</summary>
    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        SqlBatch.ExecuteAsync(Npgsql, sql, values, cancellationToken);

    /// <summary>Runs a query of our own, under <see cref="OwnSettings.Catalogue"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryAsync(string sql, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values) =>
        SqlBatch.QueryAsync(Npgsql, OwnSettings.Catalogue, sql, values, take, cancellationToken);

    /// <summary>Runs a query of the user's tables, in which everything of our own is qualified, under <see
    /// cref="OwnSettings.Tables"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryTablesAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => SqlBatch.QueryAsync(Npgsql, OwnSettings.Tables, sql, values, take, cancellationToken);

    /// <summary>Runs a query of our own for which the session may have to wait, under <see cref="OwnSettings.Within"/>.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryWithinLimitsAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => QueryUnderAsync(OwnSettings.Within(Options), sql, take, cancellationToken, values);

    /// <summary>Runs a query of our own under the given settings.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryUnderAsync(
        OwnSettings settings,
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => SqlBatch.QueryAsync(Npgsql, settings, sql, values, take, cancellationToken);

    /// <summary>Runs a query under the settings in force: one of a script, or one that looks up names as a script would. What is our own in
    /// it must be qualified, operators too.</summary>
    /// <returns>How many rows it gave.</returns>
    public Task<int> QueryAsScriptAsync(
        string sql,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        params object?[] values
    ) => SqlBatch.QueryAsync(Npgsql, settings: null, sql, values, take, cancellationToken);

    /// <summary>Whether a query of our own gives a row.</summary>
    public async Task<bool> AnyAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        await QueryAsync(sql, _ => { }, cancellationToken, values).ConfigureAwait(false) > 0;

    /// <summary>Closes it.</summary>
    public ValueTask DisposeAsync() => _npgsql.DisposeAsync();

    private void OnNotice(object sender, NpgsqlNoticeEventArgs e)
    {
        if (_silent)
            return;
        if (e.Notice.SqlState is PostgresErrorCodes.NoActiveSqlTransaction or PostgresErrorCodes.ActiveSqlTransaction)
            UnbalancedTransactions++;
        _cascaded.Observe(e.Notice);
        if (e.Notice.SqlState is StoppedState)
            _stopped ??= e.Notice.Detail;
        Options.Events.Publish(new NoticeReceived(e.Notice.InvariantSeverity, Secrets.Hide(e.Notice.MessageText, statement: null)));
    }
}
