using System.Collections.Concurrent;
using System.Globalization;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Fleet;

namespace Migrations.Cli.Commands;

/// <summary>One command's work on all databases of a call: one after another, or several at once.</summary>
/// <param name="settings">What the call says.</param>
/// <param name="command">The command.</param>
/// <param name="effect">What the command does to databases.</param>
/// <param name="report">Where results go.</param>
/// <param name="terminal">Where they are shown.</param>
internal sealed class FleetCall(Settings settings, string command, CommandEffect effect, IReport report, Terminal terminal)
{
    private readonly ServiceTurns _turns = new(Select(settings), effect == CommandEffect.Undoes);
    private readonly ConcurrentDictionary<SelectedDatabase, Exception> _failures = new(ReferenceEqualityComparer.Instance);
    private int _code = ExitCode.Done;

    /// <summary>The databases of the call's share and the work on each, in the order of their turns.</summary>
    /// <exception cref="MigrationException">One cannot be resolved: a slip in the last one stops the call and not half of it.</exception>
    public IReadOnlyDictionary<SelectedDatabase, DatabaseCall> Calls =>
        field ??= Share().ToDictionary(call => call.Database, (IEqualityComparer<SelectedDatabase>)ReferenceEqualityComparer.Instance);

    /// <summary>The databases of all shares.</summary>
    private IReadOnlyList<DatabaseCall> Listed =>
        field ??= [.. _turns.InOrder.Select(database => DatabaseCall.Of(settings, database, report, terminal))];

    /// <summary>Works on them.</summary>
    /// <param name="work">The work on one, which reports what goes wrong; gives the exit code.</param>
    /// <param name="cancellationToken">No other begins after it.</param>
    /// <returns>The exit code of the call.</returns>
    public async Task<int> RunAsync(Func<DatabaseCall, Task<int>> work, CancellationToken cancellationToken)
    {
        var result = new FleetResultWriter(
            command,
            settings.Fleet.Shard,
            [.. Listed.Select(c => c.Target)],
            settings.WhatIf ? null : settings.Fleet.ResultFile
        );
        result.Prepare();
        var run = new FleetRun([.. Calls.Values.Select(MemberOf)], _turns, settings.Fleet);
        await run.RunAsync(member => WorkAsync(run, member, work), cancellationToken).ConfigureAwait(false);
        if (run.Stopped is { } stopped)
            report.Failure(target: null, stopped);
        else if (run.NotBegun.Count > 0)
            Skip(run.NotBegun);
        result.Write(run);
        if (effect != CommandEffect.None && !settings.WhatIf && result.Summary(run) is { } summary)
            report.Fleet(summary);
        return _code;
    }

    /// <summary>Notes why the work on a database failed.</summary>
    public void Fail(SelectedDatabase database, Exception error) => _failures[database] = error;

    private IEnumerable<DatabaseCall> Share()
    {
        if (settings.Fleet.Shard is not { } shard)
            return Listed;
        var own = shard.Of([.. Listed.Select(MemberOf)], _turns).Select(m => m.Database).ToList();
        return Listed.Where(call => own.Exists(database => ReferenceEquals(database, call.Database)));
    }

    private static FleetMember MemberOf(DatabaseCall call) => new(call.Database, call.Target);

    /// <summary>Refuses a service that builds on one which failed.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ServiceSkipped"/></exception>
    public void Demand(SelectedDatabase database)
    {
        if (effect != CommandEffect.None)
            _turns.Demand(database);
    }

    private async Task<FleetOutcome> WorkAsync(FleetRun run, FleetMember member, Func<DatabaseCall, Task<int>> work)
    {
        var call = Calls[member.Database];
        var code =
            settings.Fleet.ThrottleLimit == 1
                ? await work(call).ConfigureAwait(false)
                : await OnPageAsync(call, work).ConfigureAwait(false);
        lock (_turns)
            _code = ExitCode.Combine(_code, code);
        ShowProgress(run);
        return code is ExitCode.Done or ExitCode.Pending
            ? FleetOutcome.Completed
            : FleetOutcome.Failed(_failures.GetValueOrDefault(member.Database));
    }

    /// <summary>What is written about one of several at once is shown together.</summary>
    private async Task<int> OnPageAsync(DatabaseCall call, Func<DatabaseCall, Task<int>> work)
    {
        var page = terminal.Page();
        var own = report.On(page);
        var code = await work(call.On(page, own)).ConfigureAwait(false);
        own.Complete();
        terminal.Show(page);
        return code;
    }

    private void ShowProgress(FleetRun run)
    {
        var ended = run.Completed + run.FailedCount + 1;
        if (settings.Fleet.ThrottleLimit > 1 && ended < Calls.Count)
            terminal.Progress(
                string.Create(CultureInfo.InvariantCulture, $"{ended} of {Calls.Count} databases, {run.FailedCount} failed ...")
            );
    }

    // A call that was over before the cancellation reached it is done, and says so.
    private void Skip(IReadOnlyList<FleetMember> left)
    {
        var first = left[0].Target;
        var message =
            left.Count == 1
                ? $"Cancelled before {first.Display} was processed."
                : $"Cancelled before {left.Count} databases were processed: {first.Display} and others.";
        report.Failure(first, new MigrationException(ErrorId.Cancelled, message, "Run the command again."));
        _code = ExitCode.Combine(_code, ExitCode.Cancelled);
    }

    private static IReadOnlyList<SelectedDatabase> Select(Settings settings) =>
        settings.Selector.Databases() is { Count: > 0 } databases
            ? databases
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "No database was specified.",
                "Specify one with --database (a path or a postgres:// URL), or set DATABASE_URL, DATABASE_URL_FILE or PGHOST."
            );
}
