using System.Diagnostics;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Backup;

/// <summary>Writes one backup into a workspace and gives it its final name.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="options">How to connect.</param>
/// <param name="request">What is requested.</param>
/// <param name="workspace">Where it is written.</param>
internal sealed class BackupWriter(
    IDatabaseDriver driver,
    DatabaseTarget target,
    BackupOptions options,
    BackupRequest request,
    BackupWorkspace workspace
)
{
    private const string GlobalsName = "globals";

    /// <summary>Writes data, globals and manifest, in this order.</summary>
    /// <returns>The backup's path.</returns>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var begun = options.Clock.GetUtcNow();
        var data = workspace["backup" + driver.Backups.Extension(request.Format)];
        Progress("Making", total: null).Report(0);
        var content = await driver.Backups.BackUpAsync(target, Job(data), cancellationToken).ConfigureAwait(false);
        if (request.Compress)
            data = await CompressAsync(data, cancellationToken).ConfigureAwait(false);
        var (size, sha256) = await SecureAsync(data, cancellationToken).ConfigureAwait(false);
        var globals = request.IncludeGlobals
            ? await BackupHash.ComputeAsync(workspace[GlobalsName], read: null, cancellationToken).ConfigureAwait(false)
            : default;
        cancellationToken.ThrowIfCancellationRequested();

        // From here on nothing waits for anything but the disk.
        BackupWorkspace.Publish(data, workspace.Final);
        if (request.IncludeGlobals)
            BackupWorkspace.Publish(workspace[GlobalsName], workspace.Final + BackupNaming.GlobalsSuffix);
        BackupManifestFile.Write(
            BackupManifestFile.PathOf(workspace.Final),
            Describe(workspace.Final, driver, target, options.Session, content) with
            {
                Format = request.Format,
                Compressed = request.Compress,
                CreatedAt = begun,
                DurationMs = Math.Round(clock.Elapsed.TotalMilliseconds, 3),
                WritersBlockedMs = content.WritersBlocked is { } blocked ? Math.Round(blocked.TotalMilliseconds, 3) : null,
                Size = size,
                Sha256 = sha256,
                Globals = request.IncludeGlobals ? Path.GetFileName(workspace.Final) + BackupNaming.GlobalsSuffix : null,
                GlobalsSha256 = globals.Sha256,
            }
        );
        return workspace.Final;
    }

    /// <summary>What a manifest says of what is in a file.</summary>
    public static BackupManifest Describe(
        string path,
        IDatabaseDriver driver,
        DatabaseTarget target,
        SessionOptions session,
        BackupContent content
    ) =>
        new()
        {
            ManifestVersion = BackupManifest.CurrentVersion,
            File = Path.GetFileName(path),
            Database = target.Display,
            Engine = driver.Engine,
            EngineVersion = content.EngineVersion,
            Format = BackupFormat.Native,
            CreatedAt = default,
            Size = 0,
            Sha256 = "",
            SchemaFingerprint = content.SchemaFingerprint,
            LastMigration = content.LastMigration,
            MigrationVersion = content.MigrationVersion,
            Stamp = content.Stamp,
            HistoryTable = session.HistoryTable,
            HistorySchema = session.HistorySchema,
            Tables = content.Tables,
            Faults = content.Faults,
            UnseenCode = content.UnseenCode,
            Settings = content.Settings,
            Host = Environment.MachineName,
            ToolVersion = JournalRecorder.ToolVersion,
        };

    private BackupJob Job(string data) =>
        new()
        {
            Path = data,
            Format = request.Format,
            Jobs = request.Jobs,
            CountRows = request.CountRows,
            Digests = request.Digests,
            Exclude = request.Exclude,
            GlobalsPath = request.IncludeGlobals ? workspace[GlobalsName] : null,
            Session = options.Session with { Access = SessionAccess.Read },
        };

    // Flushing waits for the disk, and leaves the processor to the hash. What was compressed here, and a folder, have been flushed already.
    private async Task<(long Size, string Sha256)> SecureAsync(string data, CancellationToken cancellationToken)
    {
        var hash = BackupHash.ComputeAsync(data, Progress("Computing the SHA-256 of", BackupHash.SizeOf(data)).Report, cancellationToken);
        await Task.WhenAll(
                hash,
                request.Compress || !File.Exists(data)
                    ? Task.CompletedTask
                    : Task.Run(() => DiskFlush.FlushFile(data), CancellationToken.None)
            )
            .ConfigureAwait(false);
        return await hash.ConfigureAwait(false);
    }

    private async Task<string> CompressAsync(string data, CancellationToken cancellationToken)
    {
        Progress("Compressing", BackupHash.SizeOf(data)).Report(0);
        var compressed = data + BackupNaming.CompressedSuffix;
        await BackupCompression.CompressAsync(data, compressed, cancellationToken).ConfigureAwait(false);
        FolderAccess.TryDelete(data);
        return compressed;
    }

    private ThrottledProgress Progress(string what, long? total) =>
        new(options.Session.Events, $"{what} the backup of {target.Database}", total);
}
