namespace Migrations.Backup;

/// <summary>What the checks of a restored backup prove.</summary>
internal static class ProofRules
{
    /// <summary>The check of the file itself.</summary>
    public const string FileCheck = "file";

    /// <summary>The check that it can be restored.</summary>
    public const string RestoreCheck = "restore";

    /// <summary>
    /// A proof rests on the file, its restore, the schema and the rows, and on the values where they were asked for: each must have passed.
    /// The engine must have been asked about something, and nothing at all may have failed.
    /// </summary>
    public static bool IsProof(List<CheckResult> checks, bool full) =>
        checks.TrueForAll(c => c.Status != CheckStatus.Fail)
        && ((string[])[FileCheck, RestoreCheck, BackupComparison.Schema, BackupComparison.Rows]).All(name =>
            checks.Exists(c => IsOwn(c, name) && c.Status == CheckStatus.Pass)
        )
        && (!full || checks.Exists(c => IsOwn(c, BackupComparison.Digests) && c.Status == CheckStatus.Pass))
        && checks.Exists(c => c.Category != CheckCategory.Backup && c.Status == CheckStatus.Pass);

    /// <summary>Whether a check is the one of this name about the backup itself.</summary>
    public static bool IsOwn(CheckResult check, string name) =>
        string.Equals(check.Name, name, StringComparison.Ordinal) && check.Category == CheckCategory.Backup;

    /// <summary>What the source turned out to have beside what was found when it was backed up.</summary>
    public static IReadOnlyList<DatabaseFault>? Faults(BackupManifest manifest, List<CheckResult> checks) =>
        manifest.Faults is { } known
            ?
            [
                .. known,
                .. checks
                    .Where(c => c.Status == CheckStatus.Warn)
                    .SelectMany(c => c.Faults)
                    .Where(f => !f.IsAmong(known))
                    .Select(AsInSource),
            ]
            : null;

    private static DatabaseFault AsInSource(DatabaseFault fault) =>
        fault.DefinitionEnd is null ? fault : fault with { Detail = "rows violate it, although it is valid in the source" };

    /// <summary>What was done to prove a backup, in words.</summary>
    public static string How(List<CheckResult> checks)
    {
        if (!checks.Exists(c => IsOwn(c, RestoreCheck) && c.Status == CheckStatus.Pass))
            return "not restored";
        var compared = checks
            .Where(c =>
                c.Name is BackupComparison.Schema or BackupComparison.Rows or BackupComparison.Digests && c.Status != CheckStatus.NotRun
            )
            .Select(c => c.Name)
            .ToList();
        return "restored into a scratch database" + (compared.Count == 0 ? "" : ", compared: " + string.Join(", ", compared));
    }

    /// <summary>Every question is listed: what was not come to is NotRun.</summary>
    public static void AddNotRun(DatabaseBackup backup, List<CheckResult> checks)
    {
        foreach (var name in (ReadOnlySpan<string>)[BackupComparison.Schema, BackupComparison.Rows, BackupComparison.Digests])
        {
            if (!checks.Exists(c => ProofRules.IsOwn(c, name)))
                checks.Add(NotRun(backup, name, "Not checked, because the backup was not restored."));
        }
    }

    /// <summary>A result of the restore check.</summary>
    public static CheckResult Answer(DatabaseBackup backup, CheckStatus status, string message) =>
        new()
        {
            Database = backup.Database,
            Name = RestoreCheck,
            Category = CheckCategory.Backup,
            Target = backup.Path,
            Status = status,
            Message = message,
        };

    /// <summary>The result of a check that was not run.</summary>
    public static CheckResult NotRun(DatabaseBackup backup, string name, string message) =>
        Answer(backup, CheckStatus.NotRun, message) with
        {
            Name = name,
        };
}
