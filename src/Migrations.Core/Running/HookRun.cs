using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Runs the hooks that have no step's transaction to run in.</summary>
/// <param name="session">The database.</param>
/// <param name="target">The database, as code is kept from working on it in another call.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="events">Receives which hooks ran.</param>
/// <param name="scripts">The hooks.</param>
internal sealed class HookRun(
    IDatabaseSession session,
    DatabaseTarget target,
    ISqlDialect dialect,
    JournalRecorder recorder,
    IEventSink events,
    HookScripts scripts
)
{
    // Who cancels wants the prompt back.
    private static readonly TimeSpan LimitWhenCancelled = TimeSpan.FromSeconds(5);

    /// <summary>The steps of the run, for code.</summary>
    public IReadOnlyList<MigrationResult> Plan { get; set; } = [];

    /// <summary>What the run has done so far, for code.</summary>
    public required Func<IReadOnlyList<MigrationResult>> Results { get; init; }

    /// <summary>The hook at a point of the whole run; null without one.</summary>
    public StepExecution? Find(HookPoint point, MigrationDirection direction, string migration = "", MigrationException? failure = null) =>
        scripts.At(point, migration, direction, recorder.RunId) is { } hook ? ToExecution(hook, failure) : null;

    /// <summary>The hooks at points around a step.</summary>
    public List<StepExecution> Find(HookPoint[] points, PlanStep step) =>
        [.. scripts.Around(points, step.Migration.FullName, step.Direction, recorder.RunId).Select(hook => ToExecution(hook))];

    /// <summary>Runs one.</summary>
    /// <exception cref="MigrationException">It failed or was cancelled; that is recorded.</exception>
    public async Task RunAsync(StepExecution hook, CancellationToken cancellationToken)
    {
        var complete = hook with { Entry = hook.Entry with { Script = recorder.StoredText(hook.Script) } };
        var outcome = await new LoneScript(session, dialect, recorder, events)
            .RunAsync(complete, beforeCommit: null, cancellationToken)
            .ConfigureAwait(false);
        Publish(hook, outcome);
    }

    /// <summary>Reports one that is committed.</summary>
    public void Publish(StepExecution hook, StepOutcome outcome) =>
        events.Publish(new HookRan(hook.Migration.FullName, hook.Entry.Description, outcome.Duration));

    /// <summary>Runs the hook of failures. What goes wrong with it is a warning: the failure itself is what is reported.</summary>
    public async Task RunOnErrorAsync(MigrationException failure, MigrationDirection direction, CancellationToken cancellationToken)
    {
        if (Find(HookPoint.OnError, direction, failure.NotApplied.FirstOrDefault() ?? "", failure) is not { } hook)
            return;
        if (failure.Id is ErrorId.LockLost or ErrorId.OutcomeUnknown)
        {
            Warn(
                "was not run, because "
                    + (failure.Id is ErrorId.LockLost ? "the migration lock is no longer held" : "it is not known what the run has done")
            );
            return;
        }

        using var limit = new CancellationTokenSource();
        if (cancellationToken.IsCancellationRequested)
            limit.CancelAfter(LimitWhenCancelled);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token,
            cancellationToken.IsCancellationRequested ? CancellationToken.None : cancellationToken
        );
        try
        {
            await RunAsync(hook with { IsLast = true }, either.Token).ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            Warn($"failed: {e.MessageWithPlace}");
        }

        void Warn(string what) => events.Publish(new WarningRaised($"The hook '{HookPoint.OnError.Word()}' {what}"));
    }

    /// <summary>A hook as a step; code with what it is given at its place.</summary>
    private StepExecution ToExecution(PlanStep hook, MigrationException? failure = null)
    {
        var step = scripts.ToExecution(hook, recorder);
        if (hook.Script.Code is not { } code)
            return step;
        var script = hook.Script;
        return step with
        {
            Script = script with
            {
                Code = code.RunBy(c =>
                    code.Host!.RunHookAsync(
                        script,
                        scripts.HasConnection(hook) ? Place() with { Connection = c.Connection, Transaction = c.Transaction } : Place()
                    )
                ),
            },
            Alone = hook.Hook!.Value.IsOfStep() ? null : RunAloneAsync,
        };

        HookContext Place() =>
            new()
            {
                Point = hook.Hook!.Value,
                Migration = hook.HookOf ?? "",
                RunId = recorder.RunId,
                Direction = hook.Direction,
                Plan = Plan,
                Results = [.. Results()],
                Failure = failure,
                Variables = code.Variables,
            };

        Task RunAloneAsync(CancellationToken cancellationToken) =>
            CodeFailure.CatchAsync(
                script,
                () => RunningCode.RunAsync(target, session.Info.Identity, () => code.Host!.RunHookAsync(script, Place())),
                cancellationToken,
                isAlone: true
            );
    }
}
