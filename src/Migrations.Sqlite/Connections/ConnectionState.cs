using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// What scripts change on the connection itself, so that it is restored before the next one: pragmas, attached databases, temporary
/// objects.
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="historyTable">The history table, which no script may take away.</param>
internal sealed class ConnectionState(SqliteHandle handle, string historyTable)
{
    // A virtual table takes the tables with it in which it keeps its content.
    private const string TemporaryObjects =
        "SELECT printf('DROP %s IF EXISTS temp.\"%w\"', type, name) FROM temp.sqlite_master"
        + " WHERE type IN ('table', 'view', 'trigger') AND name NOT GLOB 'sqlite_*' ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC";

    private readonly Dictionary<string, string?> _pragmas = new(StringComparer.Ordinal);
    private string? _journalMode;
    private bool _hasAttached;
    private bool _hasTemporary;

    /// <summary>What scripts say of the file.</summary>
    public FileSettings FileSettings { get; } = new(handle);

    /// <summary>Whether a script has dropped or renamed the history, or given its name to another table.</summary>
    public bool HasReplacedHistory { get; private set; }

    /// <summary>
    /// Remembers what a statement is about to change. Must be called before it is compiled: many pragmas take effect then.
    /// </summary>
    public void Remember(StatementHead head)
    {
        FileSettings.Observe(head);
        _hasAttached |= head.Kind == StatementKind.Attach;
        _hasTemporary |= head.IsTemporary;
        HasReplacedHistory |= head.RemovesTable && (IsHistory(head.Name) || IsHistory(head.NewName));
        if (head is { Kind: StatementKind.Pragma, Name: "journal_mode", Value: not null })
            _journalMode ??= handle.QueryText("PRAGMA main.journal_mode");
        if (SqlitePragmas.SetsConnection(head) && !_pragmas.ContainsKey(head.Name!))
            _pragmas[head.Name!] = ValueBetweenScripts(head.Name!);
    }

    /// <summary>Remembers all that code may change without its statements being seen.</summary>
    public void RememberAll()
    {
        _hasAttached = _hasTemporary = true;
        _journalMode ??= handle.QueryText("PRAGMA main.journal_mode");
        foreach (var name in SqlitePragmas.ToRestore.Where(n => !_pragmas.ContainsKey(n)))
            _pragmas[name] = ValueBetweenScripts(name);
    }

    private bool IsHistory(string? table) => table is not null && SqliteNames.Comparer.Equals(table, historyTable);

    // One pragma cannot be read; and foreign keys may be off just now, for this script only.
    private string? ValueBetweenScripts(string pragma) =>
        pragma switch
        {
            "case_sensitive_like" => "0",
            "foreign_keys" => "1",
            _ => handle.QueryText("PRAGMA " + pragma),
        };

    /// <summary>
    /// Makes SQLite read the schema again when a script may have written to it by hand: until then it works with the schema that it has in
    /// memory. The statements that follow may still write to it.
    /// </summary>
    public void ReadSchemaAgain()
    {
        if (!_pragmas.ContainsKey("writable_schema"))
            return;
        var mayWrite = handle.QueryInt64("PRAGMA writable_schema") is 1;
        handle.Execute("PRAGMA writable_schema=RESET");
        if (mayWrite)
            handle.Execute("PRAGMA writable_schema=1");
    }

    /// <summary>Lets the history be written, should a script have forbidden to write.</summary>
    public void AllowWriting()
    {
        if (_pragmas.ContainsKey("query_only"))
            handle.Execute("PRAGMA query_only=0");
    }

    /// <summary>Restores everything. Inside the transaction of a whole run, what cannot be restored there waits for its end.</summary>
    public void Restore()
    {
        var isInside = handle.InTransaction;
        HasReplacedHistory = false;
        foreach (var (name, value) in _pragmas.Where(p => !isInside || MayRestoreInside(p.Key)).ToList())
        {
            if (name is "busy_timeout")
                handle.Watch.Attach(handle.Api, handle.Pointer);
            else
                // What was written into the schema by hand is seen once the schema is read again.
                handle.Execute($"PRAGMA {name}={(name is "writable_schema" ? "RESET" : value)}");
            _pragmas.Remove(name);
        }

        if (!isInside)
            RestoreJournalMode();
        if (_hasTemporary)
            DropAll(TemporaryObjects);
        _hasTemporary = false;
        if (!_hasAttached || isInside)
            return;
        DropAll("SELECT printf('DETACH \"%w\"', name) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')");
        _hasAttached = false;
    }

    // Switched off, SQLite would forget the rows whose parents are still missing, and commit them. It does so itself at the commit, once it
    // has found none (https://sqlite.org/pragma.html#pragma_defer_foreign_keys).
    private bool MayRestoreInside(string pragma) =>
        SqlitePragmas.TakesEffectInside(pragma) && (pragma is not "defer_foreign_keys" || !DeferredForeignKeys.ArePending(handle));

    // WAL is the file's, and stays; every other mode is the connection's (https://sqlite.org/pragma.html#pragma_journal_mode).
    private void RestoreJournalMode()
    {
        if (_journalMode is not (null or "wal") && handle.QueryText("PRAGMA main.journal_mode") is not "wal")
            handle.Execute("PRAGMA main.journal_mode=" + _journalMode);
        _journalMode = null;
    }

    private void DropAll(string query)
    {
        var statements = new List<string>();
        using (var rows = handle.Prepare(query))
        {
            while (rows.Step())
                statements.Add(rows.Text(0)!);
        }

        foreach (var statement in statements)
            handle.Execute(statement);
    }
}
