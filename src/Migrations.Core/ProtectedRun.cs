using Migrations.Databases;
using Migrations.Folders;
using Migrations.Linting;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// One call that applies or undoes: it plans under the lock, backs up, runs the plan and checks the database; and when that failed,
/// restores
/// the backup once the lock is free.
/// </summary>
/// <param name="context">The database and the folder.</param>
/// <param name="protection">The backup and its restore.</param>
/// <param name="check">What is checked after the run.</param>
internal sealed class ProtectedRun(RunContext context, RunProtection protection, RunCheck check)
{
    /// <summary>The file that gets the schema after the run.</summary>
    public SchemaFile SchemaFile { get; init; } = new(context, path: null);

    /// <summary>Whether the database may be created.</summary>
    public required SessionAccess Access { get; init; }

    /// <summary>Plans from what is read.</summary>
    public required Func<PlanningInput, MigrationPlan> Planner { get; init; }

    /// <summary>Refuses the database, once there is something to do and the lock is held; null: any will do.</summary>
    public Func<IDatabaseSession, CancellationToken, Task>? DemandAsync { get; init; }

    /// <summary>Which rules count for the scripts; null: none.</summary>
    public LintOptions? Lint { get; init; }

    /// <summary>Whether rows and values may go.</summary>
    public required bool AcceptsLoss { get; init; }

    public async Task<IReadOnlyList<MigrationResult>> RunAsync(CancellationToken cancellationToken)
    {
        protection.DemandBackup();
        SchemaFile.DemandPlace();
        var read = context.ReadFolder(cancellationToken);
        try
        {
            var results = await RunFolderAsync(read, cancellationToken).ConfigureAwait(false);
            // After a run they were made while its lock was still held.
            if (results.Count == 0)
                await ConcludeAsync(results, cancellationToken).ConfigureAwait(false);
            return results;
        }
        catch (MigrationException e) when (protection.Backup is not null)
        {
            await protection.RestoreAsync(e, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Runs as a part of a larger change, through a session that holds the lock already and keeps it; no backup is made.
    /// </summary>
    public async Task<IReadOnlyList<MigrationResult>> RunLockedAsync(
        IDatabaseSession session,
        MigrationFolder read,
        CancellationToken cancellationToken
    )
    {
        var turn = new RunTurn(context, Planner, session, read);
        var planned = await turn.IsAnythingToDoAsync(cancellationToken).ConfigureAwait(false)
            ? await turn.PlanAsync(cancellationToken).ConfigureAwait(false)
            : null;
        return planned is null ? [] : await RunPlanAsync(session, planned, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<MigrationResult>> RunFolderAsync(MigrationFolder read, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var turn = new RunTurn(context, Planner, session, read);
            if (!await turn.IsAnythingToDoAsync(cancellationToken).ConfigureAwait(false))
                return [];
            var held = await turn.LockAsync(cancellationToken).ConfigureAwait(false);
            if (held is null)
                return [];
            await using (held.ConfigureAwait(false))
            {
                if (DemandAsync is { } demand)
                    await demand(session, cancellationToken).ConfigureAwait(false);
                var planned = await turn.PlanAsync(cancellationToken).ConfigureAwait(false);
                return planned is null ? [] : await RunPlanAsync(session, planned, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>For a folder without a migration no database is created.</summary>
    private async Task<IDatabaseSession> OpenAsync(MigrationFolder read, CancellationToken cancellationToken)
    {
        if (Access != SessionAccess.Create || !read.IsEmpty || context.Options.Folder.AllowEmpty)
            return await context.OpenAsync(Access, cancellationToken).ConfigureAwait(false);
        try
        {
            return await context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && context.Driver.Creator.IsImplicit)
        {
            throw MissingFolder.Empty(read);
        }
    }

    /// <summary>The lock is held.</summary>
    private async Task<IReadOnlyList<MigrationResult>> RunPlanAsync(
        IDatabaseSession session,
        PlannedRun planned,
        CancellationToken cancellationToken
    )
    {
        await LintAsync(session, planned, cancellationToken).ConfigureAwait(false);
        await CheckLossAsync(session, planned, cancellationToken).ConfigureAwait(false);
        await protection.BackUpAsync(planned.Plan, cancellationToken).ConfigureAwait(false);
        var run = new MigrationRun(session, context.Driver.Dialect, context.Target, context.NewRecorder(), context.Options, planned.History)
        {
            Folder = context.Folder,
            Scripts = context.HooksOf(planned.Plan),
            HooksSkipped = planned.Plan.HooksSkipped,
            Mirror = await StepMirror.FindAsync(session.Foreign, planned.History, cancellationToken).ConfigureAwait(false),
            Backup = protection.Backup?.Path,
        };
        try
        {
            var results = await run.RunAsync(planned.Plan, planned.Analyses, cancellationToken).ConfigureAwait(false);
            await ConcludeAsync(results, cancellationToken).ConfigureAwait(false);
            return results;
        }
        catch (MigrationException e)
        {
            await run.Hooks.RunOnErrorAsync(e, planned.Plan.Direction, cancellationToken).ConfigureAwait(false);
            if (protection.Restores(e))
                await protection.NoteStateAsync(session, run).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes the schema's file before the checks: one of them compares it with the migrations.</summary>
    private async Task ConcludeAsync(IReadOnlyList<MigrationResult> results, CancellationToken cancellationToken)
    {
        await SchemaFile.WriteAsync(results, cancellationToken).ConfigureAwait(false);
        await check.DemandAsync(results, cancellationToken).ConfigureAwait(false);
    }

    private async Task LintAsync(IDatabaseSession session, PlannedRun planned, CancellationToken cancellationToken)
    {
        if (Lint is not { } options)
            return;
        var gate = new LintGate(context.Driver, options);
        gate.Report(
            await gate.FindAsync(session.Inspector, planned.Plan, planned.Analyses, cancellationToken).ConfigureAwait(false),
            context.Options.Session.Events
        );
    }

    /// <summary>A loss that was accepted needs no counting on the way down; on the way up it is reported, and not asked about.</summary>
    private async Task CheckLossAsync(IDatabaseSession session, PlannedRun planned, CancellationToken cancellationToken)
    {
        if (AcceptsLoss && planned.Plan.Direction == MigrationDirection.Down)
            return;
        var losses = await LossForecaster
            .FindAsync(session.Inspector, planned.Plan, planned.Analyses, context.HooksOf(planned.Plan), cancellationToken)
            .ConfigureAwait(false);
        if (!AcceptsLoss)
            LossForecaster.Refuse(losses, context.Target.Display);
        foreach (var sentence in losses.SelectMany(l => l.Sentences()))
            context.Warn(sentence + ".");
    }
}
