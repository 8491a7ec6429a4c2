using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>Where what became of backups goes.</summary>
internal interface IBackupReport
{
    void Listed(string folder, IReadOnlyList<DatabaseBackup> backups);

    /// <summary>A backup that was made, and its proof where one was asked for.</summary>
    void Made(DatabaseBackup backup, BackupVerification? proof);

    void Verified(BackupVerification verification);

    void Restored(RestoreResult result);

    void Pruned(string folder, IReadOnlyList<RetentionDecision> decisions, bool whatIf);

    void Salvaged(DatabaseTarget source, string destination, IReadOnlyList<SalvagedTable> tables);

    /// <summary>What would be done, in a sentence.</summary>
    void WhatIf(string text);
}
