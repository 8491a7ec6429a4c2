using System.Diagnostics;
using System.Management.Automation;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>Turns engine events into PowerShell's streams, on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet that writes.</param>
/// <param name="queue">The way to the pipeline's thread.</param>
/// <param name="log">Writes what a build service reads.</param>
/// <param name="done">Takes each result once it is committed. The run goes on when it was taken, so that <c>Select-Object -First 1</c> ends
/// a run after one step.</param>
internal sealed class EventWriter(PSCmdlet cmdlet, WriteQueue queue, AgentLog log, Action<MigrationResult>? done) : IEventSink
{
    private const int ActivityId = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private readonly Stopwatch _sinceProgress = new();
    private (int Number, int Total) _step;
    private string _activity = "Migrations";

    /// <summary>Runs code of migrations in the cmdlet's pipeline.</summary>
    public PipelineCode Code => new(cmdlet, queue);

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
                Verbose(EventText.Of(connecting));
                break;
            // Who waits for a server reads why once, not every second.
            case ConnectionRetried { Attempts: null } waiting when !_reasons.Add(waiting.Database + waiting.Reason):
                break;
            case ConnectionRetried retried:
                Warning(EventText.Of(retried));
                break;
            case LockAwaited locked:
                Warning(EventText.Of(locked));
                break;
            case RunStarted run:
                _activity = EventText.Of(run);
                break;
            case StepStarted step:
                _step = (step.Number, step.Total);
                Verbose(EventText.Of(step));
                WriteProgress(step.Migration, 0);
                break;
            case ScriptAdvanced advanced:
                WriteProgress(advanced.Migration, advanced.Total == 0 ? 0 : (double)advanced.Done / advanced.Total);
                break;
            case StepRetried retried:
                Warning(EventText.Of(retried));
                break;
            case HookRan hook:
                Verbose(EventText.Of(hook));
                break;
            case NoticeReceived notice:
                Verbose(EventText.Of(notice));
                break;
            case WarningRaised warning:
                log.WarnOnce(warning.Advice.Spell(ModuleSpelling.Instance), warning.Location);
                break;
            case WorkAdvanced work:
                WriteWork(work);
                break;
            case StepFinished finished:
                WriteEnd(finished);
                break;
        }
    }

    private void Verbose(string text) => cmdlet.Report(() => cmdlet.WriteVerbose(log.Harmless(text)));

    private void Warning(string text) => log.Warn(text);

    private void WriteEnd(StepFinished finished)
    {
        Verbose(EventText.Of(finished, isDetailed: true));
        log.Advanced(100 * finished.Number / Math.Max(1, finished.Total), EventText.Of(finished, isDetailed: false));
        // A failed step is the error's matter: what is written as output is committed.
        if (finished.Result.Outcome == MigrationOutcome.Done)
            done?.Invoke(finished.Result);
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
