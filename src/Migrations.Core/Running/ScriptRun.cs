using Migrations.Databases;

namespace Migrations.Running;

/// <summary>Runs a script that is no migration and records it. The lock is held.</summary>
/// <param name="context">The database.</param>
/// <param name="session">A session on it.</param>
internal sealed class ScriptRun(RunContext context, IDatabaseSession session)
{
    /// <summary>Runs it: in one transaction with its row of the history, unless it cannot run in one.</summary>
    /// <param name="script">The script.</param>
    /// <param name="rows">Takes its rows as they come, before they are committed; null: they are not read.</param>
    /// <param name="beforeCommit">Is asked at the end of its transaction, and refuses what it did by throwing; null: nothing is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It failed or was cancelled; that is recorded.</exception>
    public async Task<DatabaseScriptResult> RunAsync(
        DatabaseScript script,
        IRowSink? rows,
        Func<Task>? beforeCommit,
        CancellationToken cancellationToken
    )
    {
        await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        // What a script does to the history is found by comparing it with what was read.
        _ = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var dialect = context.Driver.Dialect;
        var recorder = context.NewRecorder();
        var outcome = await new LoneScript(session, dialect, recorder, context.Options.Session.Events)
            .RunAsync(script.ToStep(dialect, recorder, rows), beforeCommit, cancellationToken)
            .ConfigureAwait(false);
        return Result(script, outcome);
    }

    private DatabaseScriptResult Result(DatabaseScript script, StepOutcome outcome) =>
        new()
        {
            Database = context.Target.Display,
            Target = context.Target,
            Service = context.Options.Service,
            Name = script.Name,
            File = script.File,
            Outcome = MigrationOutcome.Done,
            Duration = outcome.Duration,
            RowsAffected = outcome.RowsAffected,
            Statements = outcome.Statements,
            ObjectsLost = outcome.ObjectsLost,
        };
}
