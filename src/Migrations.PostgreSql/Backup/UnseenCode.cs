using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what a backup will run when it is loaded that cannot be seen into, so that it is known when the backup is made
/// (<see cref="DumpGuard"/>).
/// </summary>
/// <param name="connection">A connection to the source.</param>
/// <param name="tools">The client programs.</param>
/// <param name="job">The backup.</param>
internal sealed class UnseenCode(PostgreSqlConnection connection, ClientTools tools, BackupJob job)
{
    private const string MaterializedView = "MATERIALIZED VIEW";

    private static ArchiveEntry Refresh(ArchiveEntry view) =>
        new($"{MaterializedView} DATA", view.Name, $"REFRESH {MaterializedView} {PostgreSqlText.Name(view.Name)};", "", "");

    /// <summary>Whether the source has any function that executes text: without one there is nothing to look for.</summary>
    public Task<bool> IsPossibleAsync(CancellationToken cancellationToken) =>
        connection.AnyAsync(
            $"SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {CatalogueScope.IsUsers("n")} AND "
                + "p.prosrc ~* 'execute|spi_|query_to_xml' LIMIT 1",
            cancellationToken
        );

    /// <summary>What runs it, by name; null where nothing does.</summary>
    /// <param name="snapshot">The snapshot of the backup, which is written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<string>?> FindAsync(string snapshot, CancellationToken cancellationToken)
    {
        var guard = new DumpGuard(job.Path, acceptUnseen: true);
        try
        {
            foreach (var entry in await ReadAsync(snapshot, cancellationToken).ConfigureAwait(false) ?? [])
                guard.Check(entry);
        }
        catch (IOException)
        {
            return null; // Whoever loads the backup looks again.
        }
        catch (MigrationException e) when (e.Id == ErrorId.ReachesBeyondCopy)
        {
            job.Session.Events.Publish(new WarningRaised($"This backup cannot be restored as it is. {e.Message}"));
        }

        return guard.Unseen.Count == 0 ? null : guard.Unseen;
    }

    private async Task<IReadOnlyList<ArchiveEntry>?> ReadAsync(string snapshot, CancellationToken cancellationToken)
    {
        if (job.Format != BackupFormat.Sql)
            return ArchiveContents.Read(job.Path);
        // A script may be large, and all of it but its data is found here.
        var dump = ClientProcess.Start(
            tools,
            "pg_dump",
            connection.Target,
            [
                "--format=custom",
                "--compress=0",
                "--schema-only",
                "--no-password",
                "--snapshot=" + snapshot,
                ClientTools.LockLimit(job.Session),
            ]
        );
        await using var _ = dump.ConfigureAwait(false);
        dump.Input.Close();
        using var archive = new MemoryStream();
        await dump.Output.CopyToAsync(archive, cancellationToken).ConfigureAwait(false);
        await dump.WaitAsync(cancellationToken).ConfigureAwait(false);
        archive.Position = 0;
        // What fills the materialised views is data.
        return ArchiveContents.Read(archive) is { } entries
            ? [.. entries, .. entries.Where(e => e.Kind is MaterializedView).Select(Refresh)]
            : null;
    }
}
