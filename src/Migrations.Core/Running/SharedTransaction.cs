using Migrations.Databases;

namespace Migrations.Running;

/// <summary>
/// Runs several steps in one transaction, and all of them again when other sessions blocked one: the locks of those before it must not be
/// held through the pause.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="options">How often it is tried again.</param>
/// <param name="run">Runs one step in the open transaction, and gets its place.</param>
internal sealed class SharedTransaction(
    IDatabaseSession session,
    SessionOptions options,
    Func<StepExecution, int, CancellationToken, Task<StepOutcome>> run
)
{
    private StepExecution? _current;

    /// <summary>What is done in the transaction after the last step; null: nothing.</summary>
    public Func<CancellationToken, Task>? Concluding { get; init; }

    /// <summary>Whether the steps have run, and what follows them has not.</summary>
    public bool IsConcluding { get; private set; }

    /// <summary>Runs them.</summary>
    /// <returns>What each did, in order.</returns>
    public async Task<IReadOnlyList<StepOutcome>> RunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        steps = [.. steps.SkipLast(1), steps[^1] with { ClosesTransaction = true }];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(steps, cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e)
                when (e.Id == ErrorId.TableLockTimedOut
                    && attempt <= options.TableLockRetries
                    // What code did elsewhere is not rolled back, so it is not repeated by itself.
                    && steps.All(s => s.Script.Code is null)
                    && !cancellationToken.IsCancellationRequested
                )
            {
                var blocker = (e as StatementException)?.Blocker;
                await RetryPause
                    .WaitAsync(options, (_current ?? steps[0]).Migration.FullName, attempt, blocker, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<List<StepOutcome>> TryAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        var outcomes = new List<StepOutcome>();
        (_current, IsConcluding) = (null, false);
        var transaction = await session.BeginRunAsync(steps, cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        foreach (var step in steps)
        {
            _current = step;
            outcomes.Add(await run(step, outcomes.Count, cancellationToken).ConfigureAwait(false));
        }

        if (Concluding is not null)
        {
            IsConcluding = true;
            await Concluding(cancellationToken).ConfigureAwait(false);
            IsConcluding = false;
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return outcomes;
    }
}
