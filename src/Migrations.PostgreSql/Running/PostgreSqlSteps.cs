using Migrations.Databases;
using Migrations.History;
using Migrations.Running;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Runs steps in transactions: again when a lock was not got, and with an answer when the connection breaks.</summary>
internal sealed class PostgreSqlSteps(PostgreSqlConnection connection, PostgreSqlHistory history, Confinement? confinement)
{
    // How long a migration waits for a table lock at least, once an autovacuum was in its way: so long that it yields.
    private readonly Dictionary<string, TimeSpan> _patience = new(StringComparer.Ordinal);
    private StepExecution? _lastOfRun;

    /// <summary>Opens one transaction for several steps.</summary>
    public async Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var modes = steps.Select(s => s.Analysis.TransactionModes).OfType<string>().OrderByDescending(Strength).FirstOrDefault();
        var hasCode = steps.Any(s => s.Script.Code is not null);
        await PostgreSqlErrors
            .TranslateAsync(connection.BeginRunAsync(modes, hasCode, cancellationToken), "Opening the transaction of the run")
            .ConfigureAwait(false);
        _lastOfRun = null;
        history.Rows.RollBack();
        return new RunTransaction(this);
    }

    /// <summary>Runs one step.</summary>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        var options = connection.Options;
        connection.WorkOn(step.Migration.FullName);
        if (!connection.IsInRun)
            await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var runner = new PostgreSqlStepRunner(connection, history, confinement, step)
            {
                ShortestLockTimeout = _patience.GetValueOrDefault(step.Migration.FullName),
            };
            var watch = new BlockerWatch(connection, runner.TableLockTimeout);
            await using var _ = watch.ConfigureAwait(false);
            var isInRun = connection.IsInRun;
            try
            {
                await connection.Leftovers.ClearRowsAsync(HandOver, cancellationToken).ConfigureAwait(false);
                var outcome = await runner.RunAsync(cancellationToken).ConfigureAwait(false);
                // A migration's row is there once in a run; that of a hook may be there for other steps.
                if (!isInRun || _lastOfRun is null || step.Entry.Event is not JournalEvent.Ran)
                    _lastOfRun = isInRun ? step : null;
                return outcome;
            }
            catch (PostgresException e)
                when (!isInRun
                    && attempt <= options.TableLockRetries
                    && MayBeRepeated(e, step)
                    && !cancellationToken.IsCancellationRequested
                )
            {
                await connection.RollBackAsync().ConfigureAwait(false);
                var blocker = await watch.StopAsync().ConfigureAwait(false) ?? BlockerWatch.OfDeadlock(e);
                Outwait(blocker, step);
                await RetryPause
                    .WaitAsync(options, step.Migration.FullName, attempt, blocker?.Description, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (PostgresException e) when (!isInRun && runner.MissesPrepared(e) && !cancellationToken.IsCancellationRequested)
            {
                await connection.RollBackAsync().ConfigureAwait(false);
                connection.Prepared.Stop();
                attempt--;
            }
            catch (PostgresException e) when (runner.MustLookAtAll(e) && !cancellationToken.IsCancellationRequested)
            {
                await connection.RollBackAsync().ConfigureAwait(false);
                connection.Server.ObserveScript();
                attempt--;
            }
            catch (Exception e) when (!runner.MayHaveCommitted || !IsGone(e))
            {
                await connection.RollBackAsync().ConfigureAwait(false);
                var blocker =
                    await watch.StopAsync().ConfigureAwait(false)
                    ?? (e is PostgresException deadlock ? BlockerWatch.OfDeadlock(deadlock) : null);
                Outwait(blocker, step);
                throw Translate(runner, step, e, blocker, attempt, cancellationToken) ?? e;
            }
            catch (Exception e)
            {
                var (elapsed, rows) = await FindOutAsync(step, e).ConfigureAwait(false) ?? throw Lost(step, e, cancellationToken);
                history.Rows.Commit();
                return new StepOutcome(TimeSpan.FromMilliseconds(elapsed), rows, runner.Statements)
                {
                    ObjectsLost = connection.TakeCascaded(),
                };
            }
        }
    }

    private string? HandOver => StepFigures.HandsOver(connection.ServerVersion) ? StepFigures.HandOver : null;

    /// <summary>Remembers how long the next attempt must wait, here or in the next transaction of the whole run.</summary>
    private void Outwait(Blocker? blocker, StepExecution step)
    {
        if (LockTimeouts.ToOutwait(blocker) is { } enough)
            _patience[step.Migration.FullName] = enough;
    }

    /// <summary>
    /// Whether it stays unknown how the last statement ended. A cancellation that the server did not answer in time has closed the
    /// connection too; an answer that made Npgsql close it (a full disk) is an answer.
    /// </summary>
    private bool IsGone(Exception e) =>
        !PostgreSqlErrors.IsAnswer(e)
        && (PostgreSqlErrors.IsBroken(e) || (!connection.IsOpen && e is not { InnerException: PostgresException }));

    private static Exception? Translate(
        PostgreSqlStepRunner runner,
        StepExecution step,
        Exception e,
        Blocker? blocker,
        int attempts,
        CancellationToken cancellationToken
    )
    {
        if (e is OperationCanceledException or MigrationException)
            return null;
        // What would be repeated, but for the cancellation, is ended by it.
        if (
            e is PostgresException ended
            && (ended.SqlState is PostgresErrorCodes.QueryCanceled || MayBeRepeated(ended))
            && cancellationToken.IsCancellationRequested
        )
            return new OperationCanceledException(e.Message, e, cancellationToken);
        if (e is PostgresException p && PostgreSqlErrors.IsAnswer(p))
            return runner.Translate(p, blocker, attempts);
        if (e is IOException or UnauthorizedAccessException)
            return ScriptText.Unreadable(step.Script, e);
        return PostgreSqlErrors.IsBroken(e) ? Lost(step, e, cancellationToken) : null;
    }

    private static Exception Lost(StepExecution step, Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException
            ? new OperationCanceledException(e.Message, e, cancellationToken)
            : new MigrationException(
                ErrorId.ConnectionFailed,
                $"The connection broke while {step.Migration.FullName} ran; the server has rolled it back: "
                    + $"{PostgreSqlErrors.Message(e).TrimEnd('.')}.",
                "Check the server and the network, then run the command again: nothing of this migration is left behind.",
                e
            );

    /// <summary>
    /// After a connection broke during a commit: whether the history has the row. The lock, taken again, proves that the old backend has
    /// ended.
    /// </summary>
    private async Task<(long Elapsed, long? Rows)?> FindOutAsync(StepExecution step, Exception cause)
    {
        try
        {
            await connection.ReconnectAsync(CancellationToken.None).ConfigureAwait(false);
            return await history.FindAsync(step.Entry, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException)
        {
            throw new MigrationException(
                ErrorId.OutcomeUnknown,
                $"The connection broke while {step.Migration.FullName} was being committed, and the server could not be asked "
                    + $"afterwards: {PostgreSqlErrors.Message(cause).TrimEnd('.')}.",
                $"When the server is back, '{Call.Status}' says whether it is applied; it is either wholly applied or not at all.",
                cause
            );
        }
    }

    private async Task CommitRunAsync(CancellationToken cancellationToken)
    {
        var before = new List<NpgsqlBatchCommand>();
        try
        {
            if (_lastOfRun is { } ran)
                before.AddRange([history.Guard.AtEnd(ran.Entry), new NpgsqlBatchCommand(HistoryGuard.Closing)]);
            await connection.CommitRunAsync(before, cancellationToken).ConfigureAwait(false);
            history.Rows.Commit();
        }
        catch (Exception e) when (_lastOfRun is { } last && IsGone(e))
        {
            if (await FindOutAsync(last, e).ConfigureAwait(false) is null)
                throw Lost(last, e, cancellationToken);
        }
        catch (PostgresException e)
        {
            await connection.RollBackAsync().ConfigureAwait(false);
            if (
                _lastOfRun is { } last
                && before.Count > 0
                && ReferenceEquals(e.BatchCommand, before[0])
                && e.SqlState is PostgresErrorCodes.DivisionByZero
            )
                throw history.Errors.Disturbed(last.Entry, e);
            if (e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction)
                throw StatementFailure.InCommit(e, "the run");
            throw new StatementException(
                PostgreSqlErrors.IdOf(e),
                $"PostgreSQL refused to commit the run, and nothing of it is applied: {e.MessageText} ({e.SqlState}).",
                PostgreSqlErrors.NextStep(e),
                e
            )
            {
                Code = e.SqlState,
                Detail = e.Detail,
                Hint = e.Hint,
            };
        }
    }

    // What code did elsewhere is not rolled back, so it is not repeated by itself.
    private static bool MayBeRepeated(PostgresException e, StepExecution step) => step.Script.Code is null && MayBeRepeated(e);

    private static bool MayBeRepeated(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    private static int Strength(string modes) =>
        modes.Contains("SERIALIZABLE", StringComparison.Ordinal) ? 2
        : modes.Contains("REPEATABLE", StringComparison.Ordinal) ? 1
        : 0;

    private sealed class RunTransaction(PostgreSqlSteps steps) : IRunTransaction
    {
        private bool _committed;

        public async Task CommitAsync(CancellationToken cancellationToken)
        {
            await steps.CommitRunAsync(cancellationToken).ConfigureAwait(false);
            _committed = true;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_committed)
                await steps.RollBackRunAsync().ConfigureAwait(false);
        }
    }

    private Task RollBackRunAsync() => connection.RollBackAsync();
}
