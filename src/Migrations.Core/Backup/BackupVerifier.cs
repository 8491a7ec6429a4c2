using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Tracing;

namespace Migrations.Backup;

/// <summary>
/// Proves backups: restores each into a database that is thrown away, asks the engine whether it is sound, and compares it with what the
/// manifest says of the source. What could not be looked at is NotRun, and nothing is proven that rests on it.
/// </summary>
/// <param name="driver">The engine of the backups.</param>
/// <param name="options">How to connect, and where scratch databases are made.</param>
public sealed class BackupVerifier(IDatabaseDriver driver, BackupOptions? options = null)
{
    private readonly BackupOptions _options = options ?? new BackupOptions();

    /// <summary>Verifies a backup, and writes what was found into its manifest.</summary>
    /// <param name="backup">The backup, as <see cref="BackupCatalogue"/> found it.</param>
    /// <param name="origin">The database whose server may be used for scratch databases; null without one.</param>
    /// <param name="full">Whether every value is compared.</param>
    /// <param name="cancellationToken">Stops it; the manifest is left as it was.</param>
    /// <exception cref="MigrationException">The folder cannot be read or written, or the server cannot be reached.</exception>
    public async Task<BackupVerification> VerifyAsync(
        DatabaseBackup backup,
        DatabaseTarget? origin = null,
        bool full = false,
        CancellationToken cancellationToken = default
    )
    {
        var clock = Stopwatch.StartNew();
        var checks = await AskAsync(backup, origin, full, cancellationToken).ConfigureAwait(false);
        var proven = ProofRules.IsProof(checks, full);
        return new BackupVerification
        {
            Path = backup.Path,
            Database = backup.Database,
            Proven = proven,
            Checks = checks,
            Duration = clock.Elapsed,
            Backup = Record(backup, checks, proven),
        };
    }

    /// <summary>Asks the same before a restore, for which it does not matter whether the answers can be written down.</summary>
    internal async Task<IReadOnlyList<CheckResult>> CheckAsync(
        DatabaseBackup backup,
        DatabaseTarget origin,
        CancellationToken cancellationToken
    )
    {
        var checks = await AskAsync(backup, origin, full: false, cancellationToken).ConfigureAwait(false);
        try
        {
            _ = Record(backup, checks, ProofRules.IsProof(checks, full: false));
        }
        catch (MigrationException e)
        {
            _options.Session.Events.Publish(new WarningRaised($"The proof of '{backup.Path}' could not be recorded: {e.Message}"));
        }

        return checks;
    }

    private Task<List<CheckResult>> AskAsync(
        DatabaseBackup backup,
        DatabaseTarget? origin,
        bool full,
        CancellationToken cancellationToken
    ) =>
        OperationTrace.RunAsync(
            "proof",
            backup.Engine,
            (origin ?? backup.Target)?.Database ?? backup.Database,
            Path.GetFileName(backup.Path),
            async span =>
            {
                var checks = await TryAsync(backup, origin, full, cancellationToken).ConfigureAwait(false);
                span?.SetTag("migrations.proven", ProofRules.IsProof(checks, full));
                return checks;
            }
        );

    private async Task<List<CheckResult>> TryAsync(
        DatabaseBackup backup,
        DatabaseTarget? origin,
        bool full,
        CancellationToken cancellationToken
    )
    {
        var checks = new List<CheckResult> { await CheckFileAsync(backup, cancellationToken).ConfigureAwait(false) };
        if (checks[0].Status == CheckStatus.Fail)
            checks.Add(
                ProofRules.NotRun(
                    backup,
                    ProofRules.RestoreCheck,
                    "It was not restored, because the file is not the one that was backed up."
                )
            );
        else
            checks.AddRange(await RestoreAsync(backup, origin, full, cancellationToken).ConfigureAwait(false));
        ProofRules.AddNotRun(backup, checks);
        return checks;
    }

    /// <summary>Compares size and SHA-256 with the manifest.</summary>
    internal async Task<CheckResult> CheckFileAsync(DatabaseBackup backup, CancellationToken cancellationToken)
    {
        if (backup.Manifest is not { } manifest)
            return ProofRules.NotRun(
                backup,
                ProofRules.FileCheck,
                (backup.Problem ?? "It has no manifest.") + " The file cannot be compared with anything."
            );
        var clock = Stopwatch.StartNew();
        var (size, sha256) = await ReadAsync(
                backup.Path,
                Progress("Reading " + Path.GetFileName(backup.Path), manifest.Size).Report,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!string.Equals(manifest.File, Path.GetFileName(backup.Path), StringComparison.Ordinal))
            return ProofRules.Answer(backup, CheckStatus.Fail, $"Its manifest belongs to '{manifest.File}'.") with
            {
                Name = ProofRules.FileCheck,
                NextStep = "Use another backup.",
            };
        var same = size == manifest.Size && string.Equals(sha256, manifest.Sha256, StringComparison.Ordinal);
        return new CheckResult
        {
            Database = backup.Database,
            Name = ProofRules.FileCheck,
            Category = CheckCategory.Backup,
            Target = backup.Path,
            Status = same ? CheckStatus.Pass : CheckStatus.Fail,
            Expected = $"{manifest.Size} bytes, {manifest.Sha256}",
            Actual = $"{size} bytes, {sha256}",
            Message =
                same ? "Size and SHA-256 match the manifest."
                : size != manifest.Size ? $"It has {size} bytes; its manifest says {manifest.Size}."
                : "Its SHA-256 does not match the manifest: it was changed or damaged.",
            NextStep = same ? null : "Use another backup.",
            Duration = clock.Elapsed,
        };
    }

    private static async Task<(long Size, string Sha256)> ReadAsync(string path, Action<long> read, CancellationToken cancellationToken)
    {
        try
        {
            return await BackupHash.ComputeAsync(path, read, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.BackupMissing,
                $"'{path}' cannot be read: {e.Message}",
                "Correct its permissions, or use another backup.",
                e
            );
        }
    }

    private async Task<IReadOnlyList<CheckResult>> RestoreAsync(
        DatabaseBackup backup,
        DatabaseTarget? origin,
        bool full,
        CancellationToken cancellationToken
    )
    {
        if (backup.Format is not { } format)
            return [ProofRules.NotRun(backup, ProofRules.RestoreCheck, "It was not restored: its format is unknown.")];
        var clock = Stopwatch.StartNew();
        try
        {
            using var unpacked = await UnpackedBackup
                .OpenAsync(backup, format, _options.AcceptUnseenCode, cancellationToken)
                .ConfigureAwait(false);
            var scratch = await driver
                .Scratch.CreateAsync(
                    new ScratchRequest
                    {
                        Origin = origin,
                        Server = _options.ScratchServer,
                        Session = Session(backup),
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            await using (scratch.ConfigureAwait(false))
            {
                Progress($"Restoring {Path.GetFileName(backup.Path)} into a scratch database", total: null).Report(0);
                await driver.Backups.LoadAsync(unpacked.Source, scratch.Target, Session(backup), cancellationToken).ConfigureAwait(false);
                var restored = ProofRules.Answer(backup, CheckStatus.Pass, "It was restored into a scratch database.") with
                {
                    Duration = clock.Elapsed,
                };
                return [restored, .. await CompareAsync(backup, scratch.Target, full, cancellationToken).ConfigureAwait(false)];
            }
        }
        catch (MigrationException e) when (e.Id is ErrorId.BackupInvalid or ErrorId.DatabaseInvalid or ErrorId.ReachesBeyondCopy)
        {
            return [ProofRules.Answer(backup, CheckStatus.Fail, e.Message) with { NextStep = e.NextStep, Duration = clock.Elapsed }];
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Cancelled or FailureCategory.Connection))
        {
            // What could not be done is not the fault of the backup, and takes nothing from its being there.
            return [ProofRules.Answer(backup, CheckStatus.NotRun, e.Message) with { NextStep = e.NextStep, Duration = clock.Elapsed }];
        }
    }

    private async Task<IReadOnlyList<CheckResult>> CompareAsync(
        DatabaseBackup backup,
        DatabaseTarget scratch,
        bool full,
        CancellationToken cancellationToken
    )
    {
        Progress($"Comparing {Path.GetFileName(backup.Path)}", total: null).Report(0);
        var session = await driver.OpenAsync(scratch, Session(backup), cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await new BackupComparison(session, backup.Manifest, backup.Database)
                .RunAsync(thorough: true, full, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Writes the proof. A question that merely could not be asked this time takes nothing from a proof that stands.</summary>
    private DatabaseBackup Record(DatabaseBackup backup, List<CheckResult> checks, bool proven)
    {
        if (backup.Manifest is not { } manifest || (backup.Proven && !proven && checks.TrueForAll(c => c.Status != CheckStatus.Fail)))
            return backup;
        var proof = new BackupProof
        {
            Proven = proven,
            At = _options.Clock.GetUtcNow(),
            How = ProofRules.How(checks),
            Host = Environment.MachineName,
            ToolVersion = JournalRecorder.ToolVersion,
            Sha256 = manifest.Sha256,
            Questions = checks.ConvertAll(c => new ProofQuestion(c.Name, c.Status, c.Message)),
        };
        BackupManifestFile.Write(
            BackupManifestFile.PathOf(backup.Path),
            manifest with
            {
                Proof = proof,
                Faults = ProofRules.Faults(manifest, checks),
            }
        );
        return ListedBackup.Read(backup.Path, _options.Clock.GetUtcNow()) with { Target = backup.Target };
    }

    private SessionOptions Session(DatabaseBackup backup) => _options.SessionFor(backup) with { Access = SessionAccess.Read };

    private ThrottledProgress Progress(string activity, long? total) => new(_options.Session.Events, activity, total);
}
