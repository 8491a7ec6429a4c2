using Migrations.Databases;
using Migrations.Foreign;
using Migrations.Running;

namespace Migrations.Adoption;

/// <summary>
/// Takes the history of another migration tool over: recognises it, maps it to the folder, proves that what it claims is so, and records
/// it. The other tool's table is left as it is, so that going back is possible.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class HistoryImporter(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly RunContext _context = new(driver, target, source, options ?? new MigratorOptions());

    /// <summary>What would be taken over, with mapping, proof and differences, and with what stands in the way. Changes nothing.</summary>
    /// <exception cref="MigrationException">There is no such history, this one has rows already, or the database refuses.</exception>
    public Task<AdoptionResult> PlanAsync(AdoptionRequest? request = null, CancellationToken cancellationToken = default) =>
        _context.LookAsync(
            async (session, input) =>
            {
                var planner = new AdoptionPlanner(_context, request ?? new AdoptionRequest());
                var plan = await planner.PlanAsync(session, input, cancellationToken).ConfigureAwait(false);
                return HistoryAdoption.WithProofs(plan.Result);
            },
            cancellationToken
        );

    /// <summary>Takes it over.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ForeignHistoryDirty"/>, <see cref="ErrorId.AdoptionUnmatched"/> or <see
    /// cref="ErrorId.AdoptionUnproven"/>: nothing was written; or as for <see cref="PlanAsync"/>.</exception>
    public Task<AdoptionResult> ImportAsync(AdoptionRequest? request = null, CancellationToken cancellationToken = default) =>
        _context.WriteAsync(
            async (session, input) =>
            {
                var other = await OtherAsync(session.Foreign, request ?? new AdoptionRequest(), cancellationToken).ConfigureAwait(false);
                var held = other is null
                    ? null
                    : await other.TakeAsync(target.Database, _context.Options.Session.LockTimeout, cancellationToken).ConfigureAwait(false);
                try
                {
                    var planner = new AdoptionPlanner(_context, request ?? new AdoptionRequest());
                    var plan = await planner.PlanAsync(session, input, cancellationToken).ConfigureAwait(false);
                    if (plan.Refusal is { } refusal)
                        throw refusal;
                    plan = plan with { Result = HistoryAdoption.WithProofs(plan.Result) };
                    await HistoryAdoption.WriteAsync(session, _context.NewRecorder(), plan, other, cancellationToken).ConfigureAwait(false);
                    return plan.Result with { IsWritten = true };
                }
                finally
                {
                    if (held is not null)
                        await held.DisposeAsync().ConfigureAwait(false);
                }
            },
            cancellationToken
        );

    /// <summary>What taking an adoption back would do. Changes nothing.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.AdoptionMissing"/>, or <see cref="ErrorId.AdoptionOutdated"/>.</exception>
    public Task<AdoptionUndoResult> PlanUndoAsync(CancellationToken cancellationToken = default) =>
        _context.LookAsync((session, input) => new AdoptionUndo(_context).PlanAsync(session, input, cancellationToken), cancellationToken);

    /// <summary>Takes an adoption back: removes the history, so that the other tool's counts again.</summary>
    /// <param name="writeBack">Whether the other tool's table gets what was applied and rolled back since.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.AdoptionMissing"/>, or <see cref="ErrorId.AdoptionOutdated"/>.</exception>
    public Task<AdoptionUndoResult> UndoAsync(bool writeBack = false, CancellationToken cancellationToken = default) =>
        _context.WriteAsync(
            (session, input) => new AdoptionUndo(_context).RunAsync(session, input, writeBack, cancellationToken),
            cancellationToken
        );

    /// <summary>The lock of the other tool; null where no history is taken over.</summary>
    private async Task<OtherToolLock?> OtherAsync(IForeignTables tables, AdoptionRequest request, CancellationToken cancellationToken)
    {
        if (request.Marker is not null)
            return null;
        var history = await ForeignHistoryFinder.ChooseAsync(tables, request.Tool, request.Table, cancellationToken).ConfigureAwait(false);
        return new OtherToolLock(tables, history, target.Display);
    }
}
