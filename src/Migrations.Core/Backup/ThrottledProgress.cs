using System.Diagnostics;
using Migrations.Events;

namespace Migrations.Backup;

/// <summary>Tells how many bytes are done: at the beginning, and then a few times a second at the most.</summary>
/// <param name="events">Where to.</param>
/// <param name="activity">What is done.</param>
/// <param name="total">How many bytes there are; null where it is not known.</param>
internal sealed class ThrottledProgress(IEventSink events, string activity, long? total)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private long? _told;

    /// <summary>Tells it, if it is time.</summary>
    public void Tell(long done)
    {
        if (_told is { } last && Stopwatch.GetElapsedTime(last) < TellEvery)
            return;
        _told = Stopwatch.GetTimestamp();
        events.Publish(new WorkAdvanced(activity, done, total, "bytes"));
    }
}
