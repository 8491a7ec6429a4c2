using Migrations.Databases;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Reads what a manifest says of a database.</summary>
internal static class SqliteBackupContent
{
    /// <summary>The setting that says how the source is written.</summary>
    public const string JournalMode = "journal_mode";

    /// <summary>What is known without reading tables.</summary>
    public static BackupContent Describe(
        SqliteHandle handle,
        DatabaseTarget source,
        string historyTable,
        Func<string, bool>? isLeftOut = null
    )
    {
        var entries = new HistoryReader(handle, source, new HistoryTable(handle, source, historyTable)).ReadIfThere();
        var last = HistoryView.LastApplied(entries);
        return new BackupContent
        {
            EngineVersion = SqliteLibrary.Current.ToString(),
            SchemaFingerprint = SqliteSchemaReader.Read(handle, historyTable, isLeftOut).Fingerprint,
            LastMigration = last?.Name,
            MigrationVersion = last?.Version?.Text,
            Stamp = new HistorySearch(handle, source, historyTable).FindStamp(),
            // Every other mode is the connection's (https://sqlite.org/pragma.html#pragma_journal_mode).
            Settings = handle.QueryText("PRAGMA main.journal_mode") is "wal"
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [JournalMode] = "wal" }
                : null,
        };
    }

    /// <summary>Everything, with the rows counted; null when the database is too damaged to be read.</summary>
    public static BackupContent? TryRead(
        SqliteHandle handle,
        DatabaseTarget source,
        string historyTable,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return Describe(handle, source, historyTable) with
            {
                Tables = SqliteContentReader.Read(handle, digests: false, progress: null, cancellationToken),
                Faults = [.. new ForeignKeyCheck(handle, cancellationToken).Run().SelectMany(check => check.Faults)],
            };
        }
        catch (Exception e) when (e is SqliteFailure { IsBusy: false } or MigrationException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
