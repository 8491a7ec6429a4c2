using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>
/// Runs a statement in batches. Each is a transaction with a row of the history that holds its last key, so that none is run twice, and the
/// next run goes on behind it.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="resume">How far an earlier run got; null where none has begun.</param>
/// <param name="events">Receives how far it is.</param>
internal sealed class BatchRun(
    IDatabaseSession session,
    ISqlDialect dialect,
    JournalRecorder recorder,
    ResumePoint? resume,
    IEventSink events
)
{
    private long _rows = resume?.Rows ?? 0;
    private int _batches;
    private bool _endsItself;

    /// <summary>Runs one batch; null: as every script in a transaction.</summary>
    public Func<StepExecution, CancellationToken, Task<StepOutcome>>? Runner { private get; init; }

    /// <summary>Whether rows that came meanwhile are looked for at the end.</summary>
    public bool LooksForRest { private get; init; } = true;

    /// <summary>What is in the database, for people.</summary>
    public string InDatabase =>
        _batches == 0 && resume is null
            ? "no batch of the script"
            : string.Create(CultureInfo.InvariantCulture, $"the batches of the script up to the failed one, which changed {_rows} rows");

    /// <summary>Whether an earlier run has begun or ended the script as a whole, without batches.</summary>
    public static bool IsOfStatements(ResumePoint? resume) =>
        resume is { Position: null } && (resume.Completed.Count > 0 || resume.Undecided is not null);

    /// <summary>Runs what is left, and appends the row of the migration.</summary>
    /// <exception cref="MigrationException">The database refused a batch; those before it stay. Or the table has no key, or the statement
    /// was edited since an earlier run.</exception>
    public async Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var batch = step.Analysis.Batch!;
        var key = await session.FindBatchKeyAsync(batch, cancellationToken).ConfigureAwait(false);
        var places = new BatchPlaces(session, dialect, step.Migration, batch, key);
        places.DemandKept();
        var checksum = ChecksumOf(batch, key);
        if (resume is not null && !string.Equals(resume.Completed.LastOrDefault(), checksum, StringComparison.Ordinal))
            throw Edited(step, batch.Location);
        places.DemandLiterals(resume?.Position);
        await places.DemandSameAsync(resume?.Position, numbering: null, cancellationToken).ConfigureAwait(false);
        await session.History.EnsurePositionsAsync(cancellationToken).ConfigureAwait(false);
        var end = await RunBatchesAsync(step, batch, places, checksum, cancellationToken).ConfigureAwait(false);
        if (end is not null && LooksForRest && batch.IsCountable)
            await ReportRestAsync(step, batch, key, end, cancellationToken).ConfigureAwait(false);
        var schema = step.IsLast ? await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false) : null;
        var entry = step.Entry with
        {
            ExecutionTimeMs = clock.ElapsedMilliseconds,
            RowsAffected = _rows,
            SchemaFingerprint = schema?.Fingerprint,
        };
        await session.History.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        return new StepOutcome(clock.Elapsed, _rows, 1);
    }

    /// <summary>Runs the batches behind where an earlier run stopped.</summary>
    /// <returns>The last key; null where the table has no row.</returns>
    private async Task<string?> RunBatchesAsync(
        StepExecution step,
        BatchStatement batch,
        BatchPlaces places,
        string checksum,
        CancellationToken cancellationToken
    )
    {
        var key = places.Key;
        var position = resume?.Position;
        var total = await CountAsync(BatchStatement.CountQuery(key, position), cancellationToken).ConfigureAwait(false);
        var progress = new RowProgress(events, total);
        var next = await session.ReadValueAsync(batch.EndQuery(key, position), cancellationToken).ConfigureAwait(false);
        for (long passed = 0; ; passed += batch.Rule.Rows)
        {
            var end =
                next ?? await session.ReadValueAsync(BatchStatement.LastQuery(key, position), cancellationToken).ConfigureAwait(false);
            await places.DemandSameAsync(position, end is null ? null : key.NumberingIn(end), cancellationToken).ConfigureAwait(false);
            if (end is null)
                return position;
            if (passed > 0 && batch.Rule.Pause > TimeSpan.Zero)
                await Task.Delay(batch.Rule.Pause, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            // The end of the next batch, in the round trip of this one; where rows could be numbered again, whether they were.
            var query =
                key.Numbering is not null ? key.NumberingQuery
                : next is null ? null
                : batch.EndQuery(key, end);
            var answer = await RunBatchAsync(step, batch, key, (position, end, checksum), query, cancellationToken).ConfigureAwait(false);
            await places.DemandSameAsync(end, answer?.Value, cancellationToken).ConfigureAwait(false);
            position = end;
            progress.Advance($"{step.Migration} in batches", Math.Clamp(total - passed, 0, batch.Rule.Rows));
            // What comes behind the last key from here on has come after the run, or it would never end where rows are always added.
            if (next is null)
                return position;
            next =
                answer is not null && key.Numbering is null
                    ? answer.Value
                    : await session.ReadValueAsync(batch.EndQuery(key, position), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>What the query gave at the end of the batch; null where it has to be asked again.</returns>
    private async Task<StepAnswer?> RunBatchAsync(
        StepExecution step,
        BatchStatement batch,
        BatchKey key,
        (string? After, string End, string Checksum) range,
        string? query,
        CancellationToken cancellationToken
    )
    {
        var execution = Execution(step, batch, batch.Within(key, range.After, range.End)) with
        {
            Query = query,
            Entry = recorder.Entry(step.Migration, step.Direction, JournalEvent.Progress) with
            {
                StatementIndex = 0,
                Checksum = range.Checksum,
                Position = range.End,
            },
        };
        var outcome = await (Runner ?? session.RunAsync)(execution, cancellationToken).ConfigureAwait(false);
        if (_batches++ == 0 && LooksForRest && batch.IsCountable && outcome.RowsAffected > 0)
            _endsItself =
                batch.IsDelete
                || await CountAsync(batch.MeantQuery(key, range.After, range.End), cancellationToken).ConfigureAwait(false) == 0;
        _rows += outcome.RowsAffected ?? 0;
        return outcome.Answer;
    }

    private static StepExecution Execution(StepExecution step, BatchStatement batch, string sql) =>
        step with
        {
            // On the line and in the column of the file, for the places of errors.
            Script = MigrationScript.OfText(step.Script.File, new string(' ', Math.Max(0, (batch.Location.Column ?? 1) - 1)) + sql) with
            {
                FirstLine = batch.Location.Line,
                Header = step.Script.Header,
            },
            Analysis = step.Analysis with { OutsideTransaction = false, Batch = null },
            KeysDue = [],
            IsLast = false,
        };

    /// <summary>
    /// Rows that came with a smaller key while it ran, or were given one, were not met. What the condition still means shows them, where
    /// it no longer means the rows that were changed; elsewhere it shows that there are more rows than were changed.
    /// </summary>
    private async Task ReportRestAsync(
        StepExecution step,
        BatchStatement batch,
        BatchKey key,
        string end,
        CancellationToken cancellationToken
    )
    {
        long rest;
        try
        {
            rest = await CountAsync(batch.MeantQuery(key, after: null, end), cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            events.Publish(new WarningRaised($"{step.Migration}: rows that came while its batches ran could not be counted: {e.Message}"));
            return;
        }

        rest -= _endsItself ? 0 : _rows;
        if (rest <= 0)
            return;
        var rows = rest == 1 ? "1 row" : $"{rest} rows";
        events.Publish(
            new WarningRaised(
                $"{step.Migration}: {(_endsItself ? "" : "at least ")}{rows} that its condition selects came behind its batches, or were "
                    + "given a smaller key, while they ran, and were not changed. Change them with a migration of their own."
            )
        );
    }

    private async Task<long> CountAsync(string query, CancellationToken cancellationToken) =>
        long.Parse(await session.ReadValueAsync(query, cancellationToken).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);

    // Not that of the statement alone: what runs scripts without batches must not take the first of them for the whole.
    private static string ChecksumOf(BatchStatement batch, BatchKey key)
    {
        var text = $"batch\0{string.Join('\0', key.Columns)}\0{batch.Text.ReplaceLineEndings("\n")}";
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
    }

    private static MigrationException Edited(StepExecution step, ScriptLocation location) =>
        new(
            ErrorId.StatementEdited,
            $"Batches of {step.Migration} ran in an earlier, unfinished run, and the statement or the key of its table was changed "
                + "afterwards.",
            $"Restore the statement as it was, and let it finish; put the change into a migration of its own. What ran is recorded in "
                + $"the history: {Call.History}."
        )
        {
            Location = location,
        };

    /// <summary>The error of a statement that cannot run in batches.</summary>
    internal static StatementException Invalid(BatchStatement batch, string message, Advice nextStep) =>
        new(ErrorId.BatchInvalid, message, nextStep) { Location = batch.Location };
}
