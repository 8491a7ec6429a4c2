using System.Diagnostics;
using System.Management.Automation;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>Turns engine events into PowerShell's streams, on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet that writes.</param>
/// <param name="queue">The way to the pipeline's thread.</param>
/// <param name="done">Takes each result once it is committed. The run goes on when it was taken, so that <c>Select-Object -First 1</c> ends
/// a run after one step.</param>
internal sealed class EventWriter(PSCmdlet cmdlet, WriteQueue queue, Action<MigrationResult>? done) : IEventSink
{
    private const int ActivityId = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private readonly Stopwatch _sinceProgress = new();
    private (int Number, int Total) _step;
    private string _activity = "Migrations";

    /// <inheritdoc/>
    public void Publish(MigrationEvent item)
    {
        // A result may end the run, and so may a warning with -WarningAction Stop: before anything more happens.
        if (item is StepFinished { Result.Outcome: MigrationOutcome.Done } or WarningRaised)
            queue.PostAndWait(() => Write(item));
        else
            queue.Post(() => Write(item));
    }

    /// <summary>Takes the progress bar away. On the pipeline's thread, when the work has ended.</summary>
    public void EndProgress()
    {
        if (!_sinceProgress.IsRunning)
            return;
        _sinceProgress.Reset();
        try
        {
            cmdlet.WriteProgress(
                new ProgressRecord(ActivityId, _activity, "Done") { RecordType = ProgressRecordType.Completed, PercentComplete = 100 }
            );
        }
        catch (PipelineStoppedException)
        {
            // The whole pipeline is stopped: the host takes its bar away itself.
        }
    }

    private void Write(MigrationEvent item)
    {
        switch (item)
        {
            case ConnectionAttempted connecting:
                Verbose($"Connecting to {connecting.Database} (attempt {Of(connecting.Attempt, connecting.Attempts)}).");
                break;
            // Who waits for a server reads why once, not every second.
            case ConnectionRetried { Attempts: null } waiting:
                if (_reasons.Add(waiting.Database + waiting.Reason))
                    Warning($"Waiting for {waiting.Database}: {NextStep.ForPowerShell(waiting.Reason)}");
                break;
            case ConnectionRetried retried:
                Warning(
                    $"Connecting to {retried.Database} failed (attempt {Of(retried.Attempt, retried.Attempts)}): "
                        + $"{NextStep.ForPowerShell(retried.Reason)} Trying again in {retried.Delay.TotalSeconds:0.#} s."
                );
                break;
            case LockAwaited locked:
                Warning(
                    $"Waiting for the migration lock, held by {locked.Holder?.ToString() ?? "another session"}; waited "
                        + $"{locked.Waited.TotalSeconds:0} of {locked.Timeout.TotalSeconds:0} s."
                );
                break;
            case RunStarted run:
                _activity =
                    $"{(run.Direction == MigrationDirection.Up ? "Applying" : "Undoing")} {run.Total} "
                    + $"migration{(run.Total == 1 ? "" : "s")}: {run.Database}";
                break;
            case StepStarted step:
                _step = (step.Number, step.Total);
                Verbose(
                    $"{(step.Direction == MigrationDirection.Up ? "Applying" : "Undoing")} {step.Migration} ({step.Number}/{step.Total})."
                );
                WriteProgress(step.Migration, 0);
                break;
            case ScriptAdvanced advanced:
                WriteProgress(advanced.Migration, advanced.Total == 0 ? 0 : (double)advanced.Done / advanced.Total);
                break;
            case StepRetried retried:
                Warning(
                    $"{retried.Migration} could not get a table lock (attempt "
                        + $"{retried.Attempt}/{retried.Attempts}){(retried.Blocker is null ? "" : ": " + retried.Blocker)}. "
                        + $"It was rolled back; trying again in {retried.Delay.TotalSeconds:0.#} s."
                );
                break;
            case NoticeReceived notice:
                Verbose($"{notice.Severity}: {notice.Message}");
                break;
            case WarningRaised warning:
                Warning(NextStep.ForPowerShell(warning.Message));
                break;
            case WorkAdvanced work:
                WriteWork(work);
                break;
            case StepFinished finished:
                WriteEnd(finished.Result);
                break;
        }
    }

    private static string Of(int attempt, int? attempts) => attempts is { } all ? $"{attempt}/{all}" : $"{attempt}";

    private void Verbose(string text) => cmdlet.Report(() => cmdlet.WriteVerbose(text));

    private void Warning(string text) => cmdlet.Report(() => cmdlet.WriteWarning(text));

    private void WriteEnd(MigrationResult result)
    {
        Verbose(
            $"{result.Name}: {result.Outcome} in {result.Duration.TotalMilliseconds:0} "
                + $"ms{(result.RowsAffected is { } rows ? $", {rows} rows" : "")}."
        );
        // A failed step is the error's matter: what is written as output is committed.
        if (result.Outcome == MigrationOutcome.Done)
            done?.Invoke(result);
    }

    private void WriteWork(WorkAdvanced work)
    {
        if (_sinceProgress.IsRunning && _sinceProgress.Elapsed < Pause)
            return;
        _sinceProgress.Restart();
        _activity = work.Activity;
        var percent = work.Total is { } total and > 0 ? (int)Math.Clamp(100.0 * work.Done / total, 0, 100) : -1;
        cmdlet.WriteProgress(
            new ProgressRecord(ActivityId, _activity, work.Done > 0 ? $"{work.Done} {work.Unit}" : "...") { PercentComplete = percent }
        );
    }

    private void WriteProgress(string migration, double part)
    {
        if (_sinceProgress.IsRunning && _sinceProgress.Elapsed < Pause)
            return;
        _sinceProgress.Restart();
        var percent = (int)Math.Clamp(100 * (_step.Number - 1 + part) / Math.Max(1, _step.Total), 0, 100);
        cmdlet.WriteProgress(
            new ProgressRecord(ActivityId, _activity, $"{migration} ({_step.Number}/{_step.Total})") { PercentComplete = percent }
        );
    }
}
