namespace Migrations.Backup;

/// <summary>What a verification of one backup found.</summary>
public sealed record BackupVerification : IHasTarget
{
    /// <summary>The backup's file or folder.</summary>
    public required string Path { get; init; }

    /// <summary>The database that it is of, as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, where the backup brings it; keeps its secret.</summary>
    public DatabaseTarget? Target => Backup.Target;

    /// <summary>
    /// Whether it is proven by this verification: restored, and everything that a proof rests on looked at and found right.
    /// </summary>
    public required bool Proven { get; init; }

    /// <summary>How many checks failed.</summary>
    public int Failed => Checks.Count(c => c.Status == CheckStatus.Fail);

    /// <summary>How many checks could not be run.</summary>
    public int NotRun => Checks.Count(c => c.Status == CheckStatus.NotRun);

    /// <summary>Each question and its answer.</summary>
    public required IReadOnlyList<CheckResult> Checks { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The backup as its manifest describes it afterwards.</summary>
    public required DatabaseBackup Backup { get; init; }

    /// <summary>Demands that the backup is proven.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupUnproven"/>, with what speaks against it.</exception>
    public void ThrowIfUnproven()
    {
        if (Proven)
            return;
        var open = Checks.Where(c => c.Status is CheckStatus.Fail or CheckStatus.NotRun).ToList();
        throw new MigrationException(
            ErrorId.BackupUnproven,
            $"'{Path}' is not proven. " + string.Join(' ', open.Select(c => $"{c.Name}: {c.Message}")),
            open.Select(c => c.NextStep).FirstOrDefault(r => r is not null) ?? $"Verify it again: {Call.Verify.On(Path)}"
        );
    }
}
