using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// Runs a statement in batches on a scratch database, as a run does, and measures it. The first batch is measured, and all others as long
/// as they change more than their own table; elsewhere the rows of their table are all that there is to measure.
/// </summary>
/// <param name="scratch">The scratch database.</param>
/// <param name="session">A session on it.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the rows of the history.</param>
internal sealed class BatchRehearsal(IScratchDatabase scratch, IDatabaseSession session, ISqlDialect dialect, JournalRecorder recorder)
{
    private StepMeasurement? _sum;

    /// <summary>Runs it.</summary>
    public async Task<StepMeasurement> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        var run = new BatchRun(session, dialect, recorder, resume: null, NullEventSink.Instance)
        {
            LooksForRest = false,
            Runner = RunBatchAsync,
        };
        var outcome = await run.RunAsync(Unhurried(step), cancellationToken).ConfigureAwait(false);
        return (_sum ?? new StepMeasurement { Outcome = outcome }) with { Outcome = outcome };
    }

    // No one else is there for whom a pause would be.
    private static StepExecution Unhurried(StepExecution step) =>
        step.Analysis.Batch is not { } batch
            ? step
            : step with
            {
                Analysis = step.Analysis with { Batch = batch with { Rule = batch.Rule with { Pause = TimeSpan.Zero } } },
            };

    private async Task<StepOutcome> RunBatchAsync(StepExecution step, CancellationToken cancellationToken)
    {
        if (_sum is { RowsChanged.Count: 1 } one)
        {
            var outcome = await session.RunAsync(step, cancellationToken).ConfigureAwait(false);
            var (own, rows) = (one.RowsChanged[0], outcome.RowsAffected ?? 0);
            own = own.Deleted > 0 ? own with { Deleted = own.Deleted + rows } : own with { Updated = own.Updated + rows };
            _sum = one with { RowsChanged = [own] };
            return outcome;
        }

        var measured = await scratch.MeasureAsync(session, step, cancellationToken).ConfigureAwait(false);
        if (measured.LeftOut.Count > 0)
            throw measured.LeftOut[0];
        _sum = _sum is null ? measured : _sum with { RowsChanged = Sum([.. _sum.RowsChanged, .. measured.RowsChanged]) };
        return measured.Outcome;
    }

    private static List<TableChange> Sum(IReadOnlyList<TableChange> changes) =>
        [
            .. changes
                .GroupBy(c => c.Table, StringComparer.Ordinal)
                .Select(t => new TableChange(t.Key, t.Sum(c => c.Inserted), t.Sum(c => c.Updated), t.Sum(c => c.Deleted))),
        ];
}
