using Migrations.Bench;

// Floor and tool run in turns within one process's life, so that a ratio is never made of two machines' moods.
var wanted = args.Length == 0 ? ["folder", "lint", "sqlite", "postgresql", "batches", "backup", "copy", "integrity"] : args;
var report = new Report();
if (wanted.Contains("folder", StringComparer.Ordinal))
    FolderBench.Run(report);
if (wanted.Contains("lint", StringComparer.Ordinal))
    await LintBench.RunAsync(report);
if (wanted.Contains("sqlite", StringComparer.Ordinal))
    await SqliteBench.RunAsync(report);
if (wanted.Contains("postgresql", StringComparer.Ordinal))
    await PostgreSqlBench.RunAsync(report);
if (wanted.Contains("batches", StringComparer.Ordinal))
    await BatchBench.RunAsync(report, isFull: wanted.Contains("--full", StringComparer.Ordinal));
if (wanted.Contains("backup", StringComparer.Ordinal))
{
    await BackupBench.RunAsync(report);
    await PostgreSqlBackupBench.RunAsync(report);
}
if (wanted.Contains("copy", StringComparer.Ordinal))
    await CopyBench.RunAsync(report, isFull: wanted.Contains("--full", StringComparer.Ordinal));
if (wanted.Contains("integrity", StringComparer.Ordinal))
    await IntegrityBench.RunAsync(report);

// The long form, by name only.
if (wanted.Contains("huge", StringComparer.Ordinal))
    await HugeBench.RunAsync(report);
if (wanted.Contains("growth", StringComparer.Ordinal))
    await GrowthBench.RunAsync(report);
if (wanted.Contains("configuration", StringComparer.Ordinal))
    ConfigurationBench.Run(report);
if (wanted.Contains("peers", StringComparer.Ordinal))
    await PeersBench.RunAsync(report);
return report.Failed ? 1 : 0;
