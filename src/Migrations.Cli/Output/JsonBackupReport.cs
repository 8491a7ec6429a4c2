using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>Reports the results of backups to programs.</summary>
internal sealed class JsonBackupReport(JsonRecordWriter records) : IBackupReport
{
    public void Listed(string folder, IReadOnlyList<DatabaseBackup> backups) =>
        records.Write(backups.Select(JsonBackup.Of), json => json.JsonBackup);

    public void Made(DatabaseBackup backup, BackupVerification? proof) =>
        records.Write(
            [JsonBackup.Of(backup) with { Checks = proof is null ? null : [.. proof.Checks.Select(JsonCheck.Of)] }],
            json => json.JsonBackup
        );

    public void Verified(BackupVerification verification) =>
        records.Write([JsonVerification.Of(verification)], json => json.JsonVerification);

    public void Restored(RestoreResult result) => records.Write([JsonRestore.Of(result)], json => json.JsonRestore);

    public void Pruned(string folder, IReadOnlyList<RetentionDecision> decisions, bool whatIf) =>
        records.Write(decisions.Select(d => JsonRetention.Of(d, whatIf)), json => json.JsonRetention);

    public void Salvaged(DatabaseTarget source, string destination, IReadOnlyList<SalvagedTable> tables) =>
        records.Write(tables.Select(t => new JsonSalvage(source.Display, destination, t.Table, t.Rows, t.Lost)), json => json.JsonSalvage);

    public void WhatIf(string text)
    {
        // Nothing was done, so there is no record of it.
    }
}
