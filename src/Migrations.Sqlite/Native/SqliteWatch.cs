using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// What SQLite asks while it works or waits: whether to go on. A handler is polled instead of <c>sqlite3_interrupt</c> being called from
/// another thread, because an interrupt between two statements is forgotten, and because a busy handler of SQLite's own cannot be
/// interrupted at all.
/// </summary>
internal sealed unsafe class SqliteWatch : IDisposable
{
    // About a tenth of a millisecond of work; asking costs some 20 nanoseconds.
    private const int StepsBetweenQuestions = 4000;

    // The shortest statement, SELECT 1, takes about five, and an INSERT of one row nine.
    private const int StepsOfShortStatement = 4;

    private readonly GCHandle _self;
    private long _busySince;
    private long _statementEnd;

    public SqliteWatch() => _self = GCHandle.Alloc(this);

    /// <summary>Cancels the running statement, and waiting for locks.</summary>
    public CancellationToken Token { get; set; }

    /// <summary>How long a statement waits for locks of other connections.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it sleeps between two looks at a lock, at the most, in milliseconds.</summary>
    public int LongestPause { get; set; } = 25;

    /// <summary>The longest that one statement may take.</summary>
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>Whether the statement that was just interrupted had reached its limit.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether the limit of what began last is over.</summary>
    public bool IsLate => Stopwatch.GetTimestamp() > _statementEnd;

    /// <summary>Interrupts whatever runs, on any thread, as long as it is set.</summary>
    public bool EndsAll { private get; set; }

    /// <summary>Whether that has interrupted anything since the last statement of our own began.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Lets SQLite ask here.</summary>
    public void Attach(SqliteApi api, nint db)
    {
        Ask(api, db, isOften: false);
        _ = api.BusyHandler(db, &OnBusy, GCHandle.ToIntPtr(_self));
    }

    /// <summary>
    /// Lets SQLite ask now and then; or often, so that short statements are interrupted too
    /// (<see href="https://sqlite.org/c3ref/progress_handler.html"/>).
    /// </summary>
    public void Ask(SqliteApi api, nint db, bool isOften) =>
        api.ProgressHandler(db, isOften ? StepsOfShortStatement : StepsBetweenQuestions, &OnProgress, GCHandle.ToIntPtr(_self));

    /// <summary>A statement begins.</summary>
    public void StartStatement()
    {
        (TimedOut, HasEnded) = (false, false);
        _statementEnd = StatementTimeout is { } limit
            ? Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency)
            : long.MaxValue;
    }

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnProgress(nint self)
    {
        var watch = (SqliteWatch)GCHandle.FromIntPtr(self).Target!;
        watch.HasEnded |= watch.EndsAll;
        if (watch.EndsAll || watch.Token.IsCancellationRequested)
            return 1;
        watch.TimedOut = watch.IsLate;
        return watch.TimedOut ? 1 : 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnBusy(nint self, int asked)
    {
        var watch = (SqliteWatch)GCHandle.FromIntPtr(self).Target!;
        if (asked == 0)
            watch._busySince = Stopwatch.GetTimestamp();
        if (watch.Token.IsCancellationRequested || Stopwatch.GetElapsedTime(watch._busySince) >= watch.BusyTimeout)
            return 0;
        Thread.Sleep(Math.Min(1 + asked, watch.LongestPause));
        return 1;
    }
}
