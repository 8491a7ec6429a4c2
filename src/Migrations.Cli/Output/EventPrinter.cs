using System.Collections.Concurrent;
using System.Globalization;
using Migrations.Events;
using Migrations.Logging;

namespace Migrations.Cli.Output;

/// <summary>Prints events for people: steps to standard output, everything else to standard error.</summary>
/// <param name="terminal">Where to.</param>
/// <param name="detail">How much.</param>
/// <param name="said">The warnings that the call has printed, whatever database they were about.</param>
internal sealed class EventPrinter(Terminal terminal, Detail detail, ConcurrentDictionary<string, bool> said)
{
    private readonly bool _verbose = detail == Detail.Verbose;
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);

    public void Print(MigrationEvent item)
    {
        switch (item)
        {
            case ConnectionAttempted e when e.Attempts > 1 || _verbose:
                terminal.Error(EventText.Of(e));
                break;
            // Who waits for a server reads why once, not every second.
            case ConnectionRetried { Attempts: null } e when !_verbose && !_reasons.Add(e.Database + e.Reason):
                break;
            case ConnectionRetried e:
                terminal.Error(EventText.Of(e), Tone.Notice);
                break;
            case LockAwaited e:
                terminal.Error(EventText.Of(e), Tone.Notice);
                break;
            case StepRetried e:
                terminal.Error(EventText.Of(e), Tone.Notice);
                break;
            case HookRan e when _verbose:
                terminal.Error(EventText.Of(e), Tone.Faint);
                break;
            case NoticeReceived e when _verbose || !IsQuiet(e.Severity):
                terminal.Error(EventText.Of(e), Tone.Faint);
                break;
            case WarningRaised e:
                Warn(e.Message, e.Location);
                break;
            case StepFinished e when detail == Detail.Quiet:
                PrintLost(e.Result);
                break;
            case var _ when detail > Detail.Quiet:
                PrintStep(item);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Prints a warning, for a build service's summary too. A call reads its folder several times, and reports what it finds once.
    /// </summary>
    public void Warn(string message, ScriptLocation? location = null)
    {
        if (!said.TryAdd(message, value: true))
            return;
        terminal.Error("warning: " + message, Tone.Notice);
        terminal.Commands(LogCommands.Warning(terminal.Format, message, location), toError: false);
    }

    private void PrintStep(MigrationEvent item)
    {
        switch (item)
        {
            case RunStarted e:
                terminal.Out(EventText.Of(e));
                break;
            case StepStarted e:
                Start(e);
                break;
            case ScriptAdvanced { Total: > 0 } e:
                terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{e.Migration}: {100 * e.Done / e.Total} %"));
                break;
            case WorkAdvanced e:
                terminal.Progress(Advance(e));
                break;
            case StepFinished e:
                Finish(e);
                break;
            default:
                break;
        }
    }

    // A person sees what runs in the progress line; a log gets a line, so that a run that hangs shows where.
    private void Start(StepStarted e)
    {
        var text = EventText.Of(e);
        if (terminal.ShowsProgress)
            terminal.Progress(text + " ...");
        else
            terminal.Out(text);
    }

    private void Finish(StepFinished e)
    {
        terminal.Progress(null);
        var result = e.Result;
        var text = EventText.Of(e, _verbose);
        terminal.Out(text, result.Outcome == MigrationOutcome.Failed ? Tone.Bad : Tone.Good);
        PrintLost(result);
        terminal.Commands(LogCommands.Progress(terminal.Format, 100 * e.Number / Math.Max(1, e.Total), text), toError: false);
    }

    private void PrintLost(MigrationResult result)
    {
        foreach (var lost in result.ObjectsLost.Where(l => l.Weight == LostObjectWeight.Listed))
            terminal.Out("      " + LostObjectText.Line(lost), Tone.Notice);
    }

    private static string Advance(WorkAdvanced e)
    {
        var isBytes = string.Equals(e.Unit, "bytes", StringComparison.Ordinal);
        var total =
            e.Total is { } all and > 0
                ? string.Create(CultureInfo.InvariantCulture, $": {Math.Min(100, 100 * e.Done / all)} % of {Amount(all)}")
            : e.Done > 0 ? ": " + Amount(e.Done)
            : "";
        return e.Activity + total + " ...";

        string Amount(long amount) =>
            isBytes ? PlainText.OfBytes(amount) : string.Create(CultureInfo.InvariantCulture, $"{amount} {e.Unit}");
    }

    private static bool IsQuiet(string severity) => severity.ToUpperInvariant() is "NOTICE" or "INFO" or "LOG" or "DEBUG";
}
