using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The one transaction of a whole run.</summary>
/// <param name="transaction">The connection's transaction.</param>
internal sealed class SqliteRunTransaction(ScriptTransaction transaction) : IRunTransaction
{
    private readonly SqliteConnection _connection = transaction.Connection;

    /// <summary>Runs what the scripts want to run before a transaction, and begins it.</summary>
    public bool Begin(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        _connection.Handle.Watch.Token = cancellationToken;
        try
        {
            foreach (var step in steps)
                RunLeading(step);
            transaction.BeginRun(steps.Select(s => s.Analysis.TransactionModes).FirstOrDefault(m => m is "EXCLUSIVE"));
            return true;
        }
        catch
        {
            transaction.RollBack();
            throw;
        }
        finally
        {
            _connection.Handle.Watch.Token = CancellationToken.None;
        }
    }

    /// <inheritdoc/>
    /// <remarks>What could not be committed is rolled back when this is disposed.</remarks>
    public Task CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            transaction.Commit(leftOut: null);
            return Task.CompletedTask;
        }
        catch (SqliteFailure e)
        {
            throw SqliteErrors.Translate(e, _connection.Target, _connection.Handle);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        transaction.EndRun();
        return ValueTask.CompletedTask;
    }

    private void RunLeading(StepExecution step)
    {
        foreach (var statement in SqliteDialect.Instance.Split(step.Script))
        {
            var head = StatementHead.Read(statement.Text);
            if (head.Kind is not (StatementKind.Pragma or StatementKind.Attach))
                return;
            if (head.NeedsAutocommit)
                StatementRunner.Run(_connection, step, statement, CancellationToken.None);
        }
    }
}
