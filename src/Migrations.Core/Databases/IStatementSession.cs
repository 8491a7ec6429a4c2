using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>The part of a session that runs scripts outside a transaction: one statement after another, each recorded.</summary>
public interface IStatementSession
{
    /// <summary>
    /// Runs one statement of a script outside any transaction but those that the script begins itself. When it throws, such a transaction
    /// has been rolled back.
    /// </summary>
    /// <exception cref="StatementException">The database refused it.</exception>
    Task<StatementOutcome> ExecuteAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken);

    /// <summary>
    /// Looks up whether a statement outside a transaction, which was started and whose end is not recorded, took effect. What a killed
    /// statement left half-done (an INVALID index) is removed, and counts as not done.
    /// </summary>
    Task<StatementEvidence> FindEvidenceAsync(ScriptStatement statement, CancellationToken cancellationToken);

    /// <summary>The columns by whose order a statement's table is passed in batches.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BatchInvalid"/>: the table has no such key, or the named columns are
    /// none.</exception>
    Task<BatchKey> FindBatchKeyAsync(BatchStatement batch, CancellationToken cancellationToken);

    /// <summary>
    /// The first value of a query's first row as text, with names as scripts have them and values as literals need them; null without a
    /// row.
    /// </summary>
    /// <exception cref="MigrationException">The database refused it.</exception>
    Task<string?> ReadValueAsync(string query, CancellationToken cancellationToken);
}
