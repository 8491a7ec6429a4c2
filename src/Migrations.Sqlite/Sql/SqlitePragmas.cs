namespace Migrations.Sqlite;

/// <summary>
/// Pragmas (<see href="https://sqlite.org/pragma.html"/>): which ones must stand outside a transaction, and which belong to the connection.
/// </summary>
internal static class SqlitePragmas
{
    private static readonly HashSet<string> Outside = new(StringComparer.Ordinal)
    {
        "journal_mode",
        "synchronous",
        "temp_store",
        "locking_mode",
        "auto_vacuum",
        "page_size",
        "encoding",
        "wal_checkpoint",
    };

    private static readonly HashSet<string> OfConnection = new(StringComparer.Ordinal)
    {
        "analysis_limit",
        "automatic_index",
        "busy_timeout",
        "cache_size",
        "case_sensitive_like",
        "cache_spill",
        "cell_size_check",
        "checkpoint_fullfsync",
        "foreign_keys",
        "fullfsync",
        "defer_foreign_keys",
        "ignore_check_constraints",
        "journal_size_limit",
        "legacy_alter_table",
        "locking_mode",
        "max_page_count",
        "mmap_size",
        "query_only",
        "read_uncommitted",
        "recursive_triggers",
        "reverse_unordered_selects",
        "secure_delete",
        "soft_heap_limit",
        "synchronous",
        "temp_store",
        "threads",
        "trusted_schema",
        "wal_autocheckpoint",
        "writable_schema",
    };

    /// <summary>What belongs to the connection and can be read.</summary>
    public static IEnumerable<string> ToRestore => OfConnection;

    /// <summary>Whether a pragma is refused, or does nothing, inside a transaction.</summary>
    public static bool NeedsAutocommit(StatementHead pragma) =>
        pragma.Name is "wal_checkpoint" || (pragma is { Name: { } name, Value: not null } && Outside.Contains(name));

    /// <summary>Whether it is <c>PRAGMA foreign_keys</c>, which the driver decides about itself.</summary>
    public static bool IsForeignKeys(StatementHead pragma) => pragma is { Kind: StatementKind.Pragma, Name: "foreign_keys" };

    /// <summary>Whether it switches the enforcement of foreign keys, which the driver decides for a script as a whole.</summary>
    public static bool SetsForeignKeys(StatementHead pragma) => IsForeignKeys(pragma) && pragma.Value is not null;

    /// <summary>Whether a pragma asks for foreign keys not to be enforced.</summary>
    public static bool SuspendsForeignKeys(StatementHead pragma) =>
        IsForeignKeys(pragma) && pragma.Value is { } value && value.ToUpperInvariant() is "OFF" or "0" or "NO" or "FALSE";

    /// <summary>
    /// Whether a pragma asks for a journal that is lost with the process, or for none (<see
    /// href="https://sqlite.org/pragma.html#pragma_journal_mode"/>): then a failure or a kill destroys the database.
    /// </summary>
    public static bool TakesJournal(StatementHead pragma) =>
        pragma is { Kind: StatementKind.Pragma, Name: "journal_mode", Value: { } mode } && IsNoJournal(mode);

    /// <summary>Whether a journal mode keeps no journal on disk.</summary>
    public static bool IsNoJournal(string mode) => mode.ToUpperInvariant() is "OFF" or "MEMORY";

    /// <summary>Whether a pragma can be set inside a transaction too.</summary>
    public static bool TakesEffectInside(string name) => !Outside.Contains(name);

    /// <summary>Whether a pragma changes the connection, and not the file.</summary>
    public static bool SetsConnection(StatementHead pragma) =>
        pragma is { Kind: StatementKind.Pragma, Value: not null, Name: { } name } && OfConnection.Contains(name);
}
