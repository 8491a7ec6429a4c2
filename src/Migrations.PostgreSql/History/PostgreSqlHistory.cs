using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>The journal in a PostgreSQL database.</summary>
internal sealed class PostgreSqlHistory(PostgreSqlConnection connection) : IHistoryStore
{
    /// <summary>The name of the result that <see cref="InsertMeasured"/> returns.</summary>
    public const string ElapsedColumn = "migrations_elapsed_ms";

    private const string Columns =
        "run_id, service, version, name, description, semantic_version, direction, event, checksum, applied_at, applied_by, host, execution_time_ms, "
        + "rows_affected, success, error_message, statement_index, schema_fingerprint, tool_version";

    private readonly string _schema = HistoryTable.Schema(connection.Options);
    private readonly string _table = HistoryTable.Of(connection.Options);

    private const string WholeColumn = "migrations_whole";

    private string? _whole;
    private readonly FirstSchema _firstSchema = new(connection, HistoryTable.Schema(connection.Options), connection.Options.HistoryTable);

    private long? _lastRead;
    private Guid _runId;

    /// <summary>The table as it stands in statements.</summary>
    public string Table => _table;

    /// <summary>Makes sure that one row is added, and nothing else changes.</summary>
    public HistoryGuard Guard { get; } = new(connection, HistoryTable.Of(connection.Options));

    /// <summary>Schema and table as they are shown to people.</summary>
    public string Display => HistoryTable.Display(connection.Options);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = new List<JournalEntry>();
        try
        {
            await QueryAsync(
                    $"SELECT {Columns}, id FROM ONLY {_table} ORDER BY id",
                    row => entries.Add(JournalRow.Read(row)),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return [];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedColumn)
        {
            throw Conflict(e);
        }
        catch (InvalidCastException e)
        {
            throw Conflict(e);
        }
        catch (PostgresException e)
        {
            throw Refused(e, "Reading");
        }
        catch (NpgsqlException e)
        {
            throw Broken(e, "Reading");
        }

        if (entries.Count == 0)
            await DemandRowsOfItsOwnAsync(cancellationToken).ConfigureAwait(false);
        _lastRead = entries.Count == 0 ? 0 : entries[^1].Id;
        return entries;
    }

    /// <summary>
    /// Refuses a partitioned table, which holds no row itself. Rows of tables that inherit from the history are none of its own, and are
    /// not read (<see href="https://www.postgresql.org/docs/current/ddl-inherit.html"/>).
    /// </summary>
    private async Task DemandRowsOfItsOwnAsync(CancellationToken cancellationToken)
    {
        const string Partitioned = """
            SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'p'
            """;
        if (!await connection.AnyAsync(Partitioned, cancellationToken, _schema, connection.Options.HistoryTable).ConfigureAwait(false))
            return;
        throw new MigrationException(
            ErrorId.HistoryTableConflict,
            $"The history table {Display} is partitioned: what guards its rows works on a plain table only.",
            $"Make it a plain table: BEGIN; ALTER TABLE {_table} RENAME TO old_journal; {string.Join(' ', CreateTable.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))};"
                + $" INSERT INTO {_table} OVERRIDING SYSTEM VALUE SELECT * FROM {PostgreSqlText.Name(_schema)}.old_journal ORDER BY id;"
                + $" SELECT setval(pg_get_serial_sequence({PostgreSqlText.Literal(_table)}, 'id'), max(id)) FROM {_table}; COMMIT;"
        );
    }

    /// <summary>Whether rows were appended since this session last read that it did not write.</summary>
    public async Task<bool> HasUnknownRowsAsync(CancellationToken cancellationToken) =>
        _lastRead is { } last
        && await connection
            .AnyAsync($"SELECT 1 FROM ONLY {_table} WHERE id > $1 AND run_id <> $2 LIMIT 1", cancellationToken, last, _runId)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<long> ReadLastIdAsync(CancellationToken cancellationToken)
    {
        var last = 0L;
        await ReadAsync($"SELECT COALESCE(max(id), 0) FROM ONLY {_table}", row => last = row.GetInt64(0), cancellationToken)
            .ConfigureAwait(false);
        _lastRead = last;
        return last;
    }

    /// <inheritdoc/>
    public async Task<string?> ReadScriptAsync(long id, CancellationToken cancellationToken)
    {
        string? script = null;
        await ReadAsync($"SELECT script FROM ONLY {_table} WHERE id = $1", row => script = JournalRow.Text(row, 0), cancellationToken, id)
            .ConfigureAwait(false);
        return script;
    }

    private async Task ReadAsync(string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values)
    {
        try
        {
            await QueryAsync(query, take, cancellationToken, values).ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            throw Refused(e, "Reading");
        }
        catch (NpgsqlException e)
        {
            throw Broken(e, "Reading");
        }
    }

    /// <summary>Runs a query that waits for a lock on the table no longer than the session is to, and then says for whom.</summary>
    private async Task QueryAsync(string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values)
    {
        var watch = new BlockerWatch(connection, connection.Options.TableLockTimeout);
        await using var _ = watch.ConfigureAwait(false);
        try
        {
            await connection.QueryWithinLimitsAsync(query, take, cancellationToken, values).ConfigureAwait(false);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
                && !cancellationToken.IsCancellationRequested
            )
        {
            var blocker = await watch.StopAsync().ConfigureAwait(false);
            throw new MigrationException(
                PostgreSqlErrors.IdOf(e),
                $"Reading the history table {Display} failed: {e.MessageText} ({e.SqlState}).{(blocker is null ? "" : $" It waited for {blocker.Description}.")}",
                blocker?.WayOut
                    ?? "Wait until that session has ended its transaction, or end it: SELECT pg_terminate_backend(pid); or allow a longer wait with --table-lock-timeout and --statement-timeout.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public Task CheckSchemaAsync(string? service, bool isApplied, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            _firstSchema.CheckAsync(service, isApplied, cancellationToken),
            $"Reading the history table {Display}"
        );

    /// <inheritdoc/>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await PostgreSqlErrors
            .TranslateAsync(CreateAsync(cancellationToken), $"Creating the history table {Display}")
            .ConfigureAwait(false);
        await _firstSchema.RememberAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; !await ExistsAsync(cancellationToken).ConfigureAwait(false); attempt++)
        {
            try
            {
                // Asked only when it is missing: CREATE SCHEMA IF NOT EXISTS needs the right to create one even when it exists.
                if (
                    !await connection
                        .AnyAsync("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", cancellationToken, _schema)
                        .ConfigureAwait(false)
                )
                    await connection
                        .ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {PostgreSqlText.Name(_schema)}", cancellationToken)
                        .ConfigureAwait(false);
                await connection.ExecuteAsync(CreateTable, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (PostgresException e) when (attempt < 5 && PostgreSqlErrors.IsRace(e))
            {
                // Another session created it at the same moment, which IF NOT EXISTS does not cover: look again.
            }
            catch (PostgresException e)
            {
                throw Refused(e, "Creating");
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        // What failed must not take the row of its failure along.
        if (entry.Event == JournalEvent.Failed && connection.IsInOwnTransaction)
            await connection.RollBackAsync().ConfigureAwait(false);
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        var (guard, seal, check) = Fill(batch, entry);
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            do
            {
                if (
                    reader.FieldCount == 1
                    && string.Equals(reader.GetName(0), WholeColumn, StringComparison.Ordinal)
                    && await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                )
                    _whole = reader.GetString(0);
            } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (PostgresException e)
        {
            var isOurs = e.SqlState is PostgresErrorCodes.DivisionByZero;
            await connection.RollBackAsync().ConfigureAwait(false);
            throw isOurs && ReferenceEquals(e.BatchCommand, guard) ? PostgreSqlLock.Lost(entry.Name)
            : isOurs && (ReferenceEquals(e.BatchCommand, check) || ReferenceEquals(e.BatchCommand, seal)) ? Disturbed(entry, e)
            : Refused(e, "Writing");
        }
        catch (NpgsqlException e)
        {
            throw Broken(e, "Writing");
        }
    }

    private (NpgsqlBatchCommand Guard, NpgsqlBatchCommand? Seal, NpgsqlBatchCommand Check) Fill(NpgsqlBatch batch, JournalEntry entry)
    {
        NpgsqlBatchCommand Add(NpgsqlBatchCommand command)
        {
            batch.BatchCommands.Add(command);
            return command;
        }

        // A script outside a transaction may have made another one the default, and set another role for its next statements; this row is
        // ours.
        var begins = !connection.IsInRun && !connection.IsInOwnTransaction;
        foreach (
            var sql in (string[])
                [
                    .. begins ? (string[])["BEGIN READ WRITE"] : [],
                    .. connection.IsInRun ? (string[])[] : ["SET LOCAL SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE NONE"],
                ]
        )
            Add(new NpgsqlBatchCommand(sql));

        // What is recorded here goes on only with the lock: another run may have gone further meanwhile. A failure is recorded without
        // asking.
        var needed = entry.Event switch
        {
            JournalEvent.Failed => null,
            JournalEvent.Progress => connection.GuardOfDone,
            _ => connection.Guard,
        };
        var guard = Add(
            new NpgsqlBatchCommand(
                "SELECT " + string.Join(", ", (string[])[Guard.Preparation, .. needed is null ? (string[])[] : [needed]])
            )
        );
        var seal =
            entry.Event == JournalEvent.Progress && _whole is not null
                ? Add(
                    new NpgsqlBatchCommand(
                        $"SELECT 1 OPERATOR(pg_catalog./) CASE WHEN {Guard.Whole} OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(_whole)} THEN 1 ELSE 0 END"
                    )
                )
                : null;
        // Another run that gets the lock, because a statement has freed it, waits as long as this backend lives.
        Add(
            Insert(
                entry.Event == JournalEvent.Started ? entry with { ErrorMessage = entry.ErrorMessage ?? connection.Server.Backend } : entry,
                "pg_catalog.clock_timestamp()",
                "$18",
                "$19",
                returning: ""
            )
        );
        // In a transaction of the script's own, its constraints are not yet due.
        if (begins)
            Add(new NpgsqlBatchCommand("SET CONSTRAINTS ALL IMMEDIATE"));
        var check = Add(Check(entry));
        _whole = null;
        if (entry.Event == JournalEvent.Started)
            Add(new NpgsqlBatchCommand($"SELECT {Guard.Whole} AS {WholeColumn}"));
        if (begins)
            Add(new NpgsqlBatchCommand("COMMIT"));
        return (guard, seal, check);
    }

    /// <summary>The row of a step, with its figures computed by the server.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="figures">How they are computed.</param>
    /// <param name="toldRows">How many rows the script itself tells that it changes; null when the server must count, which takes longer
    /// than a small script.</param>
    public NpgsqlBatchCommand InsertMeasured(JournalEntry entry, StepFigures figures, long? toldRows)
    {
        // In the transaction of a run a script could have changed ours, and no one looks before its end.
        var (rows, leftovers) = toldRows is { } told
            ? (figures.Told(told, "$18"), "false")
            : (figures.Rows, StepFigures.Leftovers(connection.IsInRun ? "true" : connection.Prepared.IsOther));
        var command = Insert(
            entry,
            "pg_catalog.clock_timestamp()",
            figures.Elapsed,
            rows,
            $" RETURNING execution_time_ms AS {ElapsedColumn}, rows_affected, {leftovers}"
        );
        if (toldRows is not null)
            command.Parameters.Add(PostgreSqlText.Parameter(toldRows));
        return command;
    }

    /// <summary>A statement that fails with a division by zero when a row is not all that has changed in the table.</summary>
    public NpgsqlBatchCommand Check(JournalEntry entry) => Guard.Check(entry, _lastRead);

    /// <summary>Looks for the row of a step in a connection that did not write it.</summary>
    /// <returns>The row's figures; null when it is not there.</returns>
    public async Task<(long Elapsed, long? Rows)?> FindAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        (long, long?)? found = null;
        await connection
            .QueryAsync(
                $"SELECT execution_time_ms, rows_affected FROM ONLY {_table} WHERE run_id = $1 AND name = $2 AND event = $3 AND service IS NOT DISTINCT FROM $4",
                row => found = (JournalRow.Number(row, 0) ?? 0, JournalRow.Number(row, 1)),
                cancellationToken,
                entry.RunId,
                entry.Name,
                JournalNames.Of(entry.Event),
                entry.Service
            )
            .ConfigureAwait(false);
        return found;
    }

    /// <summary>The row was swallowed, or something else in the history changed with it.</summary>
    public MigrationException Disturbed(JournalEntry entry, Exception e) =>
        new(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} ({JournalNames.Of(entry.Event)}) could not be recorded in the history table {Display}: its row was suppressed, or other rows there were changed with it. That transaction was rolled back.",
            $"Look for triggers, rules and policies on {Display}, and for statements of the script that write to it; remove them, then run the command again.",
            e
        );

    /// <summary>An error of the server about the history table.</summary>
    public MigrationException Refused(PostgresException e, string doing)
    {
        var what = $"{doing} the history table {Display} was refused";
        var user = connection.Info.User;
        return e.SqlState switch
        {
            PostgresErrorCodes.UndefinedColumn => Conflict(e),
            _ when PostgreSqlErrors.IsHidden(e) => new MigrationException(
                ErrorId.PermissionDenied,
                $"Row-level security hides rows of the history table {Display} from the role {PostgreSqlText.Name(user ?? "")}, and a history with gaps must not be taken for a whole one: {e.MessageText} ({e.SqlState}).",
                $"Run as the table's owner, after ALTER TABLE {_table} NO FORCE ROW LEVEL SECURITY; or as a role with BYPASSRLS; or take the policies away: ALTER TABLE {_table} DISABLE ROW LEVEL SECURITY;",
                e
            ),
            PostgresErrorCodes.InsufficientPrivilege when string.Equals(doing, "Creating", StringComparison.Ordinal) =>
                new MigrationException(
                    ErrorId.PermissionDenied,
                    $"{what}: {e.MessageText} ({e.SqlState}).",
                    $"As the schema's owner: GRANT CREATE, USAGE ON SCHEMA {PostgreSqlText.Name(_schema)} TO {PostgreSqlText.Name(user ?? "the_user")}; or let an administrator run 'migrations up' once.",
                    e
                ),
            PostgresErrorCodes.InsufficientPrivilege => new MigrationException(
                ErrorId.PermissionDenied,
                $"{what}: {e.MessageText} ({e.SqlState}).",
                $"As the table's owner: GRANT USAGE ON SCHEMA {PostgreSqlText.Name(_schema)} TO {PostgreSqlText.Name(user ?? "the_user")}; GRANT SELECT, INSERT ON {_table} TO {PostgreSqlText.Name(user ?? "the_user")};",
                e
            ),
            PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidSchemaName when string.Equals(doing, "Writing", StringComparison.Ordinal) =>
                new MigrationException(
                    ErrorId.StatementFailed,
                    $"The history table {Display} is gone; what has just run takes it away, or somebody else has dropped it: {e.MessageText} ({e.SqlState}).",
                    "A migration that drops the schema of its history cannot be recorded: leave that table out of it, or keep the history in a schema of its own with --history-schema.",
                    e
                ),
            _ => PostgreSqlErrors.General(e, $"{doing} the history table {Display}"),
        };
    }

    private string CreateTable =>
        $"""
            CREATE TABLE IF NOT EXISTS {_table} (
                id pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                run_id pg_catalog.uuid NOT NULL,
                service pg_catalog.text,
                version pg_catalog.text,
                name pg_catalog.text NOT NULL,
                description pg_catalog.text,
                semantic_version pg_catalog.text,
                direction pg_catalog.text NOT NULL,
                event pg_catalog.text NOT NULL,
                checksum pg_catalog.text,
                applied_at pg_catalog.timestamptz NOT NULL,
                applied_by pg_catalog.text NOT NULL,
                host pg_catalog.text NOT NULL,
                execution_time_ms pg_catalog.int8,
                rows_affected pg_catalog.int8,
                success pg_catalog.bool NOT NULL,
                error_message pg_catalog.text,
                statement_index pg_catalog.int4,
                schema_fingerprint pg_catalog.text,
                tool_version pg_catalog.text NOT NULL,
                script pg_catalog.text)
            """;

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await QueryAsync($"SELECT {Columns}, id, script FROM ONLY {_table} LIMIT 0", _ => { }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return false;
        }
        catch (PostgresException e)
        {
            throw Refused(e, "Reading");
        }
    }

    private NpgsqlBatchCommand Insert(JournalEntry entry, string time, string elapsed, string rows, string returning)
    {
        var command = new NpgsqlBatchCommand(
            $"INSERT INTO {_table} ({Columns}, script) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {time}, $10, $11, {elapsed}, {rows}, $12, $13, $14, $15, $16, $17){returning}"
        );
        var values = command.Parameters;
        _runId = entry.RunId;
        entry = entry with
        {
            Description = ServerEncoding.Storable(connection.Npgsql, entry.Description),
            ErrorMessage = ServerEncoding.Storable(connection.Npgsql, entry.ErrorMessage),
            // One that would not come back as it is must not be compared with the file later.
            Script = entry.Script is { } script && ServerEncoding.CanStore(connection.Npgsql, script) ? script : null,
        };
        values.Add(PostgreSqlText.Parameter(entry.RunId, NpgsqlDbType.Uuid));
        foreach (
            var text in (string?[])
                [
                    entry.Service,
                    entry.Version,
                    entry.Name,
                    entry.Description,
                    entry.SemanticVersion,
                    JournalNames.Of(entry.Direction),
                    JournalNames.Of(entry.Event),
                    entry.Checksum,
                    entry.AppliedBy,
                    entry.Host,
                ]
        )
            values.Add(PostgreSqlText.Parameter(text));
        values.Add(PostgreSqlText.Parameter(entry.Success, NpgsqlDbType.Boolean));
        values.Add(PostgreSqlText.Parameter(entry.ErrorMessage));
        values.Add(PostgreSqlText.Parameter(entry.StatementIndex));
        foreach (var text in (string?[])[entry.SchemaFingerprint, entry.ToolVersion, entry.Script])
            values.Add(PostgreSqlText.Parameter(text));
        if (elapsed.StartsWith('$'))
        {
            values.Add(PostgreSqlText.Parameter(entry.ExecutionTimeMs));
            values.Add(PostgreSqlText.Parameter(entry.RowsAffected));
        }

        return command;
    }

    private MigrationException Broken(NpgsqlException e, string doing) =>
        new(
            ErrorId.ConnectionFailed,
            $"{doing} the history table {Display} failed, because the connection broke: {PostgreSqlErrors.Words(e).TrimEnd('.')}.",
            "Check the server and the network, then run the command again.",
            e
        );

    private MigrationException Conflict(Exception e) =>
        new(
            ErrorId.HistoryTableConflict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"There is a table {Display}, and it is not a history of this tool: its columns are others."
            ),
            "Give the history another name with --history-table, or rename that table.",
            e
        );
}
