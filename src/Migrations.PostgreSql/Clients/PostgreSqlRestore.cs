using System.Globalization;
using System.Text;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.PostgreSql;

/// <summary>Loads a backup into a database with <c>pg_restore</c> or <c>psql</c>.</summary>
/// <param name="backup">The backup.</param>
/// <param name="tools">The client programs.</param>
/// <param name="server">The major version of the server that it is loaded into.</param>
internal sealed class PostgreSqlRestore(BackupSource backup, ClientTools tools, int server)
{
    private const string LastWords = "PostgreSQL database dump complete";

    /// <summary>How many foreign keys the source has NOT VALID, as the backup that was loaded says.</summary>
    public int OpenKeys { get; private set; }

    /// <summary>The arguments of <c>pg_restore</c> that say where to, and with which rights.</summary>
    /// <param name="to">The database.</param>
    /// <param name="withOwners">Whether owners and rights are restored too.</param>
    public static IEnumerable<string> Arguments(DatabaseTarget to, bool withOwners) =>
        ["--dbname=" + ClientEnvironment.NameOf(to), "--no-password", .. Rights(withOwners)];

    /// <summary>The arguments of <c>pg_dump</c> and <c>pg_restore</c> that leave owners and rights out.</summary>
    /// <param name="withOwners">Whether they are wanted.</param>
    public static string[] Rights(bool withOwners) => withOwners ? [] : ["--no-owner", "--no-acl"];

    /// <summary>Loads it.</summary>
    /// <param name="to">An empty database.</param>
    /// <param name="jobs">How many jobs read at once; 0 for one transaction, all or nothing.</param>
    /// <param name="withOwners">Whether owners and rights are restored too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The statements of the foreign keys that the rows break, and that were therefore not made (<see cref="BrokenForeignKeys"/>).
    /// </returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>.</exception>
    public async Task<IReadOnlyList<string>> LoadAsync(DatabaseTarget to, int jobs, bool withOwners, CancellationToken cancellationToken)
    {
        if (!File.Exists(backup.Path) && !Directory.Exists(backup.Path))
            throw new MigrationException(
                ErrorId.BackupMissing,
                $"There is no backup '{backup.Path}'.",
                "Give the path of a backup; 'migrations backups' lists a folder's."
            );
        try
        {
            if (backup.Format == BackupFormat.Sql)
                await LoadScriptAsync(to, withOwners, cancellationToken).ConfigureAwait(false);
            else if ((TransactionTimeout.IsKnown(tools.Version) && !TransactionTimeout.IsKnown(server)) || ReadEntries() is not { } entries)
                await LoadArchiveAsScriptAsync(to, withOwners, cancellationToken).ConfigureAwait(false);
            else
                return await LoadArchiveAsync(to, entries, jobs, withOwners, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (MigrationException e) when (e.Id is ErrorId.ClientToolFailed or ErrorId.PermissionDenied)
        {
            throw Translate(e);
        }
    }

    /// <summary>Loads it in one transaction, without what the server cannot make.</summary>
    /// <param name="to">An empty database.</param>
    /// <param name="sources">Where connections come from.</param>
    /// <param name="withOwners">Whether owners and rights are restored too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was left out, by name.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it cannot be read to its end.</exception>
    public async Task<IReadOnlyList<string>> LoadLenientlyAsync(
        DatabaseTarget to,
        PostgreSqlSources sources,
        bool withOwners,
        CancellationToken cancellationToken
    )
    {
        ScriptFilter? filter = null;
        try
        {
            var connection = await sources.OfBytes(to).OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            return await new LenientLoader(connection)
                .LoadAsync(
                    () => OpenScript(to, withOwners),
                    () => filter = new ScriptFilter(withOwners, server, NewGuard()),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id is ErrorId.ClientToolFailed)
        {
            throw Translate(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
        finally
        {
            OpenKeys = filter?.OpenKeys ?? 0;
        }
    }

    private OpenedScript OpenScript(DatabaseTarget to, bool withOwners)
    {
        if (backup.Format == BackupFormat.Sql)
            return new OpenedScript(OpenFile(), writer: null);
        var writer = StartWriting(to, withOwners);
        return new OpenedScript(writer.Output, writer);
    }

    /// <summary>
    /// What <c>pg_restore</c> would say to the server is written as a script, because some of it must not reach this one.
    /// </summary>
    private ClientProcess StartWriting(DatabaseTarget to, bool withOwners)
    {
        var script = ClientProcess.Start(tools, "pg_restore", to, ["--file=-", .. Rights(withOwners), backup.Path]);
        script.Input.Close();
        return script;
    }

    /// <summary>
    /// Loads an archive. Rows without a parent may stand behind a foreign key that the source has as valid: they came in where its triggers
    /// were off, and are no fault of the archive. Any other error ends it.
    /// </summary>
    private async Task<IReadOnlyList<string>> LoadArchiveAsync(
        DatabaseTarget to,
        IReadOnlyList<ArchiveEntry> entries,
        int jobs,
        bool withOwners,
        CancellationToken cancellationToken
    )
    {
        var broken = new BrokenForeignKeys(entries);
        OpenKeys = entries.Count(e => BrokenForeignKeys.IsOpenKey(e.Make));
        await ClientProcess
            .RunAsync(
                tools,
                "pg_restore",
                to,
                [.. Arguments(to, withOwners), .. Parallelism(jobs), backup.Path],
                cancellationToken,
                broken.IsBearable
            )
            .ConfigureAwait(false);
        if (jobs > 0 || broken.Statements.Count == 0)
            return broken.Statements;
        // All of it was undone. In a script the server itself passes over such a key, in the same transaction.
        await LoadArchiveAsScriptAsync(to, withOwners, cancellationToken).ConfigureAwait(false);
        return [];
    }

    /// <summary>Looks at all that an archive would have <c>pg_restore</c> say to the server.</summary>
    /// <returns>Its entries; null when it cannot be read: it is loaded as a script, which is looked at on its way.</returns>
    private IReadOnlyList<ArchiveEntry>? ReadEntries()
    {
        try
        {
            if (ArchiveContents.Read(backup.Path) is not { } entries)
                return null;
            var guard = NewGuard();
            foreach (var entry in entries)
                guard.Check(entry);
            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // What cannot be read here is not trusted; pg_restore says what is wrong with it.
        }
    }

    private DumpGuard NewGuard() => new(backup.Path, backup.AcceptUnseenCode);

    private MigrationException Translate(MigrationException e)
    {
        if (e.Message.Contains("unsupported version", StringComparison.Ordinal))
            return new MigrationException(
                ErrorId.ClientToolOutdated,
                $"'{backup.Path}' was written by a newer pg_dump: {e.Message}",
                "Install the client programs of that version, and restore to a server of that version or a newer one.",
                e
            );
        // The releases of August 2025, of every version, brought this command.
        if (e.Message.Contains(@"invalid command \restrict", StringComparison.Ordinal))
            return new MigrationException(
                ErrorId.ClientToolOutdated,
                $"'{backup.Path}' is a script, and the psql in '{tools.Folder}' is too old to be kept from running commands that "
                    + $"a script may hold: {e.Message}",
                $"Update the client programs of PostgreSQL {tools.Version} to their newest release.",
                e
            );
        return new MigrationException(
            ErrorId.BackupInvalid,
            $"'{backup.Path}' could not be restored: {e.Message}",
            ClientHints.Of(e.Message) ?? "Take another backup; 'migrations verify' shows which can be restored. " + ClientHints.Lenient,
            e
        );
    }

    /// <summary>How many tables the archive says it has; null for a script.</summary>
    public async Task<int?> TablesAsync(DatabaseTarget any, CancellationToken cancellationToken)
    {
        if (backup.Format == BackupFormat.Sql)
            return null;
        var list = ClientProcess.Start(tools, "pg_restore", any, ["--list", backup.Path]);
        await using var _ = list.ConfigureAwait(false);
        list.Input.Close();
        using var reader = new StreamReader(list.Output);
        var tables = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // An entry: number; catalogue and object, kind, schema, name, owner.
            var words = line.Split(' ');
            if (words is [_, _, _, "TABLE", not ("DATA" or "ATTACH"), ..] && !line.StartsWith(';'))
                tables++;
        }

        await list.WaitAsync(cancellationToken).ConfigureAwait(false);
        return tables;
    }

    private static IEnumerable<string> Parallelism(int jobs)
    {
        if (jobs == 0)
        {
            yield return "--exit-on-error";
            yield return "--single-transaction";
        }
        else if (jobs > 1)
            yield return "--jobs=" + jobs.ToString(CultureInfo.InvariantCulture);
    }

    private async Task LoadArchiveAsScriptAsync(DatabaseTarget to, bool withOwners, CancellationToken cancellationToken)
    {
        var script = StartWriting(to, withOwners);
        await using var _ = script.ConfigureAwait(false);
        var filter = new ScriptFilter(withOwners: true, server, NewGuard());
        await new ScriptLoader(tools, to, filter).LoadAsync(script, cancellationToken).ConfigureAwait(false);
        OpenKeys = filter.OpenKeys;
    }

    private async Task LoadScriptAsync(DatabaseTarget to, bool withOwners, CancellationToken cancellationToken)
    {
        try
        {
            var source = OpenFile();
            await using (source.ConfigureAwait(false))
            {
                var filter = new ScriptFilter(withOwners, server, NewGuard());
                await new ScriptLoader(tools, to, filter).LoadAsync(source, cancellationToken).ConfigureAwait(false);
                OpenKeys = filter.OpenKeys;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private MigrationException Unreadable(Exception e) =>
        new(
            ErrorId.DiskFailed,
            $"'{backup.Path}' could not be read: {e.Message}",
            "Check the disk that holds it and that you may read it, or take another backup.",
            e
        );

    /// <summary>
    /// Opens a script. One that ends too early may end between two statements, and data that ends too early is taken as complete.
    /// </summary>
    private FileStream OpenFile()
    {
        var source = RegularFile.OpenRead(backup.Path);
        if (EndsWell(source))
            return source;
        source.Dispose();
        throw new MigrationException(
            ErrorId.BackupInvalid,
            $"'{backup.Path}' is cut off: the last line of a complete dump, '-- {LastWords}', is not there.",
            "Take another backup."
        );
    }

    private static bool EndsWell(FileStream file)
    {
        var tail = new byte[Math.Min(file.Length, 4096)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        file.Position = 0;
        return Encoding.UTF8.GetString(tail).Contains(LastWords, StringComparison.Ordinal);
    }
}
