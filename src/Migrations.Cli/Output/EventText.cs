using System.Globalization;
using Migrations.Events;

namespace Migrations.Cli.Output;

/// <summary>The message about a wait, to people and to programs.</summary>
internal static class EventText
{
    public static string Of(LockAwaited e) =>
        $"Waiting for the migration lock of {e.Holder?.ToString() ?? "an unknown session"}: {PlainText.Of(e.Waited)} of "
        + $"{PlainText.Of(e.Timeout)}.";

    public static string Of(StepRetried e) =>
        string.Create(CultureInfo.InvariantCulture, $"{e.Migration} could not get a table lock (attempt {e.Attempt}/{e.Attempts})")
        + (e.Blocker is null ? "" : $", held by {e.Blocker}")
        + $". Rolled back; trying again in {PlainText.Of(e.Delay)}.";
}
