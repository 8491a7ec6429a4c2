using Migrations.Databases;
using Migrations.Events;
using Migrations.History;

namespace Migrations.Running;

/// <summary>Records a failed step in the history.</summary>
/// <param name="session">The database.</param>
/// <param name="recorder">Creates the history row.</param>
/// <param name="events">Receives a warning when the failure cannot be recorded.</param>
internal sealed class FailureRecorder(IDatabaseSession session, JournalRecorder recorder, IEventSink events)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Who cancels wants the prompt back: what blocked the step may block its record too.
    private static readonly TimeSpan LimitWhenCancelled = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Records the failed step as far as the database still accepts rows. Has a time limit of its own, because the run's
    /// token may be cancelled.
    /// </summary>
    public async Task RecordAsync(StepExecution step, MigrationException failure)
    {
        using var limit = new CancellationTokenSource(failure.Id == ErrorId.Cancelled ? LimitWhenCancelled : Limit);
        try
        {
            // Without the lock another run may be at work on this very migration; and what may be committed has not failed. What the
            // history says of them must stand.
            if (failure.Id is not (ErrorId.LockLost or ErrorId.OutcomeUnknown))
                await AppendAsync(step, failure, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            events.Publish(new WarningRaised($"The failure of {step.Migration} could not be recorded in the history: {e.Message}"));
        }
    }

    private Task AppendAsync(StepExecution step, MigrationException failure, CancellationToken cancellationToken)
    {
        var failed =
            step.Entry.Event == JournalEvent.Ran
                ? step.Entry with
                {
                    Success = false,
                }
                : recorder.Entry(step.Migration, step.Direction, JournalEvent.Failed);
        var entry = failed with
        {
            ErrorMessage = failure.MessageWithPlace,
            StatementIndex = (failure as StatementException)?.StatementIndex,
        };
        return session.History.AppendAsync(entry, cancellationToken);
    }
}
