using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;
using Migrations.Tracing;

namespace Migrations.Running;

/// <summary>Takes the steps of a plan, one after another. The lock is held and the plan was made under it.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="target">The database as shown to people.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="options">Service and events.</param>
/// <param name="history">The history as it was read under the lock.</param>
internal sealed class MigrationRun(
    IDatabaseSession session,
    ISqlDialect dialect,
    DatabaseTarget target,
    JournalRecorder recorder,
    MigratorOptions options,
    HistoryView history
)
{
    private readonly IEventSink _events = options.Session.Events;
    private readonly List<MigrationResult> _results = [];

    // For hooks in code: what ran in the open transaction, and what failed.
    private readonly List<MigrationResult> _open = [];
    private MigrationResult? _failed;
    private StepExecution? _running;
    private StepGroup? _current;
    private Func<string>? _inDatabase;
    private HookRun? _hooks;

    /// <summary>The hooks of the run.</summary>
    public HookScripts Scripts { get; init; } = new(dialect, variables: null, []);

    /// <summary>The files of the hooks that are left out, for its results.</summary>
    public IReadOnlyList<string> HooksSkipped { get; init; } = [];

    /// <summary>Runs the hooks.</summary>
    public HookRun Hooks =>
        _hooks ??= new HookRun(session, target, dialect, recorder, _events, Scripts)
        {
            Results = () => _failed is null ? [.. _results, .. _open] : [.. _results, _failed],
        };

    /// <summary>The migration folder, for its results; null where none is to be passed on.</summary>
    public string? Folder { get; init; }

    /// <summary>Keeps another tool's table in step; null where none is.</summary>
    public StepMirror? Mirror { get; init; }

    /// <summary>The backup that was made before the run, for its results; null without one.</summary>
    public string? Backup { get; set; }

    /// <summary>
    /// What is done after the last step, in the transaction of the whole run: when it fails, no step is to blame. Null: nothing.
    /// </summary>
    public Func<CancellationToken, Task>? Concluding { get; init; }

    /// <summary>Whether every row that was appended since the run was planned is its own.</summary>
    public bool IsAlone(IReadOnlyList<JournalEntry> journal) => journal.All(e => e.Id <= history.LastId || e.RunId == recorder.RunId);

    /// <summary>Runs the plan.</summary>
    /// <exception cref="MigrationException">A step failed or the run was cancelled; says what was applied and what was not.</exception>
    public Task<IReadOnlyList<MigrationResult>> RunAsync(
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    ) =>
        OperationTrace.RunAsync(
            "run",
            target.Engine,
            target.Database,
            subject: null,
            span =>
            {
                span?.SetTag("migrations.direction", plan.Direction.ToString().ToLowerInvariant());
                span?.SetTag("migrations.steps", plan.Steps.Count);
                span?.SetTag("migrations.run_id", recorder.RunId.ToString());
                return RunPlanAsync(plan, analyses, cancellationToken);
            }
        );

    private async Task<IReadOnlyList<MigrationResult>> RunPlanAsync(
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    )
    {
        _events.Publish(new RunStarted(target.Display, plan.Direction, plan.Steps.Count) { Service = options.Service });
        var last = Hooks.Find(HookPoint.AfterRun, plan.Direction);
        var groups = new StepGroups(recorder, Mirror, Hooks.Find).Of(plan, analyses, concludes: last is null);
        if (Scripts.HaveCode)
            Hooks.Plan = [.. groups.Select((g, i) => Result(g, MigrationOutcome.WhatIf) with { Hooks = plan.HooksOf(i) })];
        await RunHookAsync(Hooks.Find(HookPoint.BeforeRun, plan.Direction), groups, cancellationToken).ConfigureAwait(false);
        if (plan.TransactionMode == TransactionMode.All)
            await RunTogetherAsync(groups, cancellationToken).ConfigureAwait(false);
        else
            await RunEachAsync(groups, cancellationToken).ConfigureAwait(false);
        await RunHookAsync(last is null ? null : last with { IsLast = true }, [], cancellationToken).ConfigureAwait(false);
        return _results;
    }

    /// <summary>Runs a hook of the whole run.</summary>
    /// <param name="hook">The hook; null: nothing runs.</param>
    /// <param name="left">The steps that follow it; without any it follows all, and what it follows is committed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private async Task RunHookAsync(StepExecution? hook, IReadOnlyList<StepGroup> left, CancellationToken cancellationToken)
    {
        _running = null;
        try
        {
            if (hook is not null)
                await Hooks.RunAsync(hook, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException failure)
        {
            failure.LeftBehind |= left.Count == 0;
            throw Describe(failure, left);
        }
    }

    private async Task RunEachAsync(List<StepGroup> groups, CancellationToken cancellationToken)
    {
        foreach (var group in groups)
        {
            _running = null;
            if (cancellationToken.IsCancellationRequested)
                throw Describe(new OperationCanceledException(cancellationToken), [.. groups.Skip(_results.Count)]);
            try
            {
                await RunGroupAsync(group, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is MigrationException or OperationCanceledException)
            {
                var failure = Describe(e, [.. groups.Skip(_results.Count)]);
                await FailedAsync(group, failure).ConfigureAwait(false);
                throw failure;
            }
        }
    }

    /// <summary>One step with its hooks: in one transaction where the step has one.</summary>
    private async Task RunGroupAsync(StepGroup group, CancellationToken cancellationToken)
    {
        if (group.HasNoHooks)
            Finished(group, [await RunOneAsync(group.Step, group, cancellationToken).ConfigureAwait(false)]);
        else if (!group.Step.Analysis.OutsideTransaction)
            Finished(group, await Shared([group]).RunAsync(group.All, cancellationToken).ConfigureAwait(false));
        else
            await RunOutsideAsync(group, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A step without a transaction, and each of its hooks in one of its own.</summary>
    private async Task RunOutsideAsync(StepGroup group, CancellationToken cancellationToken)
    {
        foreach (var hook in group.Before)
            await Hooks.RunAsync(hook, cancellationToken).ConfigureAwait(false);
        var outcome = await RunOneAsync(group.Step, group, cancellationToken).ConfigureAwait(false);
        Finished(group, [outcome]);
        _running = null;
        try
        {
            foreach (var hook in group.After)
                await Hooks.RunAsync(hook, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException failure)
        {
            failure.LeftBehind = true;
            throw;
        }
    }

    private async Task RunTogetherAsync(List<StepGroup> groups, CancellationToken cancellationToken)
    {
        List<StepExecution> steps = [.. groups.SelectMany(g => g.All)];
        IReadOnlyList<StepOutcome> outcomes;
        var shared = Shared(groups);
        try
        {
            outcomes = await shared.RunAsync(steps, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when ((e is MigrationException or OperationCanceledException) && !shared.IsConcluding)
        {
            var failure = Describe(e, groups);
            await FailedAsync(_current ?? groups[0], failure).ConfigureAwait(false);
            throw failure;
        }

        var at = 0;
        foreach (var group in groups)
        {
            Finished(group, [.. outcomes.Skip(at).Take(group.All.Count)]);
            at += group.All.Count;
        }
    }

    /// <summary>One transaction for some steps and their hooks.</summary>
    private SharedTransaction Shared(IReadOnlyList<StepGroup> groups)
    {
        List<StepGroup> owners = [.. groups.SelectMany(g => Enumerable.Repeat(g, g.All.Count))];
        return new SharedTransaction(session, options.Session, (step, at, token) => RunOneAsync(step, owners[at], token))
        {
            Concluding = Concluding,
        };
    }

    private async Task<StepOutcome> RunOneAsync(StepExecution step, StepGroup group, CancellationToken cancellationToken)
    {
        (_current, _running, _inDatabase) = (group, step, null);
        var outcome = await OperationTrace
            .RunAsync(
                "step",
                target.Engine,
                target.Database,
                step.Migration.FullName,
                async span =>
                {
                    var done = await RunStepAsync(step, group, cancellationToken).ConfigureAwait(false);
                    span?.SetTag("migrations.rows", done.RowsAffected);
                    span?.SetTag("migrations.statements", done.Statements);
                    return done;
                }
            )
            .ConfigureAwait(false);
        if (ReferenceEquals(step.Migration, group.Step.Migration))
            _open.Add(Done(group, outcome));
        // What fails after the last hook, the commit, is a failure of the migration.
        _running = group.Step;
        return outcome;
    }

    private async Task<StepOutcome> RunStepAsync(StepExecution step, StepGroup group, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(step.Migration, group.Step.Migration))
            _events.Publish(new StepStarted(group.Name, step.Direction, group.Number, group.Total));
        var complete = step with { Entry = step.Entry with { Script = recorder.StoredText(step.Script) } };
        try
        {
            if (!step.Analysis.OutsideTransaction)
                return await session.RunAsync(complete, cancellationToken).ConfigureAwait(false);
            return await RunOutsideAsync(complete, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptText.Unreadable(step.Script, e);
        }
    }

    /// <summary>In batches, or statement by statement; how an earlier run began it, it is gone on with.</summary>
    private Task<StepOutcome> RunOutsideAsync(StepExecution step, CancellationToken cancellationToken)
    {
        var resume = history.Find(step.Migration.Key)?.Resume is { } point && point.Direction == step.Direction ? point : null;
        if (step.Analysis.Batch is not null && !BatchRun.IsOfStatements(resume))
        {
            var batches = new BatchRun(session, dialect, recorder, resume?.Position is null ? null : resume, _events);
            _inDatabase = () => batches.InDatabase;
            return batches.RunAsync(step, cancellationToken);
        }

        var statements = new StatementRun(session, dialect, recorder, history);
        _inDatabase = () => statements.InDatabase;
        return statements.RunAsync(step, cancellationToken);
    }

    /// <summary>What ran is committed.</summary>
    /// <param name="group">The step and its hooks.</param>
    /// <param name="outcomes">What each did; of a step that has no transaction only its own.</param>
    private void Finished(StepGroup group, IReadOnlyList<StepOutcome> outcomes)
    {
        var hooks = outcomes.Count == group.All.Count ? group.All : [group.Step];
        for (var i = 0; i < hooks.Count; i++)
        {
            if (!ReferenceEquals(hooks[i], group.Step))
                Hooks.Publish(hooks[i], outcomes[i]);
        }

        var outcome = outcomes[outcomes.Count == 1 ? 0 : group.Before.Count];
        var result = Done(group, outcome);
        _results.Add(result);
        _open.RemoveAll(r => string.Equals(r.Name, result.Name, StringComparison.Ordinal));
        foreach (var lost in outcome.ObjectsLost.Where(l => l.Weight > LostObjectWeight.Listed))
            _events.Publish(new WarningRaised(LostObjectText.Warning(group.Name, lost)));
        _events.Publish(new StepFinished(result, group.Number, group.Total));
    }

    /// <summary>The error of a run: with what was committed, and what was not.</summary>
    /// <remarks>A hook that ran alone has said what became of it.</remarks>
    private MigrationException Describe(Exception error, IReadOnlyList<StepGroup> left)
    {
        _open.Clear();
        var failure =
            error as MigrationException
            ?? new MigrationException(
                ErrorId.Cancelled,
                _running is not { } interrupted ? $"The run was cancelled before {left[0].Name}."
                    : interrupted.Analysis.OutsideTransaction
                        ? $"The run was cancelled in {interrupted.Migration}; its statements before the interrupted one are kept "
                            + "and recorded."
                    : $"The run was cancelled in {interrupted.Migration}, which was rolled back.",
                "Run the command again to continue from here.",
                error
            );
        if (_running is { } running)
        {
            failure.LeftBehind = running.Analysis.OutsideTransaction;
            failure.InDatabase = InDatabase(failure, running);
        }

        failure.Applied = [.. _results];
        failure.NotApplied = [.. left.Select(g => g.Name)];
        return failure;
    }

    /// <summary>What of the failed script is in the database. Where the answer of the database is not known, nothing is said.</summary>
    private string? InDatabase(MigrationException failure, StepExecution step) =>
        step.Analysis.OutsideTransaction ? _inDatabase?.Invoke()
        : failure is not (StatementException { Id: not ErrorId.TransactionUnbalanced } or { Id: ErrorId.CodeFailed }) ? null
        : step.Entry.Event == JournalEvent.Ran ? $"nothing of the hook and of {_current!.Name}, which were rolled back"
        : "nothing of the script, which was rolled back";

    private async Task FailedAsync(StepGroup group, MigrationException failure)
    {
        if (_running is { } running)
            await new FailureRecorder(session, recorder, _events).RecordAsync(running, failure).ConfigureAwait(false);
        if (_results.Count >= group.Number)
            return;
        _failed = Result(group, MigrationOutcome.Failed) with { Error = failure.Message };
        _events.Publish(new StepFinished(_failed, group.Number, group.Total));
    }

    private MigrationResult Done(StepGroup group, StepOutcome outcome) =>
        Result(group, MigrationOutcome.Done) with
        {
            Duration = outcome.Duration,
            RowsAffected = outcome.RowsAffected,
            Statements = outcome.Statements,
            ObjectsLost = outcome.ObjectsLost,
        };

    private MigrationResult Result(StepGroup group, MigrationOutcome outcome) =>
        new()
        {
            Database = target.Display,
            Target = target,
            Service = options.Service,
            Path = Folder,
            Version = group.Step.Migration.Version,
            Name = group.Name,
            Direction = group.Step.Direction,
            Outcome = outcome,
            File = group.Step.Script.File,
            Hooks = outcome == MigrationOutcome.Done ? Scripts.NamesAt(group.Number, group.Total) : [],
            HooksSkipped = HooksSkipped,
            Backup = Backup,
        };
}
