using System.Text;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.Sqlite;

/// <summary>How SQLite files are backed up and restored.</summary>
internal sealed class SqliteBackups : IBackupProvider
{
    // As the driver begins a dump, the sqlite3 shell's .dump, what 'wrangler d1 export' writes, and Python's iterdump().
    private static readonly string[] Beginnings =
    [
        SqliteDumpWriter.Mark,
        "PRAGMA foreign_keys=OFF;",
        "PRAGMA defer_foreign_keys",
        "BEGIN TRANSACTION;",
    ];

    /// <summary>Called after each step of a restore.</summary>
    public Action<RestoreStep> Reached { get; init; } = static _ => { };

    /// <inheritdoc/>
    public string Extension(BackupFormat format) => format == BackupFormat.Sql ? ".sql" : ".db";

    /// <inheritdoc/>
    public BackupFormat? Recognize(string path)
    {
        if (Directory.Exists(path))
            return null;
        RegularFile.Require(path);
        var start = SqliteHeader.Read(path);
        if (SqliteHeader.IsDatabase(start))
            return BackupFormat.Native;
        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return Array.Exists(Beginnings, b => text.StartsWith(b, StringComparison.OrdinalIgnoreCase)) ? BackupFormat.Sql : null;
    }

    /// <inheritdoc/>
    public Task<BackupContent> BackUpAsync(DatabaseTarget source, BackupJob job, CancellationToken cancellationToken) =>
        new SqliteBackupWriter(source, job).WriteAsync(cancellationToken);

    /// <inheritdoc/>
    public Task LoadAsync(BackupSource backup, DatabaseTarget empty, SessionOptions options, CancellationToken cancellationToken) =>
        new SqliteBackupLoader(backup).LoadAsync(empty, options, cancellationToken);

    /// <inheritdoc/>
    public Task<RestoreOutcome> RestoreAsync(
        BackupSource backup,
        DatabaseTarget target,
        RestoreJob job,
        CancellationToken cancellationToken
    ) => new SqliteRestore(backup, target, job, Reached).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SalvagedTable>> SalvageAsync(
        DatabaseTarget source,
        string destination,
        CancellationToken cancellationToken
    ) => SqliteSalvage.RunAsync(source, destination, cancellationToken);
}
