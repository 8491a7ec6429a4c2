using System.Diagnostics;
using Migrations.Events;

namespace Migrations.Backup;

/// <summary>Reports how many bytes are done: at the beginning, and then at most a few times a second.</summary>
/// <param name="events">Receives the reports.</param>
/// <param name="activity">What is in progress.</param>
/// <param name="total">How many bytes there are; null where it is not known.</param>
internal sealed class ThrottledProgress(IEventSink events, string activity, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private long? _reported;

    /// <summary>Reports progress, unless the last report is too recent.</summary>
    public void Report(long done)
    {
        if (_reported is { } last && Stopwatch.GetElapsedTime(last) < Interval)
            return;
        _reported = Stopwatch.GetTimestamp();
        events.Publish(new WorkAdvanced(activity, done, total, "bytes"));
    }
}
