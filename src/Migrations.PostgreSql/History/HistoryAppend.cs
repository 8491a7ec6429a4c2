using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Adds to the history the row of something that is not a step in a transaction. Around a statement outside of transactions the table must
/// stay as it is: what is there when the statement begins is compared when it has ended.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="history">The history.</param>
internal sealed class HistoryAppend(PostgreSqlConnection connection, PostgreSqlHistory history)
{
    private const string WholeColumn = "migrations_whole";

    private string? _whole;

    /// <summary>Adds it, alone or in the transaction that is open.</summary>
    public async Task RunAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        // What failed must not take the row of its failure along.
        if (entry.IsFailure && connection.IsInOwnTransaction)
            await connection.RollBackAsync().ConfigureAwait(false);
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        var isAlone = !connection.IsInRun && !connection.IsInOwnTransaction;
        var (guard, seal, check) = Fill(batch, entry, isAlone);
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            do
            {
                await TakeAsync(reader, cancellationToken).ConfigureAwait(false);
            } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

            if (!connection.IsInRun)
                history.Rows.Commit();
        }
        catch (PostgresException e)
        {
            var isOurs = e.SqlState is PostgresErrorCodes.DivisionByZero;
            history.Rows.RollBack();
            await connection.RollBackAsync().ConfigureAwait(false);
            throw isOurs && ReferenceEquals(e.BatchCommand, guard) ? PostgreSqlLock.Lost(entry.Name)
            : isOurs && (ReferenceEquals(e.BatchCommand, check) || ReferenceEquals(e.BatchCommand, seal))
                ? history.Errors.Disturbed(entry, e, isAlone)
            : history.Errors.Refused(e, "Writing");
        }
        catch (NpgsqlException e)
        {
            throw history.Errors.Broken(e, "Writing");
        }
    }

    private async Task TakeAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (
            reader.FieldCount != 1
            || reader.GetName(0) is not (WholeColumn or PostgreSqlHistory.PlaceColumn)
            || !await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
        )
            return;
        if (reader.GetName(0) is WholeColumn)
            _whole = reader.GetString(0);
        else
            history.Rows.Wrote(reader.GetString(0));
    }

    private (NpgsqlBatchCommand Guard, NpgsqlBatchCommand? Seal, NpgsqlBatchCommand Check) Fill(
        NpgsqlBatch batch,
        JournalEntry entry,
        bool begins
    )
    {
        NpgsqlBatchCommand Add(NpgsqlBatchCommand command)
        {
            batch.BatchCommands.Add(command);
            return command;
        }

        foreach (var sql in Beginning(begins))
            Add(new NpgsqlBatchCommand(sql));
        var guard = Add(GuardOf(entry));
        var seal = entry.Event == JournalEvent.Progress && _whole is not null ? Add(Seal(_whole)) : null;
        // Another run that gets the lock, because a statement has freed it, waits as long as this backend lives.
        Add(
            history.Insert(
                entry.Event == JournalEvent.Started ? entry with { ErrorMessage = entry.ErrorMessage ?? connection.Server.Backend } : entry
            )
        );
        // In a transaction of the script's own, its constraints are not yet due.
        if (begins)
            Add(new NpgsqlBatchCommand("SET CONSTRAINTS ALL IMMEDIATE"));
        var check = Add(history.Guard.Check(entry, isOurs: begins || connection.IsInRun));
        foreach (var statement in entry.Beside)
            Add(new NpgsqlBatchCommand(statement));
        _whole = null;
        if (entry.Event == JournalEvent.Started)
            Add(new NpgsqlBatchCommand($"SELECT {history.Guard.Whole} AS {WholeColumn}"));
        if (begins)
        {
            Add(new NpgsqlBatchCommand(HistoryGuard.Closing));
            Add(new NpgsqlBatchCommand("COMMIT"));
        }

        return (guard, seal, check);
    }

    // A script outside a transaction may have made another one the default, and set another role for its next statements; this row is ours.
    private IEnumerable<string> Beginning(bool begins)
    {
        if (begins)
            yield return "BEGIN READ WRITE";
        if (connection.IsInRun)
            yield break;
        yield return "SET LOCAL SESSION AUTHORIZATION DEFAULT";
        yield return "SET LOCAL ROLE NONE";
    }

    // What is recorded here goes on only with the lock: another run may have gone further meanwhile. A failure is recorded without asking.
    private NpgsqlBatchCommand GuardOf(JournalEntry entry)
    {
        var needed =
            entry.IsFailure ? null
            : entry.Event == JournalEvent.Progress ? connection.GuardOfDone
            : connection.Guard;
        return new NpgsqlBatchCommand($"SELECT {history.Guard.Preparation}{(needed is null ? "" : ", " + needed)}");
    }

    private NpgsqlBatchCommand Seal(string whole) =>
        new(
            $"SELECT 1 OPERATOR(pg_catalog./) CASE WHEN {history.Guard.Whole} OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(whole)}"
                + " THEN 1 ELSE 0 END"
        );
}
