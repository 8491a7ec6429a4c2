using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The journal table in an SQLite file.</summary>
internal sealed class SqliteHistory : IHistoryStore, IDisposable
{
    // The script comes last: rows are read without it, and what precedes it is then read without following it into overflow pages.
    private const string Definition =
        "(id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, service TEXT, version TEXT, name TEXT NOT NULL, description TEXT, semantic_version TEXT,"
        + " direction TEXT NOT NULL, event TEXT NOT NULL, checksum TEXT, applied_at TEXT NOT NULL, applied_by TEXT NOT NULL, host TEXT NOT NULL,"
        + " execution_time_ms INTEGER, rows_affected INTEGER, success INTEGER NOT NULL, error_message TEXT, statement_index INTEGER, schema_fingerprint TEXT,"
        + " tool_version TEXT NOT NULL, script TEXT)";

    private const string Columns =
        "id, run_id, service, version, name, description, semantic_version, direction, event, checksum, applied_at, applied_by, host,"
        + " execution_time_ms, rows_affected, success, error_message, statement_index, schema_fingerprint, tool_version";

    private const string Values =
        " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,strftime('%Y-%m-%dT%H:%M:%fZ','now'),?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)";

    private readonly SqliteHandle _handle;
    private readonly DatabaseTarget _target;
    private readonly string _name;
    private readonly string _table;
    private bool _isDue;
    private SqliteStatement? _insert;
    private SqliteStatement? _lastId;
    private SqliteStatement? _check;
    private bool _isDisturbed;

    public SqliteHistory(SqliteHandle handle, DatabaseTarget target, string table)
    {
        _handle = handle;
        _target = target;
        _name = table;
        _table = SqliteNames.Quote(table);
    }

    /// <summary>
    /// The table as this session has read or written it last; null before it has looked. Put back by whoever rolls rows back.
    /// </summary>
    public HistoryMark? Known { get; set; }

    /// <summary>Whether this session holds the migration lock: then no other run is what keeps it waiting.</summary>
    public bool HoldsLock { get; set; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> ReadAsync(CancellationToken cancellationToken) =>
        Call<IReadOnlyList<JournalEntry>>(ReadAll, cancellationToken);

    /// <inheritdoc/>
    public Task<long> ReadLastIdAsync(CancellationToken cancellationToken) => Call(ReadLastId, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadScriptAsync(long id, CancellationToken cancellationToken) =>
        Call(
            () => _handle.QueryText($"SELECT script FROM {_table} WHERE id = ?1", id.ToString(CultureInfo.InvariantCulture)),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task CheckSchemaAsync(string? service, bool isApplied, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        Call(
            () =>
            {
                if (Exists())
                    return true;
                // What the first script says of a new file (page size, encoding) has an effect only while the file is empty.
                _isDue = _handle.QueryInt64("PRAGMA main.page_count") == 0;
                if (!_isDue)
                    Create();
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task AppendAsync(JournalEntry entry, CancellationToken cancellationToken) =>
        Call(
            () =>
            {
                // What failed must not take the row of its failure along: a script's own transaction may still be open.
                if (entry.Event == JournalEvent.Failed && _handle.InTransaction)
                    _handle.Execute("ROLLBACK");
                if (_handle.HasMoved)
                    throw SqliteErrors.Replaced(_target);
                if (_handle.InTransaction)
                    Insert(entry);
                else
                    InsertAlone(entry);
                return true;
            },
            cancellationToken
        );

    /// <summary>Creates the table in a new file, in the transaction that has begun or in one of its own.</summary>
    public void CreateIfDue()
    {
        if (_isDue && !Exists())
            Create();
        // A rollback takes it along.
        _isDue &= _handle.InTransaction;
    }

    /// <summary>What was begun is committed.</summary>
    public void OnCommitted() => _isDue = false;

    private void Create() => _handle.Execute($"CREATE TABLE IF NOT EXISTS {_table} {Definition}");

    private void InsertAlone(JournalEntry entry)
    {
        var known = Known;
        _handle.Execute("BEGIN IMMEDIATE");
        try
        {
            Insert(entry);
            _handle.Execute("COMMIT");
            OnCommitted();
        }
        catch
        {
            Known = known;
            if (_handle.InTransaction)
                _handle.Execute("ROLLBACK");
            throw;
        }
    }

    /// <summary>
    /// Runs a script, or a statement of one, and notices when it changes rows of the history, or takes the table away: what is there
    /// afterwards does not show it.
    /// </summary>
    /// <param name="run">Runs it.</param>
    /// <param name="state">What scripts do to the connection.</param>
    public T Watch<T>(Func<T> run, ConnectionState state)
    {
        // In a transaction of the script's own, what an earlier statement did is recorded with the last.
        _isDisturbed &= _handle.InTransaction;
        var result = Notice(run, rows: 0);
        _isDisturbed |= state.HasReplacedHistory;
        return result;
    }

    /// <summary>Runs what changes so many rows of the history, and notices when it changes more.</summary>
    private T Notice<T>(Func<T> run, long rows)
    {
        if (_handle.Changes is { } counts)
        {
            var before = Sum(counts.Of(_name));
            var counted = run();
            _isDisturbed |= Sum(counts.Of(_name)) > before + rows;
            return counted;
        }

        using var watch = new SqliteRowWatch(_handle, _name);
        var result = run();
        _isDisturbed |= watch.Count > rows;
        return result;
    }

    private static long Sum((long Inserted, long Updated, long Deleted) changes) => changes.Inserted + changes.Updated + changes.Deleted;

    /// <summary>
    /// Appends a row in the open transaction, and makes sure that this is all that has changed in the table since this session looked at it
    /// last.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: the row was suppressed, or others were
    /// changed.</exception>
    public void Insert(JournalEntry entry)
    {
        try
        {
            // A trigger may do more than the script did.
            Notice(() => InsertRow(entry), rows: 1);
        }
        catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.Error)
        {
            throw Disturbed(entry, e);
        }

        Check(entry);
    }

    private void Check(JournalEntry entry)
    {
        _check ??= _handle.Prepare(
            $"SELECT id, (SELECT count(*) FROM main.{_table}) FROM main.{_table} WHERE id = (SELECT max(id) FROM main.{_table}) AND run_id = ?1 AND name = ?2 AND event = ?3"
        );
        _check.Bind(1, entry.RunId.ToString());
        _check.Bind(2, entry.Name);
        _check.Bind(3, JournalNames.Of(entry.Event));
        try
        {
            HistoryMark? found = _check.Step() ? new HistoryMark(_check.Int64(0), _check.Int64(1)) : null;
            if (
                _isDisturbed
                || found is not { } now
                || (Known is { } known && (now.LastId <= known.LastId || now.Count != known.Count + 1))
            )
                throw Disturbed(entry, inner: null);
            Known = now;
        }
        finally
        {
            _check.Reset();
        }
    }

    private MigrationException Disturbed(JournalEntry entry, SqliteFailure? inner)
    {
        // What is wrong is told once; what comes after it, a failure, is recorded as far as it can be.
        (_isDisturbed, Known) = (false, null);
        return new MigrationException(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} ({JournalNames.Of(entry.Event)}) could not be recorded in the history '{_name}' of '{_target.Display}': its row was suppressed, or other rows there were changed with it.{(inner is null ? "" : $" {inner.Message} [{inner.CodeText}]")} That transaction was rolled back.",
            $"Look for triggers on '{_name}', and for statements of the script that write to it or to the schema table; remove them, then run the command again.",
            inner
        );
    }

    private bool InsertRow(JournalEntry entry)
    {
        CreateIfDue();
        _insert ??= _handle.Prepare($"INSERT INTO {_table} ({Columns[4..]}, script){Values}");
        var row = _insert;
        row.Bind(1, entry.RunId.ToString());
        row.Bind(2, entry.Service);
        row.Bind(3, entry.Version);
        row.Bind(4, entry.Name);
        row.Bind(5, entry.Description);
        row.Bind(6, entry.SemanticVersion);
        row.Bind(7, JournalNames.Of(entry.Direction));
        row.Bind(8, JournalNames.Of(entry.Event));
        row.Bind(9, entry.Checksum);
        row.Bind(10, entry.AppliedBy);
        row.Bind(11, entry.Host);
        row.Bind(12, entry.ExecutionTimeMs);
        row.Bind(13, entry.RowsAffected);
        row.Bind(14, entry.Success ? 1 : 0);
        row.Bind(15, entry.ErrorMessage);
        row.Bind(16, entry.StatementIndex);
        row.Bind(17, entry.SchemaFingerprint);
        row.Bind(18, entry.ToolVersion);
        row.Bind(19, entry.Script);
        row.Run();
        return true;
    }

    /// <summary>
    /// Whether rows were appended that this session neither read nor wrote. Inside the transaction of a step this is the second look at the
    /// journal: the lock keeps other runs out, unless they reach the file by a way on which the lock does not hold.
    /// </summary>
    public bool HasUnknownRows()
    {
        if (Known is not { } known)
            return false;
        var last = ReadLastId();
        Known = known with { LastId = last };
        return last > known.LastId;
    }

    /// <summary>Reads all rows; false when there is no table of that name, or it is no history.</summary>
    public bool TryReadAll(out IReadOnlyList<JournalEntry> entries)
    {
        entries = [];
        try
        {
            entries = ReadAll();
        }
        catch (MigrationException)
        {
            // The name is taken by a table of the user's own.
        }

        return entries.Count > 0;
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _lastId?.Dispose();
        _check?.Dispose();
    }

    private long ReadLastId()
    {
        if (_isDue && !Exists())
            return 0;
        _lastId ??= _handle.Prepare($"SELECT max(id) FROM {_table}");
        try
        {
            return _lastId.Step() && !_lastId.IsNull(0) ? _lastId.Int64(0) : 0;
        }
        finally
        {
            _lastId.Reset();
        }
    }

    private List<JournalEntry> ReadAll()
    {
        var entries = new List<JournalEntry>();
        if (Exists())
        {
            using var rows = _handle.Prepare($"SELECT {Columns} FROM {_table} ORDER BY id");
            while (rows.Step())
                entries.Add(Read(rows));
        }

        Known = new HistoryMark(entries.Count == 0 ? 0 : entries[^1].Id, entries.Count);
        return entries;
    }

    private JournalEntry Read(SqliteStatement row) =>
        new()
        {
            Id = row.Int64(0),
            RunId = Guid.TryParse(row.Text(1), out var run) ? run : Guid.Empty,
            Service = row.Text(2),
            Version = row.Text(3),
            Name = row.Text(4) ?? "",
            Description = row.Text(5),
            SemanticVersion = row.Text(6),
            Direction = JournalNames.Direction(row.Text(7)),
            Event = JournalNames.Event(row.Text(8)),
            Checksum = row.Text(9),
            AppliedAt = DateTimeOffset.TryParse(
                row.Text(10),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
                ? time
                : throw NoTime(row.Int64(0), row.Text(10)),
            AppliedBy = row.Text(11) ?? "",
            Host = row.Text(12) ?? "",
            ExecutionTimeMs = row.IsNull(13) ? null : row.Int64(13),
            RowsAffected = row.IsNull(14) ? null : row.Int64(14),
            Success = row.Int64(15) != 0,
            ErrorMessage = row.Text(16),
            StatementIndex = row.IsNull(17) ? null : (int)row.Int64(17),
            SchemaFingerprint = row.Text(18),
            ToolVersion = row.Text(19) ?? "",
        };

    private MigrationException NoTime(long id, string? text) =>
        new(
            ErrorId.HistoryTableConflict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The history '{_name}' of '{_target.Display}' has a row (id {id}) whose applied_at, '{text}', is no time."
            ),
            "The tool writes times like 2025-01-31T12:00:00.000Z: put the row right, or restore a backup from before it was changed."
        );

    private bool Exists()
    {
        var present = new HashSet<string>(SqliteNames.Comparer);
        using (var columns = _handle.Prepare($"PRAGMA main.table_info({_table})"))
        {
            while (columns.Step())
                present.Add(columns.Text(1)!);
        }

        if (present.Count == 0)
            return false;
        if ((Columns + ", script").Split(", ").All(present.Contains))
            return true;
        throw new MigrationException(
            ErrorId.HistoryTableConflict,
            $"The database '{_target.Display}' has a table '{_name}' that is no migration history: it has other columns.",
            "Give the history another name with '--history-table <name>', for example '--history-table migration_history'."
        );
    }

    private Task<T> Call<T>(Func<T> action, CancellationToken cancellationToken)
    {
        try
        {
            _handle.Watch.Token = cancellationToken;
            return Task.FromResult(action());
        }
        catch (SqliteFailure e)
        {
            return cancellationToken.IsCancellationRequested
                ? Task.FromCanceled<T>(cancellationToken)
                : Task.FromException<T>(HoldsLock ? SqliteErrors.Translate(e, _target, _handle) : SqliteErrors.Waited(e, _target));
        }
        catch (MigrationException e)
        {
            return Task.FromException<T>(e);
        }
        finally
        {
            _handle.Watch.Token = CancellationToken.None;
        }
    }
}
