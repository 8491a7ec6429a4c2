using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.PostgreSql;

/// <summary>How PostgreSQL databases are backed up and restored: with PostgreSQL's own programs.</summary>
/// <param name="sources">Where connections come from.</param>
internal sealed class PostgreSqlBackups(Lazy<PostgreSqlSources> sources) : IBackupProvider
{
    private const int MostJobs = 4;

    /// <inheritdoc/>
    public IKeptDatabases KeptDatabases => new MarkedDatabases(sources);

    /// <inheritdoc/>
    public string Extension(BackupFormat format) =>
        format switch
        {
            BackupFormat.Sql => ".sql",
            BackupFormat.Directory => ".dir",
            _ => ".dump",
        };

    /// <inheritdoc/>
    public BackupFormat? Recognize(string path)
    {
        if (Directory.Exists(path))
            return Begins(Path.Combine(path, "toc.dat"), "PGDMP") ? BackupFormat.Directory : null;
        if (Begins(path, "PGDMP"))
            return BackupFormat.Native;
        return Head(path).Contains("-- PostgreSQL database dump", StringComparison.Ordinal) ? BackupFormat.Sql : null;
    }

    /// <inheritdoc/>
    public async Task<BackupContent> BackUpAsync(DatabaseTarget source, BackupJob job, CancellationToken cancellationToken)
    {
        if (job.Exclude.Count > 0)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Tables are left out of scripts of SQLite databases only.",
                $"Leave out {CallOption.Exclude}; pg_dump --exclude-table writes such a script."
            );
        var connection = await OpenAsync(source, job.Session, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var tools = ClientTools.For(connection.Npgsql.PostgreSqlVersion);
        var content = await PostgreSqlErrors
            .TranslateAsync(
                new PostgreSqlBackupWriter(connection, tools, job).WriteAsync(cancellationToken),
                $"Backing up {source.Display}"
            )
            .ConfigureAwait(false);
        if (job.GlobalsPath is not null)
            await WriteGlobalsAsync(connection, tools, job.GlobalsPath, cancellationToken).ConfigureAwait(false);
        return content;
    }

    /// <inheritdoc/>
    public async Task LoadAsync(BackupSource backup, DatabaseTarget empty, SessionOptions options, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(empty, options, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var server = connection.Npgsql.PostgreSqlVersion;
            var broken = await new PostgreSqlRestore(backup, ClientTools.For(server), server.Major)
                .LoadAsync(empty, Math.Clamp(Environment.ProcessorCount, 1, MostJobs), withOwners: false, cancellationToken)
                .ConfigureAwait(false);
            await BrokenForeignKeys.AddAsync(connection, broken, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<RestoreOutcome> RestoreAsync(
        BackupSource backup,
        DatabaseTarget target,
        RestoreJob job,
        CancellationToken cancellationToken
    ) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlReplacement(backup, target, job, sources).RunAsync(cancellationToken),
            $"Restoring {target.Display}"
        );

    /// <inheritdoc/>
    public async Task DemandRestorableAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        await Poolers.RefuseForRestoreAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Roles and tablespaces. Only a superuser may read the roles' passwords.</summary>
    private static async Task WriteGlobalsAsync(
        PostgreSqlConnection connection,
        ClientTools tools,
        string path,
        CancellationToken cancellationToken
    )
    {
        var seesPasswords = await PostgreSqlErrors
            .TranslateAsync(
                connection.AnyAsync("SELECT 1 WHERE pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')", cancellationToken),
                "Asking what the role may read"
            )
            .ConfigureAwait(false);
        if (!seesPasswords)
            connection.Options.Events.Publish(
                new WarningRaised("The roles' passwords are not in the backup of the globals: only a superuser may read them.")
            );
        PrivateFiles.CreateFile(path);
        // pg_dumpall wants a database named that it connects to first.
        string[] arguments =
        [
            "--globals-only",
            "--no-password",
            "--file=" + path,
            "--database=" + ClientEnvironment.NameOf(connection.Target),
            .. (seesPasswords ? (string[])[] : ["--no-role-passwords"]),
        ];
        await ClientProcess.RunAsync(tools, "pg_dumpall", connection.Target, arguments, cancellationToken).ConfigureAwait(false);
    }

    private static bool Begins(string path, string mark) => Head(path).StartsWith(mark, StringComparison.Ordinal);

    private static string Head(string path)
    {
        try
        {
            RegularFile.Require(path);
            using var file = File.OpenRead(path);
            var head = new byte[512];
            return Encoding.Latin1.GetString(head, 0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private Task<PostgreSqlConnection> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        PostgreSqlConnection.OpenAsync(target, options, new PostgreSqlConnector(target, sources.Value), cancellationToken);
}
