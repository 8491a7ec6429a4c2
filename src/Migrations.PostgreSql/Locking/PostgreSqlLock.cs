using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The migration lock: a session-level advisory lock (<see
/// href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/>), polled because a blocked <c>pg_advisory_lock</c>
/// holds a snapshot on which <c>CREATE INDEX CONCURRENTLY</c> of the lock's holder would wait forever. Behind a pooler in transaction mode,
/// where a session has no backend of its own, it is a row: <see cref="PostgreSqlLease"/>.
/// </summary>
internal sealed class PostgreSqlLock(PostgreSqlConnection connection) : ILockHold, IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    // Many that wait take turns, and each turn costs up to a pause: half a second for each would keep the last of sixteen waiting for two.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan NewsInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QuestionInterval = TimeSpan.FromMilliseconds(250);

    private readonly long _key = Key(connection.Options);
    private PostgreSqlLease? _lease;
    private LockHolder? _running;
    private bool _isHeld;
    private (int Backend, string Text)? _guard;

    /// <summary>
    /// A SQL expression that fails in a backend that does not hold the lock, with everything in it qualified. It is held twice
    /// (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS), so that giving one hold back shows whether
    /// it was there, and no one can come between. That costs a tenth of looking into pg_locks. Before that it takes the same lock for the
    /// transaction: no script can free that one, so what begins with the lock ends with it.
    /// </summary>
    public string Guard => _lease?.Guard ?? OwnGuard;

    // Made once for each connection: every step says it.
    private string OwnGuard =>
        _guard is { } made && made.Backend == connection.ProcessId ? made.Text : (_guard = (connection.ProcessId, MakeGuard())).Value.Text;

    private string MakeGuard() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            1 OPERATOR(pg_catalog./) CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) {connection.ProcessId}
                AND pg_catalog.pg_try_advisory_xact_lock('{_key}'::pg_catalog.int8)
                    AND pg_catalog.pg_advisory_unlock('{_key}'::pg_catalog.int8)
                THEN pg_catalog.pg_try_advisory_lock('{_key}'::pg_catalog.int8)::pg_catalog.int4 ELSE 0 END
            """
        );

    /// <summary>
    /// As <see cref="Guard"/>, for what was begun with the lock: waits for the lock of the transaction where a script has freed the
    /// session's.
    /// </summary>
    public string GuardOfDone =>
        _lease is not null
            ? _lease.Guard
            : string.Create(
                CultureInfo.InvariantCulture,
                $"""
                1 OPERATOR(pg_catalog./) CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) {connection.ProcessId} THEN 1
                    ELSE 0 END,
                    pg_catalog.pg_advisory_xact_lock('{_key}'::pg_catalog.int8)
                """
            );

    /// <summary>Whether it was given back.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Whether it is a row, because a pooler in transaction mode stands between.</summary>
    public bool IsRow => _lease is not null;

    /// <summary>A step failed in its guard: the lock is lost.</summary>
    public static LockException Lost(string migration) =>
        new(
            ErrorId.LockLost,
            $"The migration lock was lost before {migration} ran; it has not run.",
            $"Look with '{Call.Status}' whether another run is at work, then run the command again.",
            holder: null
        );

    /// <summary>
    /// Shows waiting runs which migration is being worked on. An advisory lock's holder says so in its application name, with each
    /// transaction.
    /// </summary>
    public void WorkOn(string migration) => _lease?.WorkOn(migration);

    /// <summary>Takes the lock, waiting at most <see cref="SessionOptions.LockTimeout"/>.</summary>
    /// <param name="isNeeded">Asked now and then while it waits; null when it is.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>False when it is no longer needed: of many that wait for one run, most have nothing left to do after it, and need no
    /// turn.</returns>
    /// <exception cref="LockException">Not got in time.</exception>
    public async Task<bool> TakeAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        var (news, question) = (TimeSpan.Zero, QuestionInterval);
        for (var pause = FirstPause; !await TryTakeAsync(cancellationToken).ConfigureAwait(false); pause = Longer(pause))
        {
            var timeout = connection.Options.LockTimeout;
            if (waited.Elapsed >= timeout)
                throw TimedOut(await FindHolderAsync(cancellationToken).ConfigureAwait(false), timeout);
            if (waited.Elapsed >= news)
            {
                connection.Options.Events.Publish(
                    new LockAwaited(await FindHolderAsync(cancellationToken).ConfigureAwait(false), waited.Elapsed, timeout)
                );
                news = waited.Elapsed + NewsInterval;
            }

            if (isNeeded is not null && waited.Elapsed >= question)
            {
                if (!await isNeeded().ConfigureAwait(false))
                    return false;
                question = waited.Elapsed + QuestionInterval;
            }

            var left = timeout - waited.Elapsed;
            await Task.Delay(
                    pause < left ? pause
                        : left < TimeSpan.Zero ? TimeSpan.Zero
                        : left,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        await connection.Server.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        return _isHeld = true;
    }

    /// <summary>Who holds the lock; null when no one does.</summary>
    public async Task<LockHolder?> FindHolderAsync(CancellationToken cancellationToken)
    {
        var holder = _running;
        await connection
            .QueryAsync(
                $"""
                SELECT a.pid, a.usename::text, pg_catalog.host(a.client_addr), a.application_name, a.backend_start
                FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                WHERE l.granted AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                    WHERE d.datname = pg_catalog.current_database()) AND {OfKey("$1")}
                """,
                row => holder = Holder(row),
                cancellationToken,
                _key
            )
            .ConfigureAwait(false);
        return holder ?? await PostgreSqlLease.FindHolderAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsReleased)
            return;
        IsReleased = true;
        if (_lease is not null)
            await _lease.DisposeAsync().ConfigureAwait(false);
        // A closed connection has given it back already.
        if (!_isHeld || _lease is not null || !connection.IsOpen)
            return;
        try
        {
            await FreeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (PostgreSqlErrors.IsBroken(e))
        {
            // The server frees the lock when it notices.
        }
    }

    private async Task FreeAsync(CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        // A pooler may keep the connection for others.
        if (connection.Prepared.IsAny)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("DEALLOCATE ALL"));
        var unlock = new NpgsqlBatchCommand("SELECT pg_catalog.pg_advisory_unlock($1), pg_catalog.pg_advisory_unlock($1)");
        unlock.Parameters.Add(PostgreSqlText.Parameter((long?)_key));
        batch.BatchCommands.Add(unlock);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        connection.Prepared.Forget();
    }

    /// <summary>
    /// Who is still working on a statement outside of a transaction without the lock, which the statement itself has freed
    /// (pg_advisory_unlock_all): the backend that the last row of the history, a started one, names. Of other roles' backends one without
    /// rights sees the number only.
    /// </summary>
    private async Task<LockHolder?> FindRunningAsync(CancellationToken cancellationToken)
    {
        LockHolder? holder = null;
        try
        {
            await connection
                .QueryWithinLimitsAsync(
                    $"""
                    SELECT a.pid, a.usename::text, host(a.client_addr), a.application_name, a.backend_start
                    FROM (SELECT event, error_message FROM {HistoryTable.Of(connection.Options)} ORDER BY id DESC LIMIT 1) h
                    JOIN pg_stat_activity a ON h.error_message = {ServerFacts.BackendOf} OR (a.backend_start IS NULL
                        AND strpos(h.error_message, 'backend ' || a.pid || ',') = 1)
                    WHERE h.event = 'started' AND a.datname = current_database() AND a.pid <> pg_backend_pid()
                    """,
                    row => holder = Holder(row),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            return null; // There is no history yet; or what is wrong with it is said by whoever reads it next.
        }

        return holder;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;

    private async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (_lease is not null)
            return await _lease.TryTakeAsync(cancellationToken).ConfigureAwait(false);
        bool? got = null;
        // Behind a pooler the process id of the connection is the pooler's own, and a session-level lock would stay on whichever backend
        // served this query.
        await connection
            .QueryAsync(
                "SELECT CASE WHEN pg_catalog.pg_backend_pid() = $1 THEN pg_catalog.pg_try_advisory_lock($2) AND "
                    + "pg_catalog.pg_try_advisory_lock($2) END",
                row => got = row.IsDBNull(0) ? null : row.GetBoolean(0),
                cancellationToken,
                connection.ProcessId,
                _key
            )
            .ConfigureAwait(false);
        if (got is true && await FindRunningAsync(cancellationToken).ConfigureAwait(false) is { } running)
        {
            _running = running;
            await FreeAsync(cancellationToken).ConfigureAwait(false);
            return false;
        }

        _running = null;
        if (got is { } answer)
            return answer;
        _lease = await PostgreSqlLease.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
        return await _lease.TryTakeAsync(cancellationToken).ConfigureAwait(false);
    }

    private LockException TimedOut(LockHolder? holder, TimeSpan timeout) =>
        new(
            ErrorId.LockTimedOut,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The migration lock of {connection.Target.Display} was not free within {timeout.TotalSeconds:0.#} s. It is held "
                    + $"by {(object?)holder ?? "a session that has just ended"}."
            ),
            $"Wait until that run has ended, or allow more time with {CallOption.LockTimeout}. If its process is gone, the server frees "
                + $"the lock as soon as it notices; SELECT pg_terminate_backend(pid) forces it.",
            holder
        );

    private static LockHolder Holder(NpgsqlDataReader row)
    {
        var (host, process, migration) = ApplicationName.Read(row.IsDBNull(3) ? null : row.GetString(3));
        return new LockHolder
        {
            ProcessId = process ?? row.GetInt32(0),
            Host = host ?? (row.IsDBNull(2) ? null : row.GetString(2)),
            User = row.IsDBNull(1) ? null : row.GetString(1),
            Since = row.IsDBNull(4) ? null : new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero),
            Migration = migration,
        };
    }

    // How a bigint key appears in pg_locks: its halves in two columns, and 1 in the third.
    private static string OfKey(string key) =>
        $"l.locktype = 'advisory' AND l.objsubid = 1 AND ((l.classid::bigint << 32) | l.objid::bigint) = {key}";

    /// <summary>The key of a history's lock.</summary>
    public static long Key(SessionOptions options)
    {
        var name = $"migrations:{options.HistorySchema ?? "public"}.{options.HistoryTable}";
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }
}
