using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Runs the half of a migration that is code, in the open transaction.</summary>
/// <remarks>
/// A commit that is not the engine's is prevented: a temporary table has two equal rows under a deferred unique key
/// (<see href="https://www.postgresql.org/docs/current/sql-set-constraints.html"/>), and one of them goes just before the engine commits.
/// What code would do after a rollback of its own fails, because transactions that are not the engine's are read-only meanwhile. The role
/// may lack the right to create temporary tables: then it is found out afterwards.
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="step">The step.</param>
internal sealed class CodeRunner(PostgreSqlConnection connection, StepExecution step)
{
    private const string Guard = "migrations_commits_this_transaction";

    private string? _transaction;
    private bool _isGuarded;

    /// <summary>What lets the transaction be committed; null where nothing prevents it.</summary>
    public string? Release => _isGuarded ? $"DELETE FROM pg_temp.{Guard} WHERE number = 2" : null;

    /// <summary>Runs it.</summary>
    /// <exception cref="MigrationException">It failed, ended the transaction, or left something open.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backend = await connection.FindBackendAsync(cancellationToken).ConfigureAwait(false);
        var (process, unbalanced) = (connection.Npgsql.ProcessID, connection.UnbalancedTransactions);
        try
        {
            var stop = cancellationToken.Register(() =>
            {
                _ = connection.CancelBackendAsync(backend);
            });
            await using var __ = stop.ConfigureAwait(false);
            await step.RunCodeAsync(connection.Npgsql, connection.CodeTransaction, connection.Target, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.CodeFailed && Ended(e))
        {
            throw CodeFailure.EndedTransaction(step.Script, kept: false, e);
        }

        // On a connection that code has opened again nothing was prevented.
        if (connection.Npgsql.State == System.Data.ConnectionState.Open && connection.Npgsql.ProcessID != process)
            throw CodeFailure.EndedTransaction(step.Script, kept: true);
        await DemandTransactionAsync(cancellationToken).ConfigureAwait(false);
        // A BEGIN in between, too: it is looked for before anything is committed.
        if (connection.UnbalancedTransactions > unbalanced)
            throw CodeFailure.EndedTransaction(step.Script, kept: false);
    }

    /// <summary>Takes precautions against a commit. Called in the transaction, before the code runs.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var isThere = false;
        await connection
            .QueryAsync(
                "SELECT pg_catalog.txid_current()::text, "
                    + "pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'), "
                    + $"pg_catalog.to_regclass('pg_temp.{Guard}') IS NOT NULL",
                row => (_transaction, _isGuarded, isThere) = (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (!_isGuarded)
            return;
        if (!isThere)
            await connection
                .ExecuteAsync(
                    $"CREATE TEMPORARY TABLE {Guard} (number pg_catalog.int4, "
                        + $"one pg_catalog.int4 CONSTRAINT {Guard}_key UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP",
                    cancellationToken
                )
                .ConfigureAwait(false);
        await connection
            .ExecuteAsync($"INSERT INTO pg_temp.{Guard} VALUES {(isThere ? "(2, 1)" : "(1, 1), (2, 1)")}", cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Whether it was the guard that refused.</summary>
    private static bool Ended(MigrationException failure)
    {
        for (var e = failure.InnerException; e is not null; e = e.InnerException)
        {
            if (e is PostgresException { ConstraintName: Guard + "_key" })
                return true;
        }

        return false;
    }

    /// <summary>Looks whether the transaction is still the one that was begun, and whether the connection is free.</summary>
    private async Task DemandTransactionAsync(CancellationToken cancellationToken)
    {
        // The server has rolled back.
        if (connection.Npgsql.State != System.Data.ConnectionState.Open)
            throw CodeFailure.EndedTransaction(step.Script, kept: false);
        string? now = null;
        try
        {
            await connection
                .QueryAsync(
                    "SELECT pg_catalog.txid_current_if_assigned()::text",
                    row => now = row.IsDBNull(0) ? null : row.GetString(0),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (NpgsqlOperationInProgressException e)
        {
            var statement = e.CommandInProgress?.CommandText ?? "";
            // Its rows are still on their way: only a new connection is free of them.
            await connection.CloseAsync().ConfigureAwait(false);
            throw CodeFailure.OpenReader(step.Script, Secrets.Mask(statement));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InFailedSqlTransaction)
        {
            throw CodeFailure.Of(
                step.Script,
                new InvalidOperationException("A statement failed before, and the code went on: the transaction can only be rolled back")
            );
        }

        if (!string.Equals(now, _transaction, StringComparison.Ordinal))
            throw CodeFailure.EndedTransaction(
                step.Script,
                kept: !_isGuarded || await IsCommittedAsync(cancellationToken).ConfigureAwait(false)
            );
    }

    /// <summary>
    /// Whether the transaction was committed in spite of what was done against it
    /// (<see href="https://www.postgresql.org/docs/current/functions-info.html"/>, <c>pg_xact_status</c>).
    /// </summary>
    private Task<bool> IsCommittedAsync(CancellationToken cancellationToken) =>
        connection.AnyAsync(
            "SELECT 1 WHERE pg_catalog.txid_status($1::pg_catalog.int8) OPERATOR(pg_catalog.=) 'committed'",
            cancellationToken,
            long.Parse(_transaction!, CultureInfo.InvariantCulture)
        );
}
