namespace Migrations.Backup;

/// <summary>Whether a backup is kept, and why.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Keep">Whether it is kept.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record RetentionDecision(DatabaseBackup Backup, bool Keep, string Reason);
