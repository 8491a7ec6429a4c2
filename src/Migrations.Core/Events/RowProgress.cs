using System.Diagnostics;
using System.Globalization;

namespace Migrations.Events;

/// <summary>
/// Reports how far work on rows is, and how long the rest will take at the speed so far. Several tables may advance at once.
/// </summary>
/// <param name="events">Receives the reports.</param>
/// <param name="total">How many rows there are; null where that is not known.</param>
internal sealed class RowProgress(IEventSink events, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(2);

    private readonly object _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _reported = -Interval;
    private long _done;

    /// <summary>The work has got further.</summary>
    /// <param name="activity">What is done.</param>
    /// <param name="rows">How many more rows are done.</param>
    public void Advance(string activity, long rows)
    {
        lock (_lock)
        {
            _done += rows;
            var elapsed = _clock.Elapsed;
            if (elapsed - _reported < Interval)
                return;
            _reported = elapsed;
            events.Publish(new WorkAdvanced(activity + Remaining(elapsed), _done, total, "rows"));
        }
    }

    private string Remaining(TimeSpan elapsed)
    {
        if (elapsed < Warmup || _done == 0 || total is not { } all || _done >= all)
            return "";
        var left = elapsed * ((double)(all - _done) / _done);
        return left < TimeSpan.FromMinutes(1)
            ? string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalSeconds):0} s left")
            : string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalMinutes):0} min left");
    }
}
