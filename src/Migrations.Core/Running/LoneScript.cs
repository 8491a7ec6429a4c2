using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>
/// Runs one script that is no migration, with its row of the history: in a transaction of its own, unless it cannot run in one.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the rows of the history.</param>
/// <param name="events">Receives a warning when a failure cannot be recorded.</param>
internal sealed class LoneScript(IDatabaseSession session, ISqlDialect dialect, JournalRecorder recorder, IEventSink events)
{
    /// <summary>Runs it.</summary>
    /// <param name="step">The script, with its row.</param>
    /// <param name="beforeCommit">Is asked at the end of its transaction, and refuses what it did by throwing; null: nothing is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It failed or was cancelled; that is recorded.</exception>
    public async Task<StepOutcome> RunAsync(StepExecution step, Func<Task>? beforeCommit, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(step, beforeCommit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            var failure = Describe(e, step);
            await new FailureRecorder(session, recorder, events).RecordAsync(step, failure).ConfigureAwait(false);
            throw failure;
        }
    }

    private async Task<StepOutcome> TryAsync(StepExecution step, Func<Task>? beforeCommit, CancellationToken cancellationToken)
    {
        try
        {
            if (step.Alone is { } run)
                return await RunAloneAsync(step, run, cancellationToken).ConfigureAwait(false);
            if (step.Analysis.OutsideTransaction)
                return await RunOutsideAsync(step, beforeCommit, cancellationToken).ConfigureAwait(false);
            if (beforeCommit is null)
                return await session.RunAsync(step, cancellationToken).ConfigureAwait(false);
            step = step with { ClosesTransaction = true };
            var transaction = await session.BeginRunAsync([step], cancellationToken).ConfigureAwait(false);
            await using var _ = transaction.ConfigureAwait(false);
            var outcome = await session.RunAsync(step, cancellationToken).ConfigureAwait(false);
            await beforeCommit().ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return outcome;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptText.Unreadable(step.Script, e);
        }
    }

    private async Task<StepOutcome> RunAloneAsync(
        StepExecution step,
        Func<CancellationToken, Task> run,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        await run(cancellationToken).ConfigureAwait(false);
        // It has taken effect: its row is due even when the call is cancelled now.
        var entry = step.Entry with
        {
            ExecutionTimeMs = clock.ElapsedMilliseconds,
            SchemaFingerprint = await FingerprintAsync(step).ConfigureAwait(false),
        };
        await session.History.AppendAsync(entry, CancellationToken.None).ConfigureAwait(false);
        return new StepOutcome(clock.Elapsed, RowsAffected: null, Statements: 0);
    }

    /// <summary>Statement by statement, from the first one on each time: such a script is not gone on with.</summary>
    private async Task<StepOutcome> RunOutsideAsync(StepExecution step, Func<Task>? afterwards, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var lost = new List<LostObject>();
        long? affected = 0;
        var count = 0;
        step.Rows?.Restart();
        foreach (var statement in dialect.Split(step.Script))
        {
            try
            {
                var outcome = await session.ExecuteAsync(step, statement, cancellationToken).ConfigureAwait(false);
                affected += outcome.Rows;
                lost.AddRange(outcome.ObjectsLost);
                count++;
            }
            catch (StatementException e)
            {
                e.StatementIndex = statement.Index;
                throw;
            }
        }

        if (afterwards is not null)
            await afterwards().ConfigureAwait(false);
        // The script took effect: its row is due even when the call is cancelled now.
        var entry = step.Entry with
        {
            ExecutionTimeMs = clock.ElapsedMilliseconds,
            RowsAffected = affected,
            StatementIndex = count - 1,
            SchemaFingerprint = await FingerprintAsync(step).ConfigureAwait(false),
        };
        await session.History.AppendAsync(entry, CancellationToken.None).ConfigureAwait(false);
        return new StepOutcome(clock.Elapsed, affected, count) { ObjectsLost = lost };
    }

    /// <summary>The schema as the last script of a run has left it; null of any other.</summary>
    private async Task<string?> FingerprintAsync(StepExecution step) =>
        step.IsLast ? (await session.Inspector.ReadSchemaAsync(CancellationToken.None).ConfigureAwait(false)).Fingerprint : null;

    private static MigrationException Describe(Exception error, StepExecution step)
    {
        var outside = step.Analysis.OutsideTransaction;
        var failure =
            error as MigrationException
            ?? new MigrationException(
                ErrorId.Cancelled,
                step.Alone is not null ? $"Cancelled in {step.Migration}."
                    : outside ? $"Cancelled in {step.Migration}; its statements before the interrupted one are kept."
                    : $"Cancelled in {step.Migration}, which was rolled back.",
                "Run the command again."
                    + (outside && step.Alone is null ? " It runs all statements again: take out those that must not be repeated." : ""),
                error
            );
        failure.LeftBehind = outside;
        failure.InDatabase =
            outside ? Kept(failure as StatementException)
            : failure is StatementException { Id: not ErrorId.TransactionUnbalanced } ? "nothing of the script, which was rolled back"
            : null;
        return failure;
    }

    private static string? Kept(StatementException? failure) =>
        failure?.StatementIndex switch
        {
            null => null,
            0 => "no statement of the script, which runs without a transaction",
            1 => "statement 1 of the script, which runs without a transaction",
            var count => $"statements 1 to {count} of the script, which runs without a transaction",
        };
}
