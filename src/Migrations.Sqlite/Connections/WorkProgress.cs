using System.Diagnostics;
using Migrations.Events;

namespace Migrations.Sqlite;

/// <summary>Reports how far something has got, a few times a second at the most.</summary>
/// <param name="events">Where to.</param>
/// <param name="activity">What is done.</param>
/// <param name="unit">What is counted.</param>
internal sealed class WorkProgress(IEventSink events, string activity, string unit)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);

    private long _reported = Stopwatch.GetTimestamp();

    /// <summary>Warns of something.</summary>
    public void Warn(string message) => events.Publish(new WarningRaised(message));

    /// <summary>Reports it, if it is time.</summary>
    public void Report(long done, long? total)
    {
        if (Stopwatch.GetElapsedTime(_reported) < ReportEvery)
            return;
        _reported = Stopwatch.GetTimestamp();
        events.Publish(new WorkAdvanced(activity, done, total, unit));
    }
}
