using Migrations.Databases;
using Migrations.Events;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs scripts without a transaction, one statement at a time.</summary>
/// <param name="transaction">The transaction that other scripts have, and this one's trial.</param>
internal sealed class SqliteNonTransactional(ScriptTransaction transaction) : IDisposable
{
    private readonly SqliteConnection _connection = transaction.Connection;
    private readonly SqliteHistory _history = transaction.History;

    /// <summary>The script at work: what it has set stays for its next statement.</summary>
    private MigrationScript? _script;

    /// <summary>Runs a statement of a script, and before its first one what the script needs.</summary>
    /// <exception cref="StatementException">SQLite or the guard refused it.</exception>
    /// <exception cref="SqliteFailure">Another connection stands in the way.</exception>
    public StatementOutcome Run(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken)
    {
        _connection.DemandSameFile();
        var lost = Enter(step, statement.Index, cancellationToken);
        var rows = _history.Watch(() => StatementRunner.Run(_connection, step, statement, cancellationToken));
        return new StatementOutcome(rows, lost);
    }

    /// <summary>Rolls back a transaction of the script's own, of which a statement failed or was interrupted.</summary>
    public void RollBack()
    {
        if (_connection.Handle.InTransaction)
            _connection.Handle.Execute("ROLLBACK");
        _history.ReturnTo(mark: null);
    }

    /// <summary>Leaves the script at work, if any, and restores what scripts have set.</summary>
    public void Leave()
    {
        Dispose();
        _connection.Restore();
    }

    /// <summary>Leaves the script at work as the connection is closed.</summary>
    public void Dispose()
    {
        if (_script is not null)
            _connection.WarnOfFileSettings();
        _script = null;
    }

    /// <summary>
    /// Begins a script: foreign keys are enforced or not as they would be in a transaction. One that goes on where an earlier run stopped
    /// needs what its first statements set on that run's connection.
    /// </summary>
    private IReadOnlyList<LostObject> Enter(StepExecution step, int index, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(_script, step.Script))
            return [];
        Leave();
        var lost = index == 0 ? Try(step, cancellationToken) : [];
        _connection.EnforceForeignKeys(!step.Analysis.SuspendsForeignKeys);
        foreach (var statement in SqliteDialect.Instance.Split(step.Script).Take(index))
        {
            var head = StatementHead.Read(statement.Text);
            if (head.Kind is StatementKind.Attach or StatementKind.Detach || SqlitePragmas.SetsConnection(head))
                StatementRunner.Run(_connection, step, statement, cancellationToken);
        }

        _script = step.Script;
        return lost;
    }

    /// <summary>
    /// What a script without a transaction loses or breaks cannot be rolled back. So it is tried in one that is rolled back, where all of
    /// its statements can run in one: what the guard finds then is refused before anything has happened.
    /// </summary>
    private IReadOnlyList<LostObject> Try(StepExecution step, CancellationToken cancellationToken)
    {
        if (!step.Analysis.IsGuarded && step.KeysDue.Count == 0)
            return [];
        try
        {
            return new SqliteStepRunner(transaction, step, leftOut: null, cancellationToken).Try();
        }
        catch (StatementException e)
            when (e.Id is not (ErrorId.ForeignKeyBroken or ErrorId.ForeignKeyViolated or ErrorId.RowsLost or ErrorId.ObjectsLost))
        {
            // It fails in its place, and what stands before it stays, as was asked for.
            _connection.Options.Events.Publish(
                new WarningRaised(
                    $"{step.Migration.FullName} runs without a transaction, and could not be tried in one first ({e.Message}): "
                        + "what it loses, and what it does to foreign keys, is not checked."
                )
            );
            return [];
        }
    }
}
