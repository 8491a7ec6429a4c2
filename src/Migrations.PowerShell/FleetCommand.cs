using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Fleet;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that may work on many databases in one call.</summary>
public abstract class FleetCommand : ConfiguredCommand
{
    private static readonly string[] Own =
    [
        nameof(ThrottleLimit),
        nameof(ThrottlePerServer),
        nameof(Canary),
        nameof(StopAfter),
        nameof(Shard),
        nameof(ResultPath),
    ];

    private Exception? _failure;

    /// <summary>
    /// How many databases are worked on at once, each in a pipeline of its own; with -WhatIf, with -Confirm, and by
    /// Clear-Database one after another. Default: 1. The
    /// migrations of one database never run side by side.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>How many databases of one server are worked on at once. Default: as many as there are at all.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottlePerServer { get; set; }

    /// <summary>How many databases come first: unless all of them are completed, no other is begun. Default: none.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Canary { get; set; }

    /// <summary>After how many failures no other database is begun. Default: all are worked on.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int StopAfter { get; set; }

    /// <summary>
    /// Work on one share of the databases only, so that several machines share them out: <c>3/8</c> is the third of eight; <c>auto</c>
    /// takes the position that Azure DevOps or GitLab gives the job.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Shard { get; set; }

    /// <summary>
    /// A file that what became of each database is written to, for Merge-MigrationResult; no wildcards. Not written with -WhatIf.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ResultPath { get; set; }

    /// <summary>Whether the call says how several databases are worked on: then all of the pipeline are collected first.</summary>
    private protected bool IsFleet => Own.Any(MyInvocation.BoundParameters.ContainsKey);

    /// <summary>Whether one database can be worked on beside another; false where the cmdlet has something to remember of each.</summary>
    private protected virtual bool MayRunAtOnce => true;

    /// <summary>Works on one database in this pipeline, and reports what goes wrong.</summary>
    /// <returns>Whether it was completed.</returns>
    private protected abstract bool WorkOn(FleetItem item);

    /// <summary>Takes an object that another pipeline wrote about one database.</summary>
    private protected virtual void Relay(PSObject result) => WriteObject(result);

    /// <summary>Takes note of a database that had no turn.</summary>
    private protected virtual void Skip(FleetItem item) { }

    /// <summary>Takes an error that another pipeline wrote about one database.</summary>
    private protected virtual void RelayFailure(FleetItem item, ErrorRecord record) => WriteFailure(record);

    /// <summary>Works on all databases.</summary>
    /// <param name="items">The databases, in the order of their turns.</param>
    /// <param name="turns">Which services come before which.</param>
    /// <returns>What became of them, in a sentence; null when there is only one.</returns>
    private protected string? RunFleet(IReadOnlyList<FleetItem> items, ServiceTurns turns)
    {
        var listed = items.ToDictionary(item => new FleetMember(item.Selected, item.Resolved.Target));
        var shard = Shard is null ? null : FleetShard.Parse(Shard, System.Environment.GetEnvironmentVariable);
        var own = shard?.Of([.. listed.Keys], turns) ?? [.. listed.Keys];
        var path = ResultPath is null || this.IsWhatIf() ? null : Paths.Literal(ResultPath);
        var result = new FleetResultWriter(MyInvocation.MyCommand.Name, shard, [.. listed.Keys.Select(m => m.Target)], path);
        result.Prepare();
        var run = RunFleet(own, turns, listed);
        result.Write(run);
        foreach (var left in run.NotBegun)
            Skip(listed[left]);
        if (run.Stopped is { } stopped)
            Guard(isOneOfSeveral: true, () => null, () => throw stopped);
        return result.Summary(run);
    }

    private FleetRun RunFleet(IReadOnlyList<FleetMember> own, ServiceTurns turns, Dictionary<FleetMember, FleetItem> items)
    {
        var options = new FleetOptions
        {
            // A question can be asked by one at a time.
            ThrottleLimit = MayRunAtOnce && !this.IsPrompted() ? ThrottleLimit : 1,
            ThrottlePerServer = ThrottlePerServer > 0 ? ThrottlePerServer : null,
            Canary = Canary,
            StopAfter = StopAfter > 0 ? StopAfter : null,
        };
        var run = new FleetRun(own, turns, options);
        if (options.ThrottleLimit == 1)
            run.RunAsync(member => Task.FromResult(WorkOn(turns, member, items[member])), CancellationToken.None).GetAwaiter().GetResult();
        else
            RunAtOnce(run, own.Count, turns, items);
        return run;
    }

    private FleetOutcome WorkOn(ServiceTurns turns, FleetMember member, FleetItem item)
    {
        _failure = null;
        return MayBegin(turns, member) && WorkOn(item) ? FleetOutcome.Completed : FleetOutcome.Failed(_failure);
    }

    private protected override void OnFailure(Exception cause) => _failure = cause;

    private void RunAtOnce(FleetRun run, int total, ServiceTurns turns, Dictionary<FleetMember, FleetItem> members)
    {
        using var pipelines = new FleetPipelines(this);
        _ = Run(
            async (_, post, token) =>
            {
                await run.RunAsync(WorkAsync, token).ConfigureAwait(false);
                return true;

                async Task<FleetOutcome> WorkAsync(FleetMember member)
                {
                    var mayBegin = false;
                    Exception? refused = null;
                    post(() =>
                    {
                        mayBegin = MayBegin(turns, member);
                        refused = _failure;
                    });
                    if (!mayBegin)
                        return FleetOutcome.Failed(refused);
                    var page = await pipelines.RunAsync(members[member], token).ConfigureAwait(false);
                    post(() => Show(run, total, members[member], page));
                    return page.IsDone ? FleetOutcome.Completed : FleetOutcome.Failed(page.Failure);
                }
            }
        );
    }

    /// <summary>Writes what was written about one database, together.</summary>
    private void Show(FleetRun run, int total, FleetItem item, FleetPage page)
    {
        foreach (var written in page.Written)
        {
            if (written is ErrorRecord error)
                RelayFailure(item, error);
            else if (written is WarningRecord warning)
                Log.Warn(warning.Message);
            else if (written is VerboseRecord verbose)
                WriteVerbose(verbose.Message);
            else
                Relay((PSObject)written);
        }

        ShowProgress(run, total);
    }

    private bool MayBegin(ServiceTurns turns, FleetMember member)
    {
        var mayBegin = false;
        Guard(
            isOneOfSeveral: true,
            () => member.Target?.Display,
            () =>
            {
                turns.Demand(member.Database);
                mayBegin = true;
            }
        );
        return mayBegin;
    }

    private void ShowProgress(FleetRun run, int total)
    {
        const int ActivityId = 2;
        var ended = Math.Min(total, run.Completed + run.FailedCount + 1);
        WriteProgress(
            new ProgressRecord(ActivityId, "Databases", $"{ended} of {total}, {run.FailedCount} failed")
            {
                PercentComplete = 100 * ended / total,
                RecordType = ended == total ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            }
        );
    }
}
