using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What became of a transaction that code was given.</summary>
/// <param name="WasEnded">Whether it is over; nothing of what was done in it, or after it, is kept.</param>
/// <param name="WasFailed">Whether it is open, and a statement in it has failed.</param>
/// <param name="Unknown">What is known, where something may be kept; null where nothing is.</param>
internal sealed record TransactionEnd(bool WasEnded = false, bool WasFailed = false, string? Unknown = null);

/// <summary>
/// The transaction that code is given, so that it is recognized when the code has run. A backend counts the transactions that it begins
/// (<see href="https://www.postgresql.org/docs/current/transaction-id.html"/>, the virtual id): another number is another transaction,
/// whatever ended the first one and however that was spelled, and the difference says how many came between.
/// </summary>
internal sealed class GivenTransaction
{
    // More are not looked through: that many were given out only where others are at work.
    private const int MostTransactions = 100_000;

    private static readonly TimeSpan ForServerToNotice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private static string NumberOf(string backend) =>
        "(SELECT pg_catalog.split_part(l.virtualtransaction, '/', 2)::pg_catalog.int8 FROM pg_catalog.pg_lock_status() l WHERE l.locktype "
        + $"OPERATOR(pg_catalog.=) 'virtualxid' AND l.pid OPERATOR(pg_catalog.=) {backend} AND l.mode OPERATOR(pg_catalog.=) "
        + "'ExclusiveLock' LIMIT 1)";

    private static readonly string Own = $"SELECT pg_catalog.pg_backend_pid(), {NumberOf("pg_catalog.pg_backend_pid()")}";

    private readonly PostgreSqlConnection _connection;
    private readonly int _process;
    private readonly long _number;
    private readonly long _id;

    private GivenTransaction(PostgreSqlConnection connection, int backend, long number, long id)
    {
        _connection = connection;
        _process = connection.ProcessId;
        (Backend, _number, _id) = (backend, number, id);
    }

    /// <summary>The process id of its backend; behind a pooler that is not the connection's.</summary>
    public int Backend { get; }

    /// <summary>The open transaction, which gets an id that the server can be asked about later.</summary>
    public static async Task<GivenTransaction> FindAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        GivenTransaction? found = null;
        await connection
            .QueryAsScriptAsync(
                Own + ", pg_catalog.txid_current()",
                row => found = new GivenTransaction(connection, row.GetInt32(0), row.GetInt64(1), row.GetInt64(2)),
                cancellationToken
            )
            .ConfigureAwait(false);
        return found!;
    }

    /// <summary>Looks what became of it. Afterwards the connection is one to the run's database.</summary>
    /// <param name="cancellationToken">Gives up looking.</param>
    /// <exception cref="NpgsqlOperationInProgressException">Code has left something running on the connection.</exception>
    public async Task<TransactionEnd> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Another process: code has opened the connection again, perhaps to another database.
            if (_connection.Npgsql.FullState.HasFlag(ConnectionState.Open) && _connection.ProcessId == _process)
                return await LookHereAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e is not NpgsqlOperationInProgressException && PostgreSqlErrors.IsBroken(e))
        {
            // It has just been ended: looked at from a new one.
        }

        return await LookElsewhereAsync(isAlone: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the connection, on which code has left something running, and looks what became of the transaction.</summary>
    /// <param name="cancellationToken">Gives up looking.</param>
    /// <returns>What became of it, and whether a statement was still running.</returns>
    public async Task<(TransactionEnd End, bool WasRunning)> AbandonAsync(CancellationToken cancellationToken)
    {
        var (number, wasRunning) = await _connection
            .AbandonAsync(Backend, NumberOf(Backend.ToString(CultureInfo.InvariantCulture)))
            .ConfigureAwait(false);
        return (await LookElsewhereAsync(isAlone: number == _number, cancellationToken).ConfigureAwait(false), wasRunning);
    }

    private async Task<TransactionEnd> LookElsewhereAsync(bool isAlone, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.CloseAsync().ConfigureAwait(false);
            await _connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
            return await JudgeAsync(isAlone).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException or OperationCanceledException)
        {
            return new TransactionEnd(
                Unknown: $"The connection is gone, and what became of it could not be looked up: "
                    + $"{PostgreSqlErrors.Message(e).TrimEnd('.')}."
            );
        }
    }

    private async Task<TransactionEnd> LookHereAsync()
    {
        var hasFailed = false;
        (int Backend, long Number) now;
        try
        {
            now = await AskAsync().ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InFailedSqlTransaction)
        {
            hasFailed = true;
            await _connection.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            now = await AskAsync().ConfigureAwait(false);
        }

        // Behind a pooler another backend may answer.
        if (now.Backend != Backend)
            return hasFailed ? new TransactionEnd(WasFailed: true) : await JudgeAsync(isAlone: false).ConfigureAwait(false);
        var between = now.Number - _number - (hasFailed ? 2 : 1);
        return between < 0 ? new TransactionEnd(WasFailed: hasFailed) : await JudgeAsync(isAlone: between == 0).ConfigureAwait(false);
    }

    private async Task<(int Backend, long Number)> AskAsync()
    {
        (int, long) now = default;
        await _connection
            .QueryAsScriptAsync(Own, row => now = (row.GetInt32(0), row.GetInt64(1)), CancellationToken.None)
            .ConfigureAwait(false);
        return now;
    }

    /// <summary>It is over: whether anything is kept.</summary>
    /// <param name="isAlone">Whether no other transaction of the code has come after it.</param>
    private async Task<TransactionEnd> JudgeAsync(bool isAlone)
    {
        var status = await FindStatusAsync().ConfigureAwait(false);
        return status switch
        {
            "aborted" when isAlone || await NothingWasCommittedAsync().ConfigureAwait(false) => new TransactionEnd(WasEnded: true),
            "aborted" => new TransactionEnd(Unknown: "It was rolled back; whether the code committed anything after that is not known."),
            "committed" => new TransactionEnd(Unknown: "It was committed: what the code did up to there is in the database."),
            "in progress" => new TransactionEnd(
                Unknown: "It is neither committed nor rolled back: pg_prepared_xacts shows whether it was prepared."
            ),
            _ => new TransactionEnd(Unknown: "Whether it was committed is not known."),
        };
    }

    /// <summary>
    /// How it ended (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT"/>). A server rolls
    /// back when it notices that a client is gone.
    /// </summary>
    private async Task<string?> FindStatusAsync()
    {
        string? status = null;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(BetweenLooks).ConfigureAwait(false))
        {
            await _connection
                .QueryAsync(
                    "SELECT pg_catalog.txid_status($1::pg_catalog.int8)",
                    row => status = row.IsDBNull(0) ? null : row.GetString(0),
                    CancellationToken.None,
                    _id
                )
                .ConfigureAwait(false);
            if (status is not "in progress" || clock.Elapsed > ForServerToNotice)
                return status;
        }
    }

    /// <summary>Whether nothing was committed on the whole server since it began, and nothing can be any more.</summary>
    private Task<bool> NothingWasCommittedAsync() =>
        _connection.AnyAsync(
            $"""
            SELECT FROM txid_snapshot_xmax(txid_current_snapshot()) AS next
            WHERE next - $1::int8 < {MostTransactions} AND NOT EXISTS (SELECT FROM pg_prepared_xacts)
                AND NOT EXISTS (SELECT FROM generate_series($1::int8 + 1, next - 1) AS id
                    WHERE txid_status(id) IS DISTINCT FROM 'aborted' AND id IS DISTINCT FROM txid_current_if_assigned())
            """,
            CancellationToken.None,
            _id
        );
}
