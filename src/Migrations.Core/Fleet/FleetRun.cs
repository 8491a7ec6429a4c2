using System.Diagnostics;
using Migrations.Configuration;

namespace Migrations.Fleet;

/// <summary>
/// Works on the databases of one call: as many at once as allowed, services after those that they depend on, and never twice at once on one
/// database.
/// </summary>
/// <param name="members">The databases, in the order of their turns.</param>
/// <param name="turns">Which services come before which.</param>
/// <param name="options">How many at once, and when to stop.</param>
public sealed class FleetRun(IReadOnlyList<FleetMember> members, ServiceTurns turns, FleetOptions options)
{
    private readonly List<FleetMember> _waiting = [.. members];

    // Work that ends at once may give the same task for several.
    private readonly List<(Task<FleetOutcome> Work, FleetMember Member, long Began)> _running = [];
    private readonly Dictionary<FleetMember, (FleetOutcome Outcome, TimeSpan Duration)> _ended = [];
    private readonly List<FleetMember> _failed = [];

    /// <summary>The databases that were not worked on, in order: the run stopped before them.</summary>
    public IReadOnlyList<FleetMember> NotBegun => _waiting;

    /// <summary>How many are completed.</summary>
    public int Completed { get; private set; }

    /// <summary>How many have failed so far.</summary>
    public int FailedCount => _failed.Count;

    /// <summary>The databases whose work failed, in the order of their turns.</summary>
    public IReadOnlyList<FleetMember> Failed => [.. members.Where(_failed.Contains)];

    /// <summary>What became of each, in the order of their turns.</summary>
    public IReadOnlyList<FleetResultRow> Rows => [.. members.Select(RowOf)];

    /// <summary>Works on them. The work is called on threads of its own where several may run at once.</summary>
    /// <param name="work">The work on one, and what became of it. It reports what goes wrong, and does not throw.</param>
    /// <param name="cancellationToken">No other begins after it.</param>
    public async Task RunAsync(Func<FleetMember, Task<FleetOutcome>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        while (true)
        {
            while (_running.Count < options.ThrottleLimit && !cancellationToken.IsCancellationRequested && FindNext() is { } next)
            {
                _waiting.Remove(next);
                _running.Add((Begin(next, work), next, Stopwatch.GetTimestamp()));
            }

            if (_running.Count == 0)
                return;
            await EndOneAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Why the run stopped before all were worked on; null when it did not.</summary>
    public MigrationException? Stopped =>
        _waiting.Count == 0 || !IsStopped
            ? null
            : new MigrationException(
                ErrorId.FleetStopped,
                $"{Count(_waiting.Count)} not worked on, because "
                    + $"{(IsCanaryBroken ? "the canary" : _failed.Count == 1 ? "one" : $"{_failed.Count}")} failed: "
                    + $"{FleetText.Names(Failed)}.",
                "Fix the problems reported above and run the command again; what is done already is not done twice."
            );

    /// <summary>A sentence about all databases; null when there is only one.</summary>
    public string? Summary =>
        turns.Summary()
        ?? (
            members.Count < 2
                ? null
                : $"{Completed} of {members.Count} databases completed"
                    + (_failed.Count == 0 ? "" : $"; failed: {FleetText.Names(Failed)}")
                    + (_waiting.Count == 0 ? "" : $"; not worked on: {_waiting.Count}")
                    + "."
        );

    private FleetResultRow RowOf(FleetMember member)
    {
        var hasEnded = _ended.TryGetValue(member, out var end);
        return new FleetResultRow
        {
            Database = member.Target.Display,
            Service = member.Database.Service,
            State =
                !hasEnded ? FleetState.NotBegun
                : end.Outcome.IsCompleted ? FleetState.Completed
                : FleetState.Failed,
            Error = end.Outcome?.Error,
            Message = end.Outcome?.Message,
            DurationMs = (long)end.Duration.TotalMilliseconds,
        };
    }

    private bool IsCanaryBroken => members.Take(options.Canary).Any(_failed.Contains);

    private bool IsStopped => IsCanaryBroken || _failed.Count >= options.StopAfter;

    private static string Count(int databases) => databases == 1 ? "One database was" : $"{databases} databases were";

    private FleetMember? FindNext()
    {
        if (IsStopped)
            return null;
        var begun = members.Count - _waiting.Count;
        // What began and has not ended, of the first, keeps all others waiting.
        if (begun >= options.Canary && options.Canary > 0 && _running.Exists(r => members.Take(options.Canary).Contains(r.Member)))
            return null;
        return _waiting.Find(MayBegin);
    }

    private bool MayBegin(FleetMember member) =>
        !_running.Exists(r => IsSameDatabase(member, r.Member) || turns.Follows(member.Database, r.Member.Database))
        && !_waiting.TakeWhile(other => !ReferenceEquals(other, member)).Any(other => turns.Follows(member.Database, other.Database))
        && (
            options.ThrottlePerServer is not { } most
            || member.Target.Server is not { } server
            || _running.Count(r => string.Equals(r.Member.Target.Server, server, StringComparison.Ordinal)) < most
        );

    // A database is never migrated by two at once: the second would only wait for the lock.
    private static bool IsSameDatabase(FleetMember one, FleetMember other) =>
        string.Equals(one.Target.Display, other.Target.Display, StringComparison.Ordinal);

    private Task<FleetOutcome> Begin(FleetMember member, Func<FleetMember, Task<FleetOutcome>> work) =>
        options.ThrottleLimit == 1
            ? work(member)
            // SQLite works on the thread that calls it.
            : Task
                .Factory.StartNew(() => work(member), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap();

    private async Task EndOneAsync()
    {
        var ended = await Task.WhenAny(_running.Select(r => r.Work)).ConfigureAwait(false);
        var at = _running.FindIndex(r => ReferenceEquals(r.Work, ended));
        var (_, member, began) = _running[at];
        _running.RemoveAt(at);
        var outcome = await ended.ConfigureAwait(false);
        _ended[member] = (outcome, Stopwatch.GetElapsedTime(began));
        if (outcome.IsCompleted)
        {
            Completed++;
            return;
        }

        _failed.Add(member);
        turns.Fail(member.Database);
    }
}
