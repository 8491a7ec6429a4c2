using Migrations.Backup;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations;

/// <summary>
/// Applies, shows and undoes the migrations of one folder in one database. Each call connects, does its work and disconnects; nothing is
/// kept between calls, so it can be called at every start of an application: with nothing pending it reads the folder and the history, and
/// takes no lock.
/// </summary>
/// <remarks>
/// For code written against runners with <c>RunPending</c>, <c>GetStatus</c> and <c>Rollback</c>: these are <see cref="ApplyAsync"/>, <see
/// cref="GetStatusAsync"/> and <see cref="UndoAsync"/> with <see cref="UndoRequest.Name"/>.
/// </remarks>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="folder">The migration folder.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class Migrator(IDatabaseDriver driver, DatabaseTarget target, string folder, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>Where each migration stands. Changes nothing.</summary>
    /// <exception cref="MigrationException">The folder is bad, or the database is missing or refuses.</exception>
    public async Task<IReadOnlyList<MigrationStatus>> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var input = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
            Doubt(input);
            return Statuses(input);
        }
    }

    /// <summary>Where the database stands: counts, health, who holds the lock. Changes nothing.</summary>
    /// <exception cref="MigrationException">The folder is bad, or the database is missing or refuses.</exception>
    public async Task<DatabaseStatus> GetSummaryAsync(CancellationToken cancellationToken = default)
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var input = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
            Doubt(input);
            var holder = await session.Inspector.FindLockHolderAsync(cancellationToken).ConfigureAwait(false);
            return StatusBuilder.Summarize(Statuses(input), input.History, target, folder, _options.Service, session.Info, holder);
        }
    }

    /// <summary>Every row of the history, oldest first. Changes nothing, and needs no folder.</summary>
    /// <exception cref="MigrationException">The database is missing or refuses.</exception>
    public async Task<IReadOnlyList<JournalEntry>> GetHistoryAsync(CancellationToken cancellationToken = default)
    {
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var entries = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
            return
            [
                .. entries
                    .Where(e => _options.Service is null || string.Equals(e.Service, _options.Service, StringComparison.Ordinal))
                    .Select(e => e with { Database = target.Display, Target = target }),
            ];
        }
    }

    /// <summary>
    /// The steps that <see cref="ApplyAsync"/> would take, their scripts checked. Changes nothing; a database that would be created counts
    /// as empty.
    /// </summary>
    /// <exception cref="MigrationException">The run would be refused, or the database is missing or refuses.</exception>
    public Task<MigrationPlan> PlanApplyAsync(ApplyRequest? request = null, CancellationToken cancellationToken = default) =>
        PlanAsync(input => ApplyPlanner.Plan(input, request ?? new ApplyRequest()), cancellationToken);

    /// <summary>The steps that <see cref="UndoAsync"/> would take, their scripts checked. Changes nothing.</summary>
    /// <exception cref="MigrationException">The run would be refused, or the database is missing or refuses.</exception>
    public Task<MigrationPlan> PlanUndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default) =>
        PlanAsync(input => UndoPlanner.Plan(input, request ?? new UndoRequest()), cancellationToken);

    /// <summary>Applies what is pending, in order. A SQLite file that does not exist is created.</summary>
    /// <returns>What was applied, in order; empty when nothing was pending.</returns>
    /// <exception cref="MigrationException">Refused before anything ran; or a step failed, was rolled back, and is named with what was
    /// applied and what was not.</exception>
    public async Task<IReadOnlyList<MigrationResult>> ApplyAsync(
        ApplyRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        var wanted = request ?? new ApplyRequest();
        var check = new RunCheck(driver, target, folder, _options, wanted.Check);
        var results = await RunAsync(
                SessionAccess.Create,
                input => ApplyPlanner.Plan(input, wanted),
                Protection(wanted.Backup, wanted.RestoreOnFailure, check),
                acceptLoss: true,
                cancellationToken
            )
            .ConfigureAwait(false);
        // After a run they were made while its lock was still held.
        if (results.Count == 0)
            await check.DemandAsync(results, cancellationToken).ConfigureAwait(false);
        return results;
    }

    /// <summary>Undoes the last applied migration, or as many as asked for, newest first.</summary>
    /// <returns>What was undone, in order; empty when nothing was applied.</returns>
    /// <exception cref="MigrationException">Refused before anything ran; or a step failed, was rolled back, and is named with what was
    /// undone and what was not.</exception>
    public Task<IReadOnlyList<MigrationResult>> UndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default) =>
        RunAsync(
            SessionAccess.Write,
            input => UndoPlanner.Plan(input, request ?? new UndoRequest()),
            Protection(
                request?.Backup,
                request is { RestoreOnFailure: true },
                new RunCheck(driver, target, folder, _options, request: null)
            ),
            request is { AcceptDataLoss: true },
            cancellationToken
        );

    /// <summary>
    /// What a plan would lose: tables and columns that it drops, tables that it empties, with their rows. Runs none of it.
    /// </summary>
    /// <returns>The steps that lose something, or of which it cannot be told; empty when nothing goes, or the database does not exist
    /// yet.</returns>
    /// <exception cref="MigrationException">The database refuses.</exception>
    public async Task<IReadOnlyList<StepLoss>> ForecastAsync(MigrationPlan plan, CancellationToken cancellationToken = default)
    {
        try
        {
            var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
                return await LossForecaster
                    .FindAsync(
                        session.Inspector,
                        plan,
                        [.. plan.Steps.Select(s => PlannedScripts.Analyze(driver.Dialect, s.Script))],
                        cancellationToken
                    )
                    .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return [];
        }
    }

    /// <summary>What <see cref="RepairAsync"/> would append, with the statements that differ in edited scripts. Changes nothing.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.RepairNotNeeded"/>; the folder is not that of the history; or the database
    /// is missing or refuses.</exception>
    public async Task<IReadOnlyList<RepairResult>> PlanRepairAsync(
        RepairRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var input = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
            var repair = new HistoryRepair(session, driver.Dialect, target, folder, new JournalRecorder(driver.Dialect, _options.Service));
            return
            [
                .. (await repair.PlanAsync(input, request ?? new RepairRequest(), cancellationToken).ConfigureAwait(false)).Select(s =>
                    s.Result
                ),
            ];
        }
    }

    /// <summary>
    /// Mends the history by appending to it: clears failures, accepts edited scripts, forgets missing ones, decides statements.
    /// </summary>
    /// <returns>What was mended, and what was compared.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.RepairNotNeeded"/>, or the database is missing or refuses.</exception>
    public Task<IReadOnlyList<RepairResult>> RepairAsync(RepairRequest? request = null, CancellationToken cancellationToken = default) =>
        WriteHistoryAsync(
            (session, recorder, input) =>
                new HistoryRepair(session, driver.Dialect, target, folder, recorder).RunAsync(
                    input,
                    request ?? new RepairRequest(),
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>Records migrations as applied without running them, for a database whose schema exists already.</summary>
    /// <returns>Where each migration stands afterwards.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.BaselineConflict"/>, or the database is missing or refuses.</exception>
    public async Task<IReadOnlyList<MigrationStatus>> BaselineAsync(BaselineRequest request, CancellationToken cancellationToken = default)
    {
        _ = await WriteHistoryAsync(
                (session, recorder, input) => HistoryBaseline.RunAsync(session, recorder, input, request, cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
        return await GetStatusAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where a folder is only looked at, that it may be the wrong one is a warning.</summary>
    private void Doubt(PlanningInput input)
    {
        if (FolderIdentity.Find(input) is { } error)
            _options.Session.Events.Publish(new WarningRaised($"{error.Message} {error.NextStep}"));
    }

    private RunProtection Protection(BackupRequest? backup, bool restoreOnFailure, RunCheck check) =>
        new(driver, target, _options.Session, backup, restoreOnFailure, check);

    private MigrationFolder ReadFolder(CancellationToken cancellationToken)
    {
        var read = MigrationFolderReader.Read(folder, _options.Folder, cancellationToken);
        foreach (var warning in read.Warnings)
            _options.Session.Events.Publish(new WarningRaised(warning.ToString()));
        return read;
    }

    private Task<IDatabaseSession> OpenAsync(SessionAccess access, CancellationToken cancellationToken) =>
        driver.OpenAsync(target, _options.Session with { Access = access }, cancellationToken);

    /// <summary>For a folder without a migration no database is created.</summary>
    private async Task<IDatabaseSession> OpenForRunAsync(SessionAccess access, MigrationFolder read, CancellationToken cancellationToken)
    {
        if (access != SessionAccess.Create || !read.IsEmpty || _options.Folder.AllowEmpty)
            return await OpenAsync(access, cancellationToken).ConfigureAwait(false);
        try
        {
            return await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && driver.CreatesDatabases)
        {
            throw MissingFolder.Empty(read.Path);
        }
    }

    private Task<PlanningInput> LookAsync(IDatabaseSession session, MigrationFolder read, CancellationToken cancellationToken) =>
        PlanningInputReader.ReadAsync(session, driver.Dialect, read, _options, cancellationToken);

    private IReadOnlyList<MigrationStatus> Statuses(PlanningInput input)
    {
        var statuses = StatusBuilder.Build(input, target, folder, _options.Service);
        foreach (var status in statuses.Where(s => s.OpenForeignKeys.Count > 0))
        {
            var until = input
                .Migrations.First(m => string.Equals(m.FullName, status.Name, StringComparison.Ordinal))
                .Header.ForeignKeysOpenUntil;
            _options.Session.Events.Publish(
                new WarningRaised(
                    $"Foreign keys are open since {status.Name}, until {until} closes them: {string.Join("; ", status.OpenForeignKeys)}."
                )
            );
        }

        return statuses;
    }

    private async Task<MigrationPlan> PlanAsync(Func<PlanningInput, MigrationPlan> planner, CancellationToken cancellationToken)
    {
        var read = ReadFolder(cancellationToken);
        IDatabaseSession session;
        try
        {
            session = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && driver.CreatesDatabases)
        {
            var empty = PlanningInputReader.Of(read, [], _options);
            var first = planner(empty);
            _ = Analyze(first, empty);
            return first;
        }

        await using (session.ConfigureAwait(false))
        {
            var input = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
            var plan = planner(input);
            _ = Analyze(plan, input);
            return plan;
        }
    }

    private Task<IReadOnlyList<MigrationResult>> RunAsync(
        SessionAccess access,
        Func<PlanningInput, MigrationPlan> planner,
        RunProtection protection,
        bool acceptLoss,
        CancellationToken cancellationToken
    ) => protection.RecoverAsync(() => RunLockedAsync(access, planner, protection, acceptLoss, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<MigrationResult>> RunLockedAsync(
        SessionAccess access,
        Func<PlanningInput, MigrationPlan> planner,
        RunProtection protection,
        bool acceptLoss,
        CancellationToken cancellationToken
    )
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenForRunAsync(access, read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var before = await LookUnlockedAsync(session, read, cancellationToken).ConfigureAwait(false);
            var (plan, analyses) = Plan(planner, before);
            if (plan is { Steps.Count: 0 })
                return [];

            var seen = before;
            var held = await session
                .LockAsync(
                    async () =>
                        seen is null
                        || IsAnythingLeft(
                            planner,
                            seen = await LookAgainAsync(session, read, seen, cancellationToken).ConfigureAwait(false)
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (held is null)
                return [];
            await using (held.ConfigureAwait(false))
            {
                await session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
                var now = before;
                if (now is null || await session.History.ReadLastIdAsync(cancellationToken).ConfigureAwait(false) != now.History.LastId)
                {
                    // Another run was faster: what it did is planned around, not done again.
                    now = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
                    (plan, analyses) = Plan(planner, now);
                }

                if (plan is null or { Steps.Count: 0 })
                    return [];
                await CheckLossAsync(session, plan, analyses, acceptLoss, cancellationToken).ConfigureAwait(false);
                var run = new MigrationRun(
                    session,
                    driver.Dialect,
                    target,
                    new JournalRecorder(driver.Dialect, _options.Service),
                    _options,
                    now.History
                )
                {
                    Folder = folder,
                };
                return await protection.RunAsync(session, run, plan, analyses, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Looks before the lock is taken, so that a call with nothing to do needs none. Null when the database cannot be read just now: then
    /// another run is likely to be writing, and waiting for the lock says who it is.
    /// </summary>
    private async Task<PlanningInput?> LookUnlockedAsync(
        IDatabaseSession session,
        MigrationFolder read,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id is ErrorId.TableLockTimedOut or ErrorId.LockTimedOut)
        {
            return null;
        }
    }

    /// <summary>While another run is at work: what it has done by now.</summary>
    private async Task<PlanningInput> LookAgainAsync(
        IDatabaseSession session,
        MigrationFolder read,
        PlanningInput before,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await session.History.ReadLastIdAsync(cancellationToken).ConfigureAwait(false) == before.History.LastId
                ? before
                : await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException)
        {
            // There is no history yet; or what is wrong is told once the lock is held.
            return before;
        }
    }

    private static bool IsAnythingLeft(Func<PlanningInput, MigrationPlan> planner, PlanningInput input)
    {
        try
        {
            return planner(input).Steps.Count > 0;
        }
        catch (MigrationException)
        {
            // What stands in the way now may be gone when the other run ends.
            return true;
        }
    }

    private (MigrationPlan? Plan, IReadOnlyList<ScriptAnalysis> Analyses) Plan(
        Func<PlanningInput, MigrationPlan> planner,
        PlanningInput? input
    )
    {
        if (input is null)
            return (null, []);
        var plan = planner(input);
        Tell(plan);
        return (plan, Analyze(plan, input));
    }

    private async Task<T> WriteHistoryAsync<T>(
        Func<IDatabaseSession, JournalRecorder, PlanningInput, Task<T>> write,
        CancellationToken cancellationToken
    )
    {
        var read = ReadFolder(cancellationToken);
        var session = await OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                var input = await LookAsync(session, read, cancellationToken).ConfigureAwait(false);
                return await write(session, new JournalRecorder(driver.Dialect, _options.Service), input).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A loss that was accepted needs no counting on the way down; on the way up it is told, and not asked about.</summary>
    private async Task CheckLossAsync(
        IDatabaseSession session,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        bool acceptLoss,
        CancellationToken cancellationToken
    )
    {
        if (acceptLoss && plan.Direction == MigrationDirection.Down)
            return;
        var losses = await LossForecaster.FindAsync(session.Inspector, plan, analyses, cancellationToken).ConfigureAwait(false);
        if (!acceptLoss)
            LossForecaster.Refuse(losses, target.Display);
        foreach (var sentence in losses.SelectMany(l => l.Sentences()))
            _options.Session.Events.Publish(new WarningRaised(sentence + "."));
    }

    private IReadOnlyList<ScriptAnalysis> Analyze(MigrationPlan plan, PlanningInput input) =>
        PlannedScripts.Analyze(driver.Dialect, folder, plan, input.History);

    private void Tell(MigrationPlan plan)
    {
        foreach (var warning in plan.Warnings)
            _options.Session.Events.Publish(new WarningRaised(warning));
        foreach (var skip in plan.Skipped)
            _options.Session.Events.Publish(new WarningRaised($"{skip.Migration} is left out: it {skip.Reason}."));
    }
}
