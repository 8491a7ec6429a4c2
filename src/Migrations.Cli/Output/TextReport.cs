using System.Collections.Concurrent;
using Migrations.Adoption;
using Migrations.Configuration;
using Migrations.Events;
using Migrations.Fleet;
using Migrations.History;
using Migrations.Logging;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Reports to people.</summary>
internal sealed class TextReport(Terminal terminal, Detail detail, ConcurrentDictionary<string, bool> said) : IReport
{
    private readonly EventPrinter _events = new(terminal, detail, said);
    private MigrationDirection _direction;
    private bool _begun;

    /// <summary>A report of a whole call.</summary>
    public TextReport(Terminal terminal, Detail detail)
        : this(terminal, detail, new ConcurrentDictionary<string, bool>(StringComparer.Ordinal)) { }

    public IIntegrityReport Integrity { get; } = new TextIntegrityReport(terminal);

    public IScriptReport Scripts { get; } = new TextScriptReport(terminal, detail);

    public IBackupReport Backups { get; } = new TextBackupReport(terminal, detail);

    public ITransferReport Transfers { get; } = new TextTransferReport(terminal, detail);

    public void Publish(MigrationEvent item)
    {
        if (item is RunStarted run)
            _direction = run.Direction;
        _events.Print(item);
    }

    public void Status(DatabaseTarget target, IReadOnlyList<MigrationStatus> statuses)
    {
        Begin();
        StatusListing.Print(terminal, target, statuses);
    }

    public void Summary(DatabaseStatus status)
    {
        Begin();
        SummaryListing.Print(terminal, status);
    }

    public void History(DatabaseTarget target, IReadOnlyList<JournalEntry> entries, bool isFiltered)
    {
        Begin();
        HistoryListing.Print(terminal, target, entries, isFiltered);
    }

    public void Profile(DatabaseTarget target, IReadOnlyList<MigrationProfile> profiles)
    {
        Begin();
        ProfileListing.Print(terminal, target, profiles);
    }

    public void Plan(DatabaseTarget target, MigrationPlan plan, ISqlDialect dialect, string? service, IReadOnlyList<StepLoss> losses)
    {
        Begin();
        foreach (var warning in plan.Warnings)
            _events.Warn(warning.ToString());
        PlanListing.Print(terminal, PlainText.Name(target, service), plan, dialect, losses);
    }

    public void Run(DatabaseTarget target, MigrationDirection direction, IReadOnlyList<MigrationResult> results, TimeSpan elapsed)
    {
        terminal.Progress(null);
        if (detail == Detail.Quiet)
            return;
        var name = PlainText.Name(target, results.FirstOrDefault()?.Service);
        var done = results.Count(result => result.Outcome == MigrationOutcome.Done);
        terminal.Out(
            (done, direction) switch
            {
                (0, MigrationDirection.Up) => $"Nothing to apply: {target.Display} is up to date.",
                (0, _) => $"Nothing to roll back in {target.Display}.",
                (_, MigrationDirection.Up) => $"Applied {PlainText.Count(done, "migration")} to {name} in {PlainText.Of(elapsed)}.",
                _ => $"Rolled back {PlainText.Count(done, "migration")} of {name} in {PlainText.Of(elapsed)}.",
            }
        );
        if (results.Select(result => result.Backup).FirstOrDefault(backup => backup is not null) is { } made)
            terminal.Out("Backup: " + made);
        if (results is [{ HooksSkipped: { Count: > 0 } hooks }, ..])
            terminal.Out(PlanListing.Skipped(hooks));
    }

    public void Repairs(DatabaseTarget target, IReadOnlyList<RepairResult> repairs, bool whatIf)
    {
        if (detail == Detail.Quiet && !whatIf)
            return;
        foreach (var repair in repairs)
        {
            var lines = RepairListing.Lines(repair).ToList();
            foreach (var difference in lines.SkipLast(1))
                terminal.Out(difference);
            terminal.Out($"{(whatIf ? "Would repair" : "Repaired")} {lines[^1]}");
        }

        var count = PlainText.Count(repairs.Count, "migration");
        terminal.Out(
            whatIf
                ? $"What if: {count} would be repaired in the history of {target.Display}."
                : $"Repaired {count} in the history of {target.Display}."
        );
    }

    public void Baseline(DatabaseTarget target, IReadOnlyList<MigrationStatus> recorded, bool whatIf)
    {
        if (detail == Detail.Quiet && !whatIf)
            return;
        foreach (var status in recorded)
            terminal.Out((whatIf ? "Would record " : "Recorded ") + status.Name);
        var count = PlainText.Count(recorded.Count, "migration");
        terminal.Out(
            whatIf
                ? $"What if: {count} would be recorded as applied in {target.Display} without running."
                : $"{count} now {(recorded.Count == 1 ? "counts" : "count")} as applied in {target.Display} without running."
        );
    }

    public void Adoption(AdoptionResult result)
    {
        if (detail != Detail.Quiet || !result.IsWritten)
            AdoptionListing.Print(terminal, result);
    }

    public void AdoptionUndo(AdoptionUndoResult result)
    {
        if (detail != Detail.Quiet || !result.IsWritten)
            AdoptionListing.Print(terminal, result);
    }

    public void Fleet(string summary)
    {
        if (detail != Detail.Quiet)
            terminal.Out(summary);
    }

    public void Merged(FleetSummary summary) => FleetListing.Print(terminal, summary);

    public void Configuration(IReadOnlyList<ConfigurationEntry> entries) => ConfigurationTable.Print(terminal, entries);

    public void Cleared(ClearResult result)
    {
        if (detail != Detail.Quiet || result.Outcome == MigrationOutcome.WhatIf)
            ClearListing.Print(terminal, result);
    }

    public void Created(IReadOnlyList<string> files, bool whatIf)
    {
        if (detail == Detail.Quiet && !whatIf)
            return;
        foreach (var file in files)
            terminal.Out((whatIf ? "Would create " : "Created ") + file);
    }

    public void Failure(DatabaseTarget? target, Exception exception)
    {
        terminal.Progress(null);
        ErrorPrinter.Print(terminal, target, exception, detail == Detail.Verbose);
        terminal.Commands(LogCommands.Errors(terminal.Format, exception), toError: false);
    }

    public IReport On(Terminal page) => new TextReport(page, detail, said);

    public void Complete() => terminal.Progress(null);

    // An empty line separates several databases.
    private void Begin()
    {
        if (_begun)
            terminal.Out();
        _begun = true;
    }
}
