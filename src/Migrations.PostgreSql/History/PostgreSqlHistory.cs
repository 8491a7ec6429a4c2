using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>The journal in a PostgreSQL database.</summary>
internal sealed class PostgreSqlHistory : IHistoryStore
{
    /// <summary>The name of the result that <see cref="InsertMeasured"/> returns.</summary>
    public const string ElapsedColumn = "migrations_elapsed_ms";

    /// <summary>The name of the result that <see cref="Insert(JournalEntry)"/> returns: where the row stands.</summary>
    public const string PlaceColumn = "migrations_place";

    private readonly PostgreSqlConnection _connection;
    private readonly string _table;
    private readonly HistoryQuery _query;
    private readonly HistoryAppend _append;
    private readonly HistoryLook _look;
    private readonly FirstSchema _firstSchema;
    private Guid _runId;

    /// <param name="connection">The connection.</param>
    public PostgreSqlHistory(PostgreSqlConnection connection)
    {
        var options = connection.Options;
        _connection = connection;
        _table = HistoryTable.Of(options);
        Rows = new KnownRows(_table);
        Guard = new HistoryGuard(connection, _table, Rows);
        Errors = new HistoryErrors(connection);
        _query = new HistoryQuery(connection, Errors);
        _append = new HistoryAppend(connection, this);
        Foreign = new PostgreSqlForeignTables(connection);
        _look = new HistoryLook(connection);
        _firstSchema = new FirstSchema(connection, HistoryTable.Schema(options), options.HistoryTable, _look);
    }

    /// <summary>The table as it stands in statements.</summary>
    public string Table => _table;

    /// <summary>Makes sure that one row is added, and nothing else changes.</summary>
    public HistoryGuard Guard { get; }

    /// <summary>The rows that must be there.</summary>
    public KnownRows Rows { get; }

    /// <summary>What is said when the server refuses something about the table.</summary>
    public HistoryErrors Errors { get; }

    private string Display => HistoryTable.Display(_connection.Options);

    /// <summary>The tables in which other tools keep their histories, read through the same connection.</summary>
    public IForeignTables Foreign { get; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = new List<JournalEntry>();
        var (last, lastMark, marks) = (0L, 0L, 0L);
        try
        {
            await _query
                .RunAsync(
                    _look,
                    // A name that the table does not have is looked up outside of the subquery: a table that no batch has been
                    // recorded in has no such column.
                    $"SELECT {HistoryInsert.Columns}, h.id, h.{HistoryInsert.Position}, h.xmin FROM (SELECT NULL::pg_catalog.text AS "
                        + $"{HistoryInsert.Position}) n CROSS JOIN LATERAL (SELECT {HistoryInsert.Columns}, id, "
                        + $"{HistoryInsert.Position}, xmin FROM ONLY {_table}) h",
                    row =>
                    {
                        var entry = JournalRow.Read(row);
                        var mark = JournalRow.Mark(row);
                        entries.Add(entry);
                        marks += mark;
                        if (entry.Id > last)
                            (last, lastMark) = (entry.Id, mark);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // A table that was there before took its numbers along.
            Rows.Forget();
            return [];
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedColumn)
        {
            throw Errors.Conflict(e);
        }
        catch (InvalidCastException e)
        {
            throw Errors.Conflict(e);
        }
        catch (PostgresException e)
        {
            throw Errors.Refused(e, "Reading");
        }
        catch (NpgsqlException e)
        {
            throw Errors.Broken(e, "Reading");
        }

        if (entries.Count == 0 && !_look.IsStored && await IsPartitionedAsync(cancellationToken).ConfigureAwait(false))
            throw Errors.Partitioned();
        // They stand in this order, nearly always; to sort them would cost the server a tenth of a call.
        entries.Sort((one, other) => one.Id.CompareTo(other.Id));
        Rows.Read(last, lastMark, marks);
        return entries;
    }

    /// <inheritdoc/>
    public Task<FoundHistories> FindAllAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new HistorySearch(_connection).RunAsync(cancellationToken),
            "Looking for the histories in the database"
        );

    // Such a table has no file, and holds no row itself.
    private async Task<bool> IsPartitionedAsync(CancellationToken cancellationToken)
    {
        var isPartitioned = false;
        await _query
            .ReadAsync(
                "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass($1)",
                row => isPartitioned = row.GetBoolean(0),
                cancellationToken,
                _table
            )
            .ConfigureAwait(false);
        return isPartitioned;
    }

    /// <summary>Whether rows were appended since this session last read that it did not write.</summary>
    public async Task<bool> HasUnknownRowsAsync(CancellationToken cancellationToken) =>
        Rows.LastRead is { } last
        && await _connection
            .AnyAsync($"SELECT 1 FROM ONLY {_table} WHERE id > $1 AND run_id <> $2 LIMIT 1", cancellationToken, last, _runId)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<long> ReadLastIdAsync(CancellationToken cancellationToken)
    {
        var last = 0L;
        await _query
            .ReadAsync($"SELECT COALESCE(max(id), 0) FROM ONLY {_table}", row => last = row.GetInt64(0), cancellationToken)
            .ConfigureAwait(false);
        Rows.ReadLast(last);
        return last;
    }

    /// <inheritdoc/>
    public async Task<string?> ReadScriptAsync(long id, CancellationToken cancellationToken)
    {
        string? script = null;
        await _query
            .ReadAsync($"SELECT script FROM ONLY {_table} WHERE id = $1", row => script = JournalRow.Text(row, 0), cancellationToken, id)
            .ConfigureAwait(false);
        return script;
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
            .TranslateAsync(
                new HistoryCreation(_connection, _query, Errors).RunAsync(cancellationToken),
                $"Creating the history table {Display}"
            )
            .ConfigureAwait(false);
        await PostgreSqlErrors
            .TranslateAsync(_firstSchema.RememberAsync(cancellationToken), $"Recording the first schema on the history table {Display}")
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task EnsurePositionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (
                await _connection
                    .AnyAsync(
                        "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) AND attname = 'position' "
                            + "AND NOT attisdropped",
                        cancellationToken,
                        _table
                    )
                    .ConfigureAwait(false)
            )
                return;
            await _query
                .RunAsync($"ALTER TABLE {_table} ADD COLUMN {HistoryInsert.Position} pg_catalog.text", _ => { }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            throw Errors.Refused(e, "Extending");
        }
        catch (NpgsqlException e)
        {
            throw Errors.Broken(e, "Extending");
        }
    }

    /// <inheritdoc/>
    public Task AppendAsync(JournalEntry entry, CancellationToken cancellationToken) => _append.RunAsync(entry, cancellationToken);

    /// <summary>The row of something else than a step, with the figures that it has.</summary>
    public NpgsqlBatchCommand Insert(JournalEntry entry) =>
        Insert(entry, elapsed: "$18", rows: "$19", returning: $" RETURNING ctid::pg_catalog.text AS {PlaceColumn}");

    private NpgsqlBatchCommand Insert(JournalEntry entry, string elapsed, string rows, string returning)
    {
        _runId = entry.RunId;
        return HistoryInsert.Of(_connection, entry, Time(entry), elapsed, rows, returning);
    }

    // What another tool applied keeps the moment that this tool recorded.
    private static string Time(JournalEntry entry) =>
        entry.Event == JournalEvent.Adopted && entry.AppliedAt != default
            ? $"{PostgreSqlText.Literal(entry.AppliedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}::pg_catalog.timestamptz"
            : "pg_catalog.clock_timestamp()";

    /// <summary>The row of a step, with its figures computed by the server.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="figures">How they are computed.</param>
    /// <param name="knownRows">How many rows the script changes by its own text; null when the server must count, which takes longer
    /// than a small script.</param>
    public NpgsqlBatchCommand InsertMeasured(JournalEntry entry, StepFigures figures, long? knownRows)
    {
        // In the transaction of a run a script could have changed ours, and no one looks before its end.
        var (rows, leftovers) = knownRows is { } known
            ? (figures.Known(known, entry.Position is null ? "$18" : "$19"), "false")
            : (figures.Rows, StepFigures.Leftovers(_connection.IsInRun ? "true" : _connection.Prepared.IsOther));
        var command = Insert(
            entry,
            figures.Elapsed,
            rows,
            $" RETURNING execution_time_ms AS {ElapsedColumn}, rows_affected, {leftovers}, ctid::pg_catalog.text"
        );
        if (knownRows is not null)
            command.Parameters.Add(PostgreSqlText.Parameter(knownRows));
        return command;
    }

    /// <summary>Looks for the row of a step in a connection that did not write it.</summary>
    /// <returns>The row's figures; null when it is not there.</returns>
    public async Task<(long Elapsed, long? Rows)?> FindAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        (long, long?)? found = null;
        await _connection
            .QueryAsync(
                $"SELECT execution_time_ms, rows_affected FROM ONLY {_table} WHERE run_id = $1 AND name = $2 AND event = $3 AND "
                    + "service IS NOT DISTINCT FROM $4 AND description IS NOT DISTINCT FROM $5"
                    // A run has a row of progress for each batch.
                    + (entry.Position is null ? "" : $" AND {HistoryInsert.Position} = {PostgreSqlText.Literal(entry.Position)}"),
                row => found = (JournalRow.Number(row, 0) ?? 0, JournalRow.Number(row, 1)),
                cancellationToken,
                entry.RunId,
                entry.Name,
                JournalNames.Of(entry.Event),
                entry.Service,
                entry.Description
            )
            .ConfigureAwait(false);
        return found;
    }
}
