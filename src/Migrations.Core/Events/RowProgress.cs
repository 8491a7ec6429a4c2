using System.Diagnostics;
using System.Globalization;

namespace Migrations.Events;

/// <summary>Reports how far work on rows is, and how long the rest will take at the speed so far.</summary>
/// <param name="events">Receives the reports.</param>
/// <param name="total">How many rows there are; null where that is not known.</param>
internal sealed class RowProgress(IEventSink events, long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(2);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _reported = -Interval;
    private long _finished;

    /// <summary>A table has got further.</summary>
    /// <param name="activity">What is done with which table.</param>
    /// <param name="rows">How many of its rows are done.</param>
    public void Report(string activity, long rows)
    {
        var elapsed = _clock.Elapsed;
        if (elapsed - _reported < Interval)
            return;
        _reported = elapsed;
        var done = _finished + rows;
        events.Publish(new WorkAdvanced(activity + Remaining(elapsed, done), done, total, "rows"));
    }

    /// <summary>A table is done.</summary>
    public void Finish(long rows) => _finished += rows;

    private string Remaining(TimeSpan elapsed, long done)
    {
        if (elapsed < Warmup || done == 0 || total is not { } all || done >= all)
            return "";
        var left = elapsed * ((double)(all - done) / done);
        return left < TimeSpan.FromMinutes(1)
            ? string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalSeconds):0} s left")
            : string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalMinutes):0} min left");
    }
}
