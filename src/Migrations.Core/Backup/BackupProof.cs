namespace Migrations.Backup;

/// <summary>What a verification of a backup found.</summary>
public sealed record BackupProof
{
    /// <summary>Whether the backup was restored and everything that a proof rests on was looked at and found right.</summary>
    public required bool Proven { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How, in a few words: into what it was restored and what was compared.</summary>
    public required string How { get; init; }

    /// <summary>On which machine.</summary>
    public required string Host { get; init; }

    /// <summary>By which version of the tool.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The SHA-256 of the backup that was verified: a proof is of these bytes and no others.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Each question and its answer.</summary>
    public required IReadOnlyList<ProofQuestion> Questions { get; init; }
}

/// <summary>One question of a proof.</summary>
/// <param name="Name">The check's name.</param>
/// <param name="Status">The answer.</param>
/// <param name="Message">The answer in a sentence.</param>
public sealed record ProofQuestion(string Name, CheckStatus Status, string Message);
