using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;
using Migrations.Tracing;

namespace Migrations.Running;

/// <summary>Takes the steps of a plan, one after another. The lock is held and the plan was made under it.</summary>
/// <param name="session">The database.</param>
/// <param name="dialect">How its SQL is read.</param>
/// <param name="target">The database as shown to people.</param>
/// <param name="recorder">Makes the run's history rows.</param>
/// <param name="options">Service and events.</param>
/// <param name="history">The history as it was read under the lock.</param>
internal sealed class MigrationRun(
    IDatabaseSession session,
    ISqlDialect dialect,
    DatabaseTarget target,
    JournalRecorder recorder,
    MigratorOptions options,
    HistoryView history
)
{
    private readonly IEventSink _events = options.Session.Events;
    private readonly List<MigrationResult> _results = [];
    private int _current;
    private StatementRun? _statements;

    /// <summary>The migration folder, for its results; null where none is to be passed on.</summary>
    public string? Folder { get; init; }

    /// <summary>Keeps another tool's table in step; null where none is.</summary>
    public StepMirror? Mirror { get; init; }

    /// <summary>The backup that was made before the run, for its results; null without one.</summary>
    public string? Backup { get; set; }

    /// <summary>Whether every row that was appended since the run was planned is its own.</summary>
    public bool IsAlone(IReadOnlyList<JournalEntry> journal) => journal.All(e => e.Id <= history.LastId || e.RunId == recorder.RunId);

    /// <summary>Runs the plan.</summary>
    /// <exception cref="MigrationException">A step failed or the run was cancelled; says what was applied and what was not.</exception>
    public Task<IReadOnlyList<MigrationResult>> RunAsync(
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    ) =>
        OperationTrace.RunAsync(
            "run",
            target.Engine,
            target.Database,
            subject: null,
            span =>
            {
                span?.SetTag("migrations.direction", plan.Direction.ToString().ToLowerInvariant());
                span?.SetTag("migrations.steps", plan.Steps.Count);
                span?.SetTag("migrations.run_id", recorder.RunId.ToString());
                return RunPlanAsync(plan, analyses, cancellationToken);
            }
        );

    private async Task<IReadOnlyList<MigrationResult>> RunPlanAsync(
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    )
    {
        _events.Publish(new RunStarted(target.Display, plan.Direction, plan.Steps.Count));
        var steps = plan
            .Steps.Select((step, i) => Prepare(step, analyses[i], plan.Overruled) with { IsLast = i == plan.Steps.Count - 1 })
            .ToList();
        if (plan.TransactionMode == TransactionMode.All)
            await RunTogetherAsync(steps, cancellationToken).ConfigureAwait(false);
        else
            await RunEachAsync(steps, cancellationToken).ConfigureAwait(false);
        return _results;
    }

    private StepExecution Prepare(PlanStep step, ScriptAnalysis analysis, string? overruled)
    {
        var what = step.Direction == MigrationDirection.Up ? JournalEvent.Applied : JournalEvent.RolledBack;
        return new StepExecution
        {
            Migration = step.Migration,
            Direction = step.Direction,
            Script = step.Script,
            MayLeaveKeysOpen = step.MayLeaveKeysOpen,
            KeysDue = step.KeysDue,
            Analysis = analysis,
            Entry = recorder.Entry(step.Migration, step.Direction, what) with
            {
                ErrorMessage = NoteOf(step, overruled),
                Beside = Mirror?.Of(step) ?? [],
            },
        };
    }

    private static string? NoteOf(PlanStep step, string? overruled)
    {
        var note = CodeNote.For(step.Script);
        return overruled is null ? note : $"{(note is null ? "" : note + " ")}Overruled: {overruled}";
    }

    private async Task RunEachAsync(List<StepExecution> steps, CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (cancellationToken.IsCancellationRequested)
                throw Describe(new OperationCanceledException(cancellationToken), [.. steps.Skip(i)], started: false);
            try
            {
                Finished(step, await RunOneAsync(step, i, steps.Count, cancellationToken).ConfigureAwait(false), i, steps.Count);
            }
            catch (Exception e) when (e is MigrationException or OperationCanceledException)
            {
                var failure = Describe(e, [.. steps.Skip(i)], started: true);
                await FailedAsync(step, failure, i, steps.Count).ConfigureAwait(false);
                throw failure;
            }
        }
    }

    private async Task RunTogetherAsync(List<StepExecution> steps, CancellationToken cancellationToken)
    {
        List<StepOutcome> outcomes;
        try
        {
            outcomes = await RunInOneTransactionAsync(steps, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            var failure = Describe(e, steps, started: true);
            await FailedAsync(steps[_current], failure, _current, steps.Count).ConfigureAwait(false);
            throw failure;
        }

        for (var i = 0; i < steps.Count; i++)
            Finished(steps[i], outcomes[i], i, steps.Count);
    }

    /// <summary>
    /// Runs all steps, and all of them again when other sessions blocked them: the locks of those before it must not be held through the
    /// pause.
    /// </summary>
    private async Task<List<StepOutcome>> RunInOneTransactionAsync(List<StepExecution> steps, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryInOneTransactionAsync(steps, cancellationToken).ConfigureAwait(false);
            }
            catch (MigrationException e)
                when (e.Id == ErrorId.TableLockTimedOut
                    && attempt <= options.Session.TableLockRetries
                    // What code did elsewhere is not rolled back, so it is not repeated by itself.
                    && steps.TrueForAll(s => s.Script.Code is null)
                    && !cancellationToken.IsCancellationRequested
                )
            {
                var blocker = (e as StatementException)?.Blocker;
                await RetryPause
                    .WaitAsync(options.Session, steps[_current].Migration.FullName, attempt, blocker, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<List<StepOutcome>> TryInOneTransactionAsync(List<StepExecution> steps, CancellationToken cancellationToken)
    {
        var outcomes = new List<StepOutcome>();
        _current = 0;
        var transaction = await session.BeginRunAsync(steps, cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        for (; _current < steps.Count; _current++)
            outcomes.Add(await RunOneAsync(steps[_current], _current, steps.Count, cancellationToken).ConfigureAwait(false));
        _current = steps.Count - 1;
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    private Task<StepOutcome> RunOneAsync(StepExecution step, int index, int total, CancellationToken cancellationToken) =>
        OperationTrace.RunAsync(
            "step",
            target.Engine,
            target.Database,
            step.Migration.FullName,
            async span =>
            {
                var outcome = await RunStepAsync(step, index, total, cancellationToken).ConfigureAwait(false);
                span?.SetTag("migrations.rows", outcome.RowsAffected);
                span?.SetTag("migrations.statements", outcome.Statements);
                return outcome;
            }
        );

    private async Task<StepOutcome> RunStepAsync(StepExecution step, int index, int total, CancellationToken cancellationToken)
    {
        _events.Publish(new StepStarted(step.Migration.FullName, step.Direction, index + 1, total));
        var complete = step with { Entry = step.Entry with { Script = recorder.StoredText(step.Script) } };
        try
        {
            if (!step.Analysis.OutsideTransaction)
                return await session.RunAsync(complete, cancellationToken).ConfigureAwait(false);
            _statements = new StatementRun(session, dialect, recorder, history);
            return await _statements.RunAsync(complete, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptText.Unreadable(step.Script, e);
        }
    }

    private void Finished(StepExecution step, StepOutcome outcome, int index, int total)
    {
        var result = Result(step, MigrationOutcome.Done) with
        {
            Duration = outcome.Duration,
            RowsAffected = outcome.RowsAffected,
            Statements = outcome.Statements,
            ObjectsLost = outcome.ObjectsLost,
        };
        _results.Add(result);
        foreach (var lost in outcome.ObjectsLost.Where(l => l.Weight > LostObjectWeight.Listed))
            _events.Publish(new WarningRaised(LostObjectText.Warning(step.Migration.FullName, lost)));
        _events.Publish(new StepFinished(result, index + 1, total));
    }

    private MigrationException Describe(Exception error, List<StepExecution> left, bool started)
    {
        var failure =
            error as MigrationException
            ?? new MigrationException(
                ErrorId.Cancelled,
                !started ? $"The run was cancelled before {left[0].Migration}."
                    : left[0].Analysis.OutsideTransaction
                        ? $"The run was cancelled in {left[0].Migration}; its statements before the interrupted one are kept and recorded."
                    : $"The run was cancelled in {left[0].Migration}, which was rolled back.",
                "Run the command again to continue from here.",
                error
            );
        failure.LeftBehind = started && left[0].Analysis.OutsideTransaction;
        failure.InDatabase = started ? InDatabase(failure, left[0]) : null;
        failure.Applied = [.. _results];
        failure.NotApplied = [.. left.Select(s => s.Migration.FullName)];
        return failure;
    }

    /// <summary>What of the failed script is in the database. Where the answer of the database is not known, nothing is said.</summary>
    private string? InDatabase(MigrationException failure, StepExecution step) =>
        step.Analysis.OutsideTransaction ? _statements?.InDatabase
        : failure is StatementException { Id: not ErrorId.TransactionUnbalanced } or { Id: ErrorId.CodeFailed }
            ? "nothing of the script, which was rolled back"
        : null;

    private async Task FailedAsync(StepExecution step, MigrationException failure, int index, int total)
    {
        await new FailureRecorder(session, recorder, _events).RecordAsync(step, failure).ConfigureAwait(false);
        _events.Publish(new StepFinished(Result(step, MigrationOutcome.Failed) with { Error = failure.Message }, index + 1, total));
    }

    private MigrationResult Result(StepExecution step, MigrationOutcome outcome) =>
        new()
        {
            Database = target.Display,
            Target = target,
            Service = options.Service,
            Path = Folder,
            Version = step.Migration.Version,
            Name = step.Migration.FullName,
            Direction = step.Direction,
            Outcome = outcome,
            File = step.Script.File,
            Backup = Backup,
        };
}
