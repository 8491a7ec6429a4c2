using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Runs the hooks that have no step's transaction to run in.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="events">Receives which hooks ran.</param>
/// <param name="scripts">The hooks.</param>
internal sealed class HookRun(
    IDatabaseSession session,
    ISqlDialect dialect,
    JournalRecorder recorder,
    IEventSink events,
    HookScripts scripts
)
{
    // Who cancels wants the prompt back.
    private static readonly TimeSpan LimitWhenCancelled = TimeSpan.FromSeconds(5);

    /// <summary>Runs one.</summary>
    /// <exception cref="MigrationException">It failed or was cancelled; that is recorded.</exception>
    public async Task RunAsync(StepExecution hook, CancellationToken cancellationToken)
    {
        var outcome = await new LoneScript(session, dialect, recorder, events)
            .RunAsync(hook, beforeCommit: null, cancellationToken)
            .ConfigureAwait(false);
        Publish(hook, outcome);
    }

    /// <summary>Reports one that is committed.</summary>
    public void Publish(StepExecution hook, StepOutcome outcome) =>
        events.Publish(new HookRan(hook.Migration.FullName, hook.Entry.Description, outcome.Duration));

    /// <summary>Runs the hook of failures. What goes wrong with it is a warning: the failure itself is what is reported.</summary>
    public async Task RunOnErrorAsync(MigrationException failure, MigrationDirection direction, CancellationToken cancellationToken)
    {
        var migration = failure.NotApplied.FirstOrDefault() ?? "";
        if (scripts.At(HookPoint.OnError, migration, direction, recorder.RunId) is not { } found)
            return;
        var hook = scripts.ToExecution(found, recorder);
        if (failure.Id is ErrorId.LockLost or ErrorId.OutcomeUnknown)
        {
            Warn("was not run, because the migration lock is no longer held");
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
}
