using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>The one transaction of a whole run.</summary>
/// <param name="session">The session.</param>
internal sealed class SqliteRunTransaction(SqliteSession session) : IRunTransaction
{
    /// <summary>Runs what the scripts want to run before a transaction, and begins it.</summary>
    public bool Begin(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken)
    {
        session.Handle.Watch.Token = cancellationToken;
        try
        {
            foreach (var step in steps)
                RunLeading(step);
            session.Begin(steps.Select(s => s.Analysis.TransactionModes).FirstOrDefault(m => m is "EXCLUSIVE"), isLast: true);
            return true;
        }
        catch
        {
            session.RollBack();
            throw;
        }
        finally
        {
            session.Handle.Watch.Token = CancellationToken.None;
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        session.CommitRun();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        session.EndRun();
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
                StatementRunner.Run(session, step, statement, CancellationToken.None);
        }
    }
}
