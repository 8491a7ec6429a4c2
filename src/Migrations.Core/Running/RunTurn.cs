using Migrations.Databases;
using Migrations.Folders;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Waits until it is this run's turn: looks without the lock, takes the lock if there is something to do, and plans under
/// it.</summary>
/// <param name="context">The database and the folder.</param>
/// <param name="planner">Plans from what is read.</param>
/// <param name="session">The open session.</param>
/// <param name="read">The folder as it was read.</param>
internal sealed class RunTurn(
    RunContext context,
    Func<PlanningInput, MigrationPlan> planner,
    IDatabaseSession session,
    MigrationFolder read
)
{
    private PlannedRun? _planned;
    private PlanningInput? _seen;

    /// <summary>
    /// Looks before the lock is taken, so that a call with nothing to do needs none. When the database cannot be read just now, another run
    /// is likely to be writing: there may be something to do, and waiting for the lock says who it is.
    /// </summary>
    public async Task<bool> IsAnythingToDoAsync(CancellationToken cancellationToken)
    {
        try
        {
            _seen = await context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id is ErrorId.TableLockTimedOut or ErrorId.LockTimedOut)
        {
            return true;
        }

        _planned = Plan(_seen, cancellationToken);
        return _planned.Plan.Steps.Count > 0;
    }

    /// <summary>Takes the lock. Null when another run did, while this one waited, all that was to do.</summary>
    public Task<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken) =>
        session.LockAsync(
            async () => _seen is null || IsAnythingLeft(_seen = await ReadAgainAsync(_seen, cancellationToken).ConfigureAwait(false)),
            cancellationToken
        );

    /// <summary>The plan, under the lock: what another run did meanwhile is planned around, not done again. Null when nothing is
    /// left.</summary>
    public async Task<PlannedRun?> PlanAsync(CancellationToken cancellationToken)
    {
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (_planned is null || await session.History.ReadLastIdAsync(cancellationToken).ConfigureAwait(false) != _planned.History.LastId)
            _planned = Plan(await context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false), cancellationToken);
        return _planned.Plan.Steps.Count > 0 ? _planned : null;
    }

    /// <summary>While another run is at work: what it has done by now.</summary>
    private async Task<PlanningInput> ReadAgainAsync(PlanningInput before, CancellationToken cancellationToken)
    {
        try
        {
            return await session.History.ReadLastIdAsync(cancellationToken).ConfigureAwait(false) == before.History.LastId
                ? before
                : await context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException)
        {
            // There is no history yet; or what is wrong is reported once the lock is held.
            return before;
        }
    }

    private bool IsAnythingLeft(PlanningInput input)
    {
        try
        {
            return planner(input).Steps.Count > 0;
        }
        catch (MigrationException)
        {
            // What blocks the run now may be gone when the other run ends.
            return true;
        }
    }

    private PlannedRun Plan(PlanningInput input, CancellationToken cancellationToken)
    {
        var plan = context.WithHooks(planner(input), read, cancellationToken);
        foreach (var warning in plan.Warnings)
            context.Warn(warning);
        foreach (var skip in plan.Skipped)
            context.Warn($"{skip.Migration} is skipped: it {skip.Reason}.");
        return new(plan, context.Analyze(plan, input.History), input.History);
    }
}
