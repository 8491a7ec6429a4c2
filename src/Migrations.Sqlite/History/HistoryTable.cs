using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The table of the history: its columns, and whether it is there.</summary>
/// <param name="handle">The connection.</param>
/// <param name="target">The database.</param>
/// <param name="name">The table's name.</param>
internal sealed class HistoryTable(SqliteHandle handle, DatabaseTarget target, string name)
{
    /// <summary>All columns but the script, in the order in which they are read.</summary>
    public const string Columns =
        "id, run_id, service, version, name, description, semantic_version, direction, event, checksum, applied_at, applied_by, host,"
        + " execution_time_ms, rows_affected, success, error_message, statement_index, schema_fingerprint, tool_version";

    /// <summary>All columns that a history has from its first day.</summary>
    public static IReadOnlyList<string> AllColumns { get; } = [.. Columns.Split(", "), "script"];

    // The script comes last: rows are read without it, and what precedes it is then read without following it into overflow pages.
    /// <summary>Its columns, as they are created.</summary>
    public const string Definition =
        "(id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, service TEXT, version TEXT, name TEXT NOT NULL, description TEXT,"
        + " semantic_version TEXT, direction TEXT NOT NULL, event TEXT NOT NULL, checksum TEXT, applied_at TEXT NOT NULL,"
        + " applied_by TEXT NOT NULL, host TEXT NOT NULL, execution_time_ms INTEGER, rows_affected INTEGER, success INTEGER NOT NULL,"
        + " error_message TEXT, statement_index INTEGER, schema_fingerprint TEXT, tool_version TEXT NOT NULL, script TEXT)";

    /// <summary>The column for the positions of batches, which is added when the first of them runs.</summary>
    public const string Position = "position";

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Whether it has <see cref="Position"/>, as <see cref="Exists"/> has found.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>Its name in quotes.</summary>
    public string Quoted { get; } = SqliteNames.Quote(name);

    /// <summary>Whether it is there.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: a table of this name has other
    /// columns.</exception>
    public bool Exists()
    {
        var present = new HashSet<string>(SqliteNames.Comparer);
        using (var columns = handle.Prepare($"PRAGMA main.table_info({Quoted})"))
        {
            while (columns.Step())
                present.Add(columns.Text(1)!);
        }

        HasPosition = present.Contains(Position);
        if (present.Count == 0)
            return false;
        if (AllColumns.All(present.Contains))
            return true;
        throw new MigrationException(
            ErrorId.HistoryTableConflict,
            $"The database '{target.Display}' has a table '{name}' that is no migration history: it has other columns.",
            $"Give the history another name with '{CallOption.HistoryTable.Of("<name>")}', for example "
                + $"'{CallOption.HistoryTable.Of("migration_history")}'."
        );
    }

    /// <summary>Adds <see cref="Position"/> where it is missing.</summary>
    public void AddPosition()
    {
        if (!Exists())
            Create();
        if (!HasPosition)
            handle.Execute($"ALTER TABLE main.{Quoted} ADD COLUMN {Position} TEXT");
        HasPosition = true;
    }

    /// <summary>Creates it.</summary>
    public void Create() => handle.Execute($"CREATE TABLE IF NOT EXISTS {Quoted} {Definition}");
}
