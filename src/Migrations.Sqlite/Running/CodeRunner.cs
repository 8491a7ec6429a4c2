using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs the half of a migration that is code, in the open transaction.</summary>
/// <param name="connection">The connection.</param>
/// <param name="step">The step.</param>
internal sealed class CodeRunner(SqliteConnection connection, StepExecution step)
{
    private readonly SqliteHandle _handle = connection.Handle;

    /// <summary>Runs it.</summary>
    /// <exception cref="MigrationException">It failed, ended the transaction, or left something open.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var open = step.Analysis.SuspendsForeignKeys ? OpenKeys() : [];
        connection.State.RememberAll();
        KeepJournal();
        using (var guard = new CommitGuard(_handle))
        {
            _handle.Watch.StartStatement();
            var failure = Call(cancellationToken, out var isLate);
            var left = guard.FindOpen();
            // Only now: it waits for a statement that another thread still runs.
            _handle.Watch.Ask(_handle.Api, _handle.Pointer, isOften: false);
            Demand(guard, failure, isLate, left);
        }

        if (step.Analysis.SuspendsForeignKeys && !step.MayLeaveKeysOpen && OpenKeys().Except(open, StringComparer.Ordinal).Any())
            throw Broken(OpenKeys().Except(open, StringComparer.Ordinal));
    }

    // Once a page is changed, SQLite keeps to its journal until the end of the transaction: PRAGMA journal_mode=OFF does nothing, without
    // which a rollback would leave a destroyed file (https://sqlite.org/pragma.html#pragma_journal_mode).
    private void KeepJournal() => _handle.Execute($"PRAGMA main.user_version={_handle.QueryInt64("PRAGMA main.user_version")}");

    /// <summary>Runs it. Once its time is over, it is interrupted in whatever statement it runs.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="isLate">Whether its time was over when it ended.</param>
    /// <returns>How it failed; null when it did not.</returns>
    private MigrationException? Call(CancellationToken cancellationToken, out bool isLate)
    {
        var code = connection.Code!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (_handle.Watch.StatementTimeout is { TotalMilliseconds: < int.MaxValue } timeout)
        {
            limit.CancelAfter(timeout);
            _handle.Watch.Ask(_handle.Api, _handle.Pointer, isOften: true);
        }

        try
        {
            // Not on this thread: what it waits for may need the caller's.
            Task.Run(
                    () =>
                        step.RunCodeAsync(
                            code.Connection,
                            code.Transaction,
                            connection.Target,
                            identity: null,
                            limit.Token,
                            cancellationToken
                        ),
                    CancellationToken.None
                )
                .GetAwaiter()
                .GetResult();
            return null;
        }
        catch (MigrationException e)
        {
            return e;
        }
        finally
        {
            // The timer that cancels the code may be a little ahead of the clock that the statements are measured by.
            isLate = _handle.Watch.IsLate || (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested);
        }
    }

    /// <summary>Refuses to go on when it failed, ended the transaction, or left something open.</summary>
    private void Demand(CommitGuard guard, MigrationException? failure, bool isLate, (string Statement, bool IsRunning)? open)
    {
        var isOver = guard.WasRolledBack || !_handle.InTransaction || !connection.Code!.IsInTransaction;
        if (_handle.Watch.TimedOut && (failure is not null || isOver))
            throw CodeFailure.TimedOut(step.Script, _handle.Watch.StatementTimeout, isOfAll: true, failure);
        if (guard.WasCommitTried)
            throw CodeFailure.EndedTransaction(step.Script, failure);
        // Code that waits for something else cannot be interrupted there: what it has done by then is not kept either.
        if (isLate && (failure is null or { InnerException: OperationCanceledException }))
            throw CodeFailure.TimedOut(step.Script, _handle.Watch.StatementTimeout, isOfAll: true, failure);
        if (failure is not null)
            throw failure;
        if (open is { } left)
            throw CodeFailure.LeftOpen(step.Script, SqliteErrors.Cover(left.Statement), left.IsRunning);
        if (isOver)
            throw CodeFailure.EndedTransaction(step.Script);
    }

    private List<string> OpenKeys() => [.. OpenForeignKeys.Find(_handle).Select(k => k.Message)];

    private MigrationException Broken(IEnumerable<string> keys) =>
        new StatementException(
            ErrorId.ForeignKeyViolated,
            $"{new ScriptLocation(step.Script.File, step.Script.FirstLine)}: The code leaves rows without their parent: "
                + $"{string.Join("; ", keys)}. It was rolled back.",
            "Correct the code, or let foreign keys be enforced while it runs."
        )
        {
            Location = new ScriptLocation(step.Script.File, step.Script.FirstLine),
        };
}
