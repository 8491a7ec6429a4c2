using System.Diagnostics;
using Migrations.Backup;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Tracing;

namespace Migrations;

/// <summary>
/// Backs up and restores one database. What is on disk is found by <see cref="BackupCatalogue"/>, proven by <see cref="BackupVerifier"/>
/// and thinned out by <see cref="BackupRetention"/>.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="options">How to connect.</param>
public sealed class BackupManager(IDatabaseDriver driver, DatabaseTarget target, BackupOptions? options = null)
{
    private const int FaultsShown = 5;

    private readonly BackupOptions _options = options ?? new BackupOptions();

    /// <summary>
    /// Writes one snapshot of the database and its manifest. Until both are complete, nothing is there under their names.
    /// </summary>
    /// <returns>The backup; not proven yet.</returns>
    /// <exception cref="MigrationException">The folder or the database is missing or refuses, a client tool is missing, or the disk is
    /// full. Nothing is left behind.</exception>
    public Task<DatabaseBackup> BackUpAsync(BackupRequest request, CancellationToken cancellationToken = default) =>
        OperationTrace.RunAsync("backup", target.Engine, target.Database, subject: null, _ => WriteAsync(request, cancellationToken));

    private async Task<DatabaseBackup> WriteAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        var folder = FolderAccess.Demand(request.Folder);
        var format = request is { Jobs: > 1, Format: BackupFormat.Native } ? BackupFormat.Directory : request.Format;
        if (request.Compress && format == BackupFormat.Directory)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A backup written by several jobs is a folder, and gzip compresses only files.",
                "Omit --compress or --jobs."
            );
        if (request.Exclude.Count > 0 && format != BackupFormat.Sql)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Tables can only be excluded from a script: every other backup contains the whole database.",
                "Create a script: --format sql"
            );
        var extension = driver.Backups.Extension(format) + (request.Compress ? BackupNaming.CompressedSuffix : "");
        using var workspace = BackupWorkspace.Take(folder, Stem(_options.Clock.GetUtcNow()), extension);
        foreach (var leftover in workspace.RemoveLeftovers())
            Warn($"'{leftover}' may have been left behind by a killed backup; remove it when no backup is running.");
        try
        {
            var written = await new BackupWriter(driver, target, _options, request with { Format = format }, workspace)
                .WriteAsync(cancellationToken)
                .ConfigureAwait(false);
            var backup = ListedBackup.Read(written, _options.Clock.GetUtcNow()) with { Target = target };
            WarnOfFaults(backup);
            WarnOfUnseenCode(backup);
            return backup;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FolderAccess.Failed(e, folder);
        }
    }

    /// <summary>
    /// Checks a backup, puts it in the database's place, all or nothing, and compares the result with the manifest. The old state is kept.
    /// A backup that is not proven is verified before.
    /// </summary>
    /// <exception cref="MigrationException">
    /// <see cref="ErrorId.BackupInvalid"/>: the backup is damaged, and nothing was changed; <see cref="ErrorId.RestoreUnproven"/>: it was
    /// restored, and is not what the manifest says.
    /// </exception>
    public Task<RestoreResult> RestoreAsync(
        DatabaseBackup backup,
        RestoreRequest? request = null,
        CancellationToken cancellationToken = default
    ) =>
        OperationTrace.RunAsync(
            "restore",
            target.Engine,
            target.Database,
            Path.GetFileName(backup.Path),
            _ => ReplaceAsync(backup, request ?? new RestoreRequest(), cancellationToken)
        );

    private async Task<RestoreResult> ReplaceAsync(DatabaseBackup backup, RestoreRequest wanted, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var format = await CheckBeforeAsync(backup, wanted, cancellationToken).ConfigureAwait(false);
        var now = _options.Clock.GetUtcNow();
        var stamp = new RestoreStamp(_options.Stamp, new JournalRecorder(driver.Dialect, service: null));
        var comparison = new RestoreComparison(driver, target, _options, backup, wanted.AcceptFaults);
        RestoreOutcome outcome;
        IReadOnlyList<CheckResult>? checks = null;
        using (
            var unpacked = await UnpackedBackup
                .OpenAsync(backup, format, _options.AcceptUnseenCode, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            var job = new RestoreJob
            {
                KeepFolder = FolderAccess.Demand(wanted.KeepFolder ?? Path.GetDirectoryName(backup.Path)!),
                KeepName = Stem(now, wanted.KeepLabel),
                KeepEnd = BackupNaming.End(now, wanted.KeepLabel),
                KeepLabel = wanted.KeepLabel,
                At = now,
                BackupName = Path.GetFileName(backup.Path),
                Jobs = wanted.Jobs,
                ExpectedLastId = wanted.ExpectedLastId,
                Session = _options.SessionFor(backup),
                Stamp = stamp,
                DemandAsync = async (restored, token) =>
                    checks = await comparison
                        .RunAsync(restored, $"{target.Display} was not changed", "", isWrittenSince: null, token)
                        .ConfigureAwait(false),
            };
            outcome = await driver
                .Backups.RestoreAsync(unpacked.Source with { AcceptFaults = wanted.AcceptFaults }, target, job, cancellationToken)
                .ConfigureAwait(false);
        }

        // It is done: what is looked at now is worth its time even when someone wants to leave.
        using var watch = outcome;
        await DescribeKeptAsync(outcome, wanted, now).ConfigureAwait(false);
        if (outcome.LeftOut.Count > 0)
            Warn(
                $"{target.Display} was restored from '{backup.Path}' without what the server could not make: "
                    + $"{string.Join("; ", outcome.LeftOut)}."
            );
        if (stamp.Removed is { } removed)
            Warn(
                $"The backup is of a database that was stamped '{removed}'. {target.Display} had no stamp, and no environment is named: "
                    + "the stamp was removed."
            );
        var kept = outcome.Kept is null ? "" : $" The state before is kept as '{outcome.Kept}'.";
        checks ??= await comparison
            .After(outcome)
            .RunAsync(target, $"{target.Display} was restored from '{backup.Path}'", kept, outcome.IsWrittenSince, CancellationToken.None)
            .ConfigureAwait(false);
        return new RestoreResult
        {
            Database = target.Display,
            Target = target,
            Backup = backup.Path,
            Kept = outcome.Kept,
            How = outcome.How,
            LeftOut = outcome.LeftOut,
            MigrationVersion = backup.MigrationVersion,
            Stamp = stamp.Wanted,
            Checks = [.. checks.Select(c => c.Of(target, service: null, folder: null))],
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Copies what can still be read of a corrupt database into a new file.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.SalvageUnsupported"/>: this engine cannot; or the file exists or cannot be
    /// written.</exception>
    public Task<IReadOnlyList<SalvagedTable>> SalvageAsync(string destination, CancellationToken cancellationToken = default) =>
        driver.Backups.SalvageAsync(target, Path.GetFullPath(destination), cancellationToken);

    private string Stem(DateTimeOffset at, string? what = null) =>
        BackupNaming.Stem(target.Database, driver.Backups.Extension(BackupFormat.Native), at, what);

    private async Task<BackupFormat> CheckBeforeAsync(DatabaseBackup backup, RestoreRequest request, CancellationToken cancellationToken)
    {
        if (backup.Engine.Length > 0 && !string.Equals(backup.Engine, driver.Engine, StringComparison.Ordinal))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"'{backup.Path}' is a backup of {backup.Engine}, and {target.Display} is not.",
                $"Specify a {backup.Engine} database."
            );
        if (backup.Format is not { } format)
            throw Invalid(backup, backup.Problem ?? "Its format is unknown.");
        var verifier = new BackupVerifier(driver, _options);
        IReadOnlyList<CheckResult> checks = backup.Proven
            ? [await verifier.CheckFileAsync(backup, cancellationToken).ConfigureAwait(false)]
            : await verifier.CheckAsync(backup, target, cancellationToken).ConfigureAwait(false);
        var failed = checks.Where(c => c.Status == CheckStatus.Fail).ToList();
        if (failed.Count > 0 && !request.AcceptFaults)
            throw Invalid(
                backup,
                string.Join(' ', failed.Select(c => c.Message)),
                failed.Find(c => c.Name is ProofRules.RestoreCheck)?.Recommendation
            );
        foreach (var accepted in failed)
            Warn(
                $"'{backup.Path}' failed the check '{accepted.Name}', and is restored because its faults are accepted: {accepted.Message}"
            );
        foreach (var open in checks.Where(c => c.Status == CheckStatus.NotRun && c.Name is not BackupComparison.Digests))
            Warn($"Before the restore of '{backup.Path}', '{open.Name}' was not checked: {open.Message}");
        return format;
    }

    /// <summary>Writes the manifest of a kept file, by which it is known for what it is.</summary>
    private async Task DescribeKeptAsync(RestoreOutcome outcome, RestoreRequest request, DateTimeOffset now)
    {
        if (outcome is not { Kept: { } kept, KeptContent: { } content })
            return;
        try
        {
            var (size, sha256) = await BackupHash.ComputeAsync(kept, read: null, CancellationToken.None).ConfigureAwait(false);
            var manifest = BackupWriter.Describe(kept, driver, target, _options.Session, content) with
            {
                CreatedAt = now,
                Size = size,
                Sha256 = sha256,
                Kept = request.KeepLabel,
            };
            BackupManifestFile.Write(BackupManifestFile.PathOf(kept), manifest);
        }
        catch (Exception e) when (e is MigrationException or IOException or UnauthorizedAccessException)
        {
            Warn($"The manifest of the kept state '{kept}' could not be written: {e.Message}");
        }
    }

    private void WarnOfFaults(DatabaseBackup backup)
    {
        if (backup.Faults is not { Count: > 0 } faults)
            return;
        var named =
            string.Join("; ", faults.Take(FaultsShown).Select(f => $"{f.Object}: {f.Detail}"))
            + (faults.Count > FaultsShown ? $"; and {faults.Count - FaultsShown} more" : "");
        Warn($"{target.Display} has faults, and the backup has them as they are: {named}. See 'migrations check --category engine'.");
    }

    private void WarnOfUnseenCode(DatabaseBackup backup)
    {
        if (backup.UnseenCode is { Count: > 0 } unseen)
            Warn(
                $"Restoring this backup of {target.Display} will run code that cannot be seen into, which takes --accept-unseen-code: "
                    + $"{string.Join("; ", unseen.Take(FaultsShown))}"
                    + (unseen.Count > FaultsShown ? $"; and {unseen.Count - FaultsShown} more." : ".")
            );
    }

    private void Warn(string message) => _options.Session.Events.Publish(new WarningRaised(message));

    private static MigrationException Invalid(DatabaseBackup backup, string why, string? help = null) =>
        new(
            ErrorId.BackupInvalid,
            $"'{backup.Path}' was not restored, because it failed a check: {why} The database was not changed.",
            help
                ?? $"Use another backup; list the proven ones: migrations backups \"{Path.GetDirectoryName(backup.Path)}\". To "
                    + $"restore this one as it is: migrations restore \"{backup.Path}\" --accept-faults"
        );
}
