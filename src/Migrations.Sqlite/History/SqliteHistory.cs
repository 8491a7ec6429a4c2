using Migrations.Databases;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The journal table in an SQLite file.</summary>
internal sealed class SqliteHistory : IHistoryStore, IDisposable
{
    private const string Values =
        " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,strftime('%Y-%m-%dT%H:%M:%fZ','now'),?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)";

    private readonly SqliteConnection _connection;
    private readonly SqliteHandle _handle;
    private readonly HistoryTable _table;
    private readonly HistoryReader _reader;
    private readonly HistoryWatch _watch;
    private bool _isDue;
    private SqliteStatement? _insert;
    private SqliteStatement? _lastId;
    private SqliteStatement? _check;

    public SqliteHistory(SqliteConnection connection)
    {
        _connection = connection;
        _handle = connection.Handle;
        _table = new HistoryTable(_handle, connection.Target, connection.Options.HistoryTable);
        _reader = new HistoryReader(_handle, connection.Target, _table);
        _watch = new HistoryWatch(_handle, _table.Name);
    }

    /// <summary>The table as this session has read or written it last; null before it has read it.</summary>
    public HistoryMark? Known { get; private set; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalEntry>> ReadAsync(CancellationToken cancellationToken) =>
        Call<IReadOnlyList<JournalEntry>>(
            () =>
            {
                var entries = _reader.ReadAll();
                Known = new HistoryMark(entries.Count == 0 ? 0 : entries[^1].Id, entries.Count);
                return entries;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<long> ReadLastIdAsync(CancellationToken cancellationToken) => Call(ReadLastId, cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadScriptAsync(long id, CancellationToken cancellationToken) =>
        Call(() => _reader.ReadScript(id), cancellationToken);

    /// <inheritdoc/>
    public Task CheckSchemaAsync(string? service, bool isApplied, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        Call(
            () =>
            {
                if (_table.Exists())
                    return true;
                // What the first script says of a new file (page size, encoding) has an effect only while the file is empty.
                _isDue = _handle.QueryInt64("PRAGMA main.page_count") == 0;
                if (!_isDue)
                    _table.Create();
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
                _connection.DemandSameFile();
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
        if (_isDue && !_table.Exists())
            _table.Create();
        // A rollback takes it along.
        _isDue &= _handle.InTransaction;
    }

    /// <summary>What was begun is committed.</summary>
    public void OnCommitted() => _isDue = false;

    /// <summary>Rows were rolled back: the table is as it was then.</summary>
    /// <param name="mark">How it was; null when that is not known.</param>
    public void ReturnTo(HistoryMark? mark) => Known = mark;

    /// <summary>
    /// Runs a script, or a statement of one, and notices when it changes rows of the history, or takes the table away.
    /// </summary>
    /// <param name="run">Runs it.</param>
    public T Watch<T>(Func<T> run) => _watch.OfScript(run, _connection.State);

    /// <summary>
    /// Appends a row in the open transaction, and makes sure that this is all that has changed in the table since this session read it
    /// last.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: the row was suppressed, or others were
    /// changed.</exception>
    public void Insert(JournalEntry entry)
    {
        try
        {
            // A trigger may do more than the script did.
            _watch.OfRows(() => InsertRow(entry), rows: 1);
        }
        catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.Error)
        {
            throw Disturbed(entry, e);
        }

        Check(entry);
    }

    /// <summary>
    /// Whether rows were appended that this session neither read nor wrote. Inside the transaction of a step this is the second reading of
    /// the journal: the lock keeps other runs out, unless they reach the file by a way on which the lock does not hold.
    /// </summary>
    public bool HasUnknownRows()
    {
        if (Known is not { } known)
            return false;
        var last = ReadLastId();
        Known = known with { LastId = last };
        return last > known.LastId;
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _lastId?.Dispose();
        _check?.Dispose();
    }

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

    private bool InsertRow(JournalEntry entry)
    {
        CreateIfDue();
        _insert ??= _handle.Prepare($"INSERT INTO {_table.Quoted} ({HistoryTable.Columns[4..]}, script){Values}");
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

    private void Check(JournalEntry entry)
    {
        _check ??= _handle.Prepare(
            $"SELECT id, (SELECT count(*) FROM main.{_table.Quoted}) FROM main.{_table.Quoted}"
                + $" WHERE id = (SELECT max(id) FROM main.{_table.Quoted}) AND run_id = ?1 AND name = ?2 AND event = ?3"
        );
        _check.Bind(1, entry.RunId.ToString());
        _check.Bind(2, entry.Name);
        _check.Bind(3, JournalNames.Of(entry.Event));
        try
        {
            HistoryMark? found = _check.Step() ? new HistoryMark(_check.Int64(0), _check.Int64(1)) : null;
            if (
                _watch.IsDisturbed
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
        // What is wrong is reported once; what comes after it, a failure, is recorded as far as it can be.
        _watch.Forget();
        Known = null;
        return new MigrationException(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} ({JournalNames.Of(entry.Event)}) could not be recorded in the history '{_table.Name}' of "
                + $"'{_connection.Target.Display}': its row was suppressed, or other rows there were changed with it."
                + $"{(inner is null ? "" : $" {inner.Message} [{inner.CodeText}]")} That transaction was rolled back.",
            $"Look for triggers on '{_table.Name}', and for statements of the script that write to it or to the schema table; "
                + "remove them, then run the command again.",
            inner
        );
    }

    private long ReadLastId()
    {
        if (_isDue && !_table.Exists())
            return 0;
        _lastId ??= _handle.Prepare($"SELECT max(id) FROM {_table.Quoted}");
        try
        {
            return _lastId.Step() && !_lastId.IsNull(0) ? _lastId.Int64(0) : 0;
        }
        finally
        {
            _lastId.Reset();
        }
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
                : Task.FromException<T>(Translate(e));
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

    private MigrationException Translate(SqliteFailure failure) =>
        _connection.HoldsLock
            ? SqliteErrors.Translate(failure, _connection.Target, _handle)
            : SqliteErrors.Waited(failure, _connection.Target);
}
