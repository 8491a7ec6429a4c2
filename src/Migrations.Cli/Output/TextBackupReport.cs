using System.Globalization;
using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Cli.Output;

/// <summary>Reports to people what became of backups.</summary>
internal sealed class TextBackupReport(Terminal terminal, Detail detail) : IBackupReport
{
    private static readonly string[] Header = ["Created (UTC)", "Size", "Proven", "Version", "Backup"];

    public void Listed(string folder, IReadOnlyList<DatabaseBackup> backups)
    {
        terminal.Out("Backups: " + folder);
        terminal.Out();
        if (backups.Count == 0)
        {
            terminal.Out("No backups.");
            return;
        }

        var states = backups.Where(b => b.Kept is not null).ToList();
        if (states.Count < backups.Count)
            TablePrinter.Print(terminal, Header, [.. backups.Where(b => b.Kept is null).Select(Row)]);
        if (states.Count == 0)
            return;
        terminal.Out((states.Count < backups.Count ? Environment.NewLine : "") + "States that restores kept:");
        TablePrinter.Print(terminal, Header, [.. states.Select(Row)]);
    }

    public void Made(DatabaseBackup backup, BackupVerification? proof)
    {
        terminal.Progress(null);
        if (detail == Detail.Quiet && (proof is null || proof.Proven))
            return;
        terminal.Out(
            $"Backed up {backup.Database} to {backup.Path}: {PlainText.OfBytes(backup.Size)} in "
                + $"{PlainText.Of(backup.Duration ?? TimeSpan.Zero)}.",
            Tone.Good
        );
        if (backup.Manifest?.WritersBlockedMs is { } blocked and >= 1)
            terminal.Out($"  Writers waited {PlainText.Of(TimeSpan.FromMilliseconds(blocked))}.");
        if (proof is not null)
            Verified(proof);
    }

    public void Verified(BackupVerification verification)
    {
        terminal.Progress(null);
        terminal.Out(
            verification.Proven
                ? $"Proven: {verification.Path}, in {PlainText.Of(verification.Duration)}."
                : $"Not proven: {verification.Path}",
            verification.Proven ? Tone.Good : Tone.Bad
        );
        foreach (var check in verification.Checks)
            Print(check);
    }

    public void Restored(RestoreResult result)
    {
        terminal.Progress(null);
        if (detail == Detail.Quiet && result.LeftOut.Count == 0 && result.Checks.All(c => c.Status == CheckStatus.Pass))
            return;
        terminal.Out($"Restored {result.Database} from {result.Backup} in {PlainText.Of(result.Duration)}: {result.How}.", Tone.Good);
        terminal.Out("  Version: " + (result.MigrationVersion ?? "none"));
        if (result.Stamp is not null)
            terminal.Out("  Stamp: " + PlainText.Clean(result.Stamp));
        if (result.Kept is not null)
            terminal.Out("  The state before is kept as " + result.Kept);
        foreach (var item in result.LeftOut)
            terminal.Out("  Left out, because the server could not make it: " + PlainText.Clean(item), Tone.Bad);
        foreach (var check in result.Checks)
            Print(check);
    }

    public void Pruned(string folder, IReadOnlyList<RetentionDecision> decisions, bool whatIf)
    {
        if (detail == Detail.Quiet && !whatIf)
            return;
        foreach (var decision in decisions)
        {
            var what = decision.Keep
                ? whatIf
                    ? "Would keep"
                    : "Kept"
                : whatIf
                    ? "Would remove"
                    : "Removed";
            terminal.Out($"{what} {PlainText.NameOf(decision.Backup)}: {decision.Reason}", decision.Keep ? Tone.Plain : Tone.Notice);
        }

        var removed = decisions.Where(d => !d.Keep).ToList();
        terminal.Out(
            $"{(whatIf ? "What if: " : "")}{PlainText.CountOf([.. removed.Select(d => d.Backup)])} of {decisions.Count} "
                + $"{(whatIf ? "would be removed" : "removed")} from {folder}, {PlainText.OfBytes(removed.Sum(d => d.Backup.Size))}."
        );
    }

    public void Salvaged(DatabaseTarget source, string destination, IReadOnlyList<SalvagedTable> tables)
    {
        terminal.Progress(null);
        foreach (var table in tables)
            terminal.Out(
                $"  {table.Table}: {PlainText.Count(table.Rows, "row")}{(table.Lost is null ? "" : "; " + table.Lost)}",
                table.Lost is null ? Tone.Plain : Tone.Bad
            );
        var lost = tables.Count(t => t.Lost is not null);
        terminal.Out(
            $"Salvaged {PlainText.Count(tables.Sum(t => t.Rows), "row")} in {PlainText.Count(tables.Count, "table")} of "
                + $"{source.Display} into {destination}"
                + (lost == 0 ? "." : $"; {PlainText.Count(lost, "table")} not to the end."),
            lost == 0 ? Tone.Good : Tone.Notice
        );
    }

    public void WhatIf(string text) => terminal.Out("What if: " + text);

    private void Print(CheckResult check)
    {
        terminal.Out(
            $"  [{Word(check.Status)}] {check.Name}: {PlainText.Clean(check.Message)}",
            check.Status switch
            {
                CheckStatus.Pass => Tone.Plain,
                CheckStatus.Fail => Tone.Bad,
                _ => Tone.Notice,
            }
        );
        if (check.Status != CheckStatus.Pass && check.Recommendation is { } way)
            terminal.Out("      " + way);
    }

    private static string Word(CheckStatus status) => status == CheckStatus.NotRun ? "not run" : status.ToString().ToLowerInvariant();

    private static string[] Row(DatabaseBackup backup) =>
        [
            PlainText.Of(backup.CreatedAt),
            PlainText.OfBytes(backup.Size),
            backup.Proven ? "yes"
            : backup.ProvenAt is null ? "no"
            : string.Create(CultureInfo.InvariantCulture, $"no: tried {backup.ProvenAt:yyyy-MM-dd}"),
            backup.MigrationVersion ?? "",
            PlainText.NameOf(backup) + (backup.Problem is null ? "" : "  ! " + PlainText.Shorten(backup.Problem, 160)),
        ];
}
