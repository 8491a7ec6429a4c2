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
        using (var guard = new CommitGuard(_handle))
        {
            _handle.Watch.StartStatement();
            Call(cancellationToken);
            if (!_handle.InTransaction)
                throw CodeFailure.EndedTransaction(step.Script, kept: false);
            if (guard.OpenReader() is { } statement)
                throw CodeFailure.OpenReader(step.Script, SqliteErrors.Cover(statement));
        }

        if (step.Analysis.SuspendsForeignKeys && !step.MayLeaveKeysOpen && OpenKeys().Except(open, StringComparer.Ordinal).Any())
            throw Broken(OpenKeys().Except(open, StringComparer.Ordinal));
    }

    private void Call(CancellationToken cancellationToken)
    {
        var code = connection.Code!;
        try
        {
            // Not on this thread: what it waits for may need the caller's.
            Task.Run(
                    () => step.RunCodeAsync(code.Connection, code.Transaction, connection.Target, cancellationToken),
                    CancellationToken.None
                )
                .GetAwaiter()
                .GetResult();
        }
        catch (MigrationException e) when (!_handle.InTransaction)
        {
            throw CodeFailure.EndedTransaction(step.Script, kept: false, e);
        }
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
