using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Migrations.Databases;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>
/// Runs a script without a transaction, statement by statement. A row before and a row after each one let the next run go on where this one
/// stopped. In a transaction of the script's own the rows are written just before its COMMIT, and so are there together with what it did,
/// or not at all.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="history">The history as it was before the run.</param>
internal sealed class StatementRun(IDatabaseSession session, ISqlDialect dialect, JournalRecorder recorder, HistoryView history)
{
    private readonly StatementTally _tally = new();
    private readonly List<LostObject> _lost = [];
    private List<JournalEntry>? _held;

    /// <summary>Which statements are in the database, for people.</summary>
    public string InDatabase => _tally.ToString();

    /// <summary>Runs what is left of the script, and appends its row.</summary>
    /// <exception cref="StatementException">The database refused a statement; those before it stay.</exception>
    /// <exception cref="MigrationException"><see cref="ErrorId.StatementEdited"/> or <see cref="ErrorId.StatementUndecided"/>.</exception>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        var resume =
            history.Find(step.Migration.Key)?.Resume is { } point && point.Direction == step.Direction
                ? point
                : new ResumePoint(step.Direction, [], Undecided: null);
        var clock = Stopwatch.StartNew();
        long? rows = 0;
        var count = 0;
        foreach (var (statement, checksum) in WithChecksums(dialect, step.Script))
        {
            count++;
            if (statement.Index < resume.Completed.Count)
            {
                CheckUnedited(step, statement, checksum, resume);
                _tally.Add(statement);
                continue;
            }

            _tally.Begin(statement);
            if (resume.Undecided == statement.Index && await WasDoneAsync(step, statement, cancellationToken).ConfigureAwait(false))
            {
                _tally.End(isKept: true);
                await session
                    .History.AppendAsync(Row(step, JournalEvent.Progress, statement, checksum), cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                rows += await ExecuteAsync(step, statement, checksum, cancellationToken).ConfigureAwait(false);
            }
        }

        if (count < resume.Completed.Count)
            throw Edited(step, new ScriptLocation(step.Script.File, step.Script.FirstLine), count);
        var schema = step.IsLast ? await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false) : null;
        var entry = step.Entry with
        {
            ExecutionTimeMs = clock.ElapsedMilliseconds,
            RowsAffected = rows,
            SchemaFingerprint = schema?.Fingerprint,
        };
        await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        return new StepOutcome(clock.Elapsed, rows, count) { ObjectsLost = _lost };
    }

    /// <summary>The statements of a script, each with the SHA-256 over all statements up to it.</summary>
    internal static IEnumerable<(ScriptStatement Statement, string Checksum)> WithChecksums(ISqlDialect dialect, MigrationScript script)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var statement in dialect.Split(script))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(statement.Text.ReplaceLineEndings("\n") + "\0"));
            yield return (statement, Convert.ToHexString(hash.GetCurrentHash()).ToLowerInvariant());
        }
    }

    private static void CheckUnedited(StepExecution step, ScriptStatement statement, string checksum, ResumePoint resume)
    {
        if (!string.Equals(checksum, resume.Completed[statement.Index], StringComparison.Ordinal))
            throw Edited(step, statement.Location, statement.Index);
    }

    private static MigrationException Edited(StepExecution step, ScriptLocation location, int index) =>
        new(
            ErrorId.StatementEdited,
            $"Statement {index + 1} of {step.Migration} already ran in an earlier, unfinished run, and was edited afterwards.",
            $"Restore the statements that ran: only those from the failed one on may be edited. What ran is recorded in "
                + $"the history: {Call.History}."
                + $" If you have undone those statements manually, '-- Transaction: required' in the header runs the script from "
                + $"its beginning."
        )
        {
            Location = location,
        };

    /// <summary>
    /// The rows of a transaction of the script's own are written in it: none means that it was not committed, so it is begun again.
    /// </summary>
    private async Task<bool> WasDoneAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken) =>
        dialect.MarkOf(statement) != TransactionMark.Begin
        && await session.FindEvidenceAsync(statement, cancellationToken).ConfigureAwait(false) switch
        {
            StatementEvidence.Done => true,
            StatementEvidence.NotDone => false,
            _ => throw new StatementException(
                ErrorId.StatementUndecided,
                $"An earlier run of {step.Migration} was interrupted in statement {statement.Index + 1}, and the database does not "
                    + "show whether that statement took effect.",
                $"Check the database, then record the outcome: '{Call.Repair.On(step.Migration).With(CallOption.StatementDone)}' "
                    + $"or '{Call.Repair.On(step.Migration).With(CallOption.StatementNotDone)}'."
            )
            {
                Location = statement.Location,
                Statement = ScriptRedaction.Cover(dialect, statement.Text),
            },
        };

    private async Task<long?> ExecuteAsync(
        StepExecution step,
        ScriptStatement statement,
        string checksum,
        CancellationToken cancellationToken
    )
    {
        var mark = dialect.MarkOf(statement);
        var progress = Row(step, JournalEvent.Progress, statement, checksum);
        if (_held is null)
            await session
                .History.AppendAsync(Row(step, JournalEvent.Started, statement, checksum), cancellationToken)
                .ConfigureAwait(false);
        if (mark == TransactionMark.Begin)
            _held = [];
        _held?.Add(progress);
        if (mark == TransactionMark.Commit)
            await AppendHeldAsync(cancellationToken).ConfigureAwait(false);
        StatementOutcome outcome;
        try
        {
            outcome = await session.ExecuteAsync(step, statement, cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException e)
        {
            e.StatementIndex = statement.Index;
            throw;
        }

        if (mark == TransactionMark.Commit)
            _held = null;
        // It is in the database, whatever becomes of its row.
        _tally.End(isKept: _held is null);
        if (_held is null && mark != TransactionMark.Commit)
            // The statement took effect: its row is due even when the run is cancelled now.
            await session.History.AppendAsync(progress, CancellationToken.None).ConfigureAwait(false);
        _lost.AddRange(outcome.ObjectsLost);
        return outcome.Rows;
    }

    private async Task AppendHeldAsync(CancellationToken cancellationToken)
    {
        foreach (var row in _held ?? [])
            await session.History.AppendAsync(row, cancellationToken).ConfigureAwait(false);
    }

    private JournalEntry Row(StepExecution step, JournalEvent what, ScriptStatement statement, string checksum) =>
        recorder.Entry(step.Migration, step.Direction, what) with
        {
            StatementIndex = statement.Index,
            Checksum = checksum,
        };
}
