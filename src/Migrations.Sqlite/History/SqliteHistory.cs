using Migrations.Databases;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The journal table in an SQLite file.</summary>
internal sealed class SqliteHistory : IHistoryStore, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteHandle _handle;
    private readonly HistoryTable _table;
    private readonly HistoryReader _reader;
    private readonly HistoryRows _rows;
    private readonly HistoryWatch _watch;
    private bool _isDue;

    public SqliteHistory(SqliteConnection connection)
    {
        _connection = connection;
        _handle = connection.Handle;
        _table = new HistoryTable(_handle, connection.Target, connection.Options.HistoryTable);
        _reader = new HistoryReader(_handle, connection.Target, _table);
        _rows = new HistoryRows(_handle, _table);
        _watch = new HistoryWatch(_handle, _table.Name);
        Foreign = new SqliteForeignTables(connection, _table);
    }

    /// <summary>The table as this session has read or written it last; null before it has read it.</summary>
    public HistoryMark? Known { get; private set; }

    /// <summary>The tables in which other tools keep their histories, read through the same connection.</summary>
    public IForeignTables Foreign { get; }

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
    public Task<FoundHistories> FindAllAsync(CancellationToken cancellationToken) =>
        Call(() => new HistorySearch(_handle, _connection.Target, _table.Name).Run(), cancellationToken);

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
    public Task EnsurePositionsAsync(CancellationToken cancellationToken) =>
        Call(
            () =>
            {
                _table.AddPosition();
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
                if (entry.IsFailure && _handle.InTransaction)
                    _handle.Execute("ROLLBACK");
                // What a failed script did to the history was rolled back with it, or is reported already.
                if (entry.IsFailure)
                    _watch.Forget();
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
    public void Insert(JournalEntry entry) => Insert(entry, isAlone: false);

    private void Insert(JournalEntry entry, bool isAlone)
    {
        var disturbed = new DisturbedHistory(entry, isAlone);
        try
        {
            // A trigger may do more than the script did.
            _watch.OfRows(() => InsertRow(entry), rows: 1);
        }
        catch (SqliteFailure e) when (e.PrimaryCode == SqliteCodes.Error)
        {
            throw Disturbed(entry, disturbed, e);
        }

        Check(entry, disturbed);
        RunBeside(entry);
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

    public void Dispose() => _rows.Dispose();

    private void RunBeside(JournalEntry entry)
    {
        try
        {
            foreach (var statement in entry.Beside)
                _handle.Execute(statement);
        }
        catch (SqliteFailure e) when (e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Constraint)
        {
            throw OutOfStep.Error(entry, $"{e.Message} [{e.CodeText}]", e);
        }
    }

    private void InsertAlone(JournalEntry entry)
    {
        var known = Known;
        _handle.Execute("BEGIN IMMEDIATE");
        try
        {
            Insert(entry, isAlone: true);
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

    private void Check(JournalEntry entry, DisturbedHistory disturbed)
    {
        var found = _rows.FindLast(entry);
        if (
            _watch.IsDisturbed
            || found is not { } now
            || (Known is { } known && (now.LastId <= known.LastId || now.Count != known.Count + 1))
        )
            throw Disturbed(entry, disturbed, inner: null);
        Known = now;
    }

    private MigrationException Disturbed(JournalEntry entry, DisturbedHistory disturbed, SqliteFailure? inner)
    {
        // What is wrong is reported once; what comes after it, a failure, is recorded as far as it can be.
        _watch.Forget();
        Known = null;
        return new MigrationException(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} ({JournalNames.Of(entry.Event)}) could not be recorded in the history '{_table.Name}' of "
                + $"'{_connection.Target.Display}': its row was suppressed, or other rows there were changed with it."
                + $"{(inner is null ? "" : $" {inner.Message} [{inner.CodeText}]")} {disturbed.Outcome}",
            $"{disturbed.Advice}Look for triggers on '{_table.Name}', and for statements of the script that write to it or to "
                + "the schema table; remove them, then run the command again.",
            inner
        );
    }

    private bool InsertRow(JournalEntry entry)
    {
        CreateIfDue();
        _rows.Insert(entry);
        return true;
    }

    private long ReadLastId() => _isDue && !_table.Exists() ? 0 : _rows.ReadLastId();

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
