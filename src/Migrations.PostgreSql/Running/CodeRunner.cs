using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Runs the half of a migration that is code, in the open transaction.</summary>
/// <remarks>
/// A commit that is not the engine's is prevented by <see cref="CommitGuard"/>. What code would do after a rollback of its own fails,
/// because transactions that are not the engine's are read-only meanwhile; code can undo that. So when it has run, however it ended, it is
/// looked at what became of the transaction that it was given.
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="step">The step.</param>
internal sealed class CodeRunner(PostgreSqlConnection connection, StepExecution step)
{
    // Who cancels wants the prompt back.
    private static readonly TimeSpan WhenCancelled = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenInterruptions = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs it.</summary>
    /// <exception cref="MigrationException">It failed, ended the transaction, or left something open.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var transaction = await GivenTransaction.FindAsync(connection, cancellationToken).ConfigureAwait(false);
        var unbalanced = connection.UnbalancedTransactions;
        var failure = await TryAsync(transaction.Backend, cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource();
        var left = cancellationToken.Register(() => limit.CancelAfter(WhenCancelled));
        await using var _ = left.ConfigureAwait(false);
        TransactionEnd end;
        MigrationException? open = null;
        try
        {
            end = await transaction.LookAsync(limit.Token).ConfigureAwait(false);
        }
        catch (NpgsqlOperationInProgressException e)
        {
            (end, var wasRunning) = await transaction.AbandonAsync(limit.Token).ConfigureAwait(false);
            open = CodeFailure.LeftOpen(step.Script, Secrets.Mask(e.CommandInProgress?.CommandText ?? ""), wasRunning);
        }

        Demand(end, failure, open);
        // A BEGIN in between, too: it is looked for before anything is committed.
        if (connection.UnbalancedTransactions > unbalanced)
            throw CodeFailure.EndedTransaction(step.Script);
    }

    private void Demand(TransactionEnd end, Exception? failure, MigrationException? open)
    {
        if (end.Unknown is { } known)
            throw CodeFailure.OutcomeUnknown(step.Script, known, failure);
        if (failure is not null)
            throw CommitGuard.HasRefused(failure) ? CodeFailure.EndedTransaction(step.Script, failure)
            : HasTimedOut(failure) ? CodeFailure.TimedOut(step.Script, StatementTimeout, isOfAll: false, failure)
            : failure;
        if (open is not null)
            throw open;
        if (end.WasFailed)
            throw CodeFailure.Of(
                step.Script,
                new InvalidOperationException("A statement failed before, and the code went on: the transaction can only be rolled back")
            );
        if (end.WasEnded)
            throw CodeFailure.EndedTransaction(step.Script);
    }

    private TimeSpan? StatementTimeout => step.Script.Header.StatementTimeout ?? connection.Options.StatementTimeout;

    // What interrupts a statement that is neither cancelled nor over its limit is the code itself, or someone else.
    private bool HasTimedOut(Exception failure) =>
        StatementTimeout is not null
        && failure is MigrationException { InnerException: { } cause }
        && cause.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    /// <summary>Runs it, and interrupts its statements once it is cancelled.</summary>
    /// <returns>How it failed; null when it did not.</returns>
    private async Task<Exception?> TryAsync(int backend, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        var interrupting = Task.CompletedTask;
        var stop = cancellationToken.Register(() => interrupting = InterruptAsync(backend, ended.Task));
        try
        {
            await step.RunCodeAsync(
                    connection.Npgsql,
                    connection.CodeTransaction,
                    connection.Target,
                    connection.Info.Identity,
                    limit: cancellationToken,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            return e;
        }
        finally
        {
            ended.SetResult();
            await stop.DisposeAsync().ConfigureAwait(false);
            // One that comes late would interrupt what follows.
            await interrupting.ConfigureAwait(false);
        }
    }

    /// <summary>Interrupts statement after statement: code that has no token of its own begins another one.</summary>
    private async Task InterruptAsync(int backend, Task ended)
    {
        do
        {
            await connection.CancelBackendAsync(backend).ConfigureAwait(false);
            await Task.WhenAny(ended, Task.Delay(BetweenInterruptions)).ConfigureAwait(false);
        } while (!ended.IsCompleted);
    }
}
