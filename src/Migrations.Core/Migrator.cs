using Migrations.Adoption;
using Migrations.Backup;
using Migrations.Databases;
using Migrations.Exporting;
using Migrations.History;
using Migrations.Integrity;
using Migrations.Linting;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// Applies, shows and undoes the migrations of one source in one database. Each call connects, does its work and disconnects; nothing is
/// kept between calls, so it can be called at every start of an application: with nothing pending it reads the folder and the history, and
/// takes no lock.
/// </summary>
/// <remarks>
/// For code written against runners with <c>RunPending</c>, <c>GetStatus</c> and <c>Rollback</c>: these are <see cref="ApplyAsync"/>, <see
/// cref="GetStatusAsync"/> and <see cref="UndoAsync"/> with <see cref="UndoRequest.Name"/>.
/// </remarks>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class Migrator(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly RunContext _context = new(driver, target, source, options ?? new MigratorOptions());

    /// <summary>
    /// Where each migration stands; in a database that does not exist yet, all are pending. Changes and creates nothing.
    /// </summary>
    /// <exception cref="MigrationException">The folder is bad, or the database refuses.</exception>
    public async Task<IReadOnlyList<MigrationStatus>> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var read = _context.ReadFolder(cancellationToken);
        var session = await _context.OpenIfExistsAsync(cancellationToken).ConfigureAwait(false);
        if (session is null)
            return Statuses(PlanningInputReader.Of(read, [], _context.Options));
        await using (session.ConfigureAwait(false))
        {
            var input = await _context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
            await DoubtAsync(session, input, cancellationToken).ConfigureAwait(false);
            return Statuses(input);
        }
    }

    /// <summary>
    /// Where the database stands: counts, health, who holds the lock; of a database that does not exist yet, that all is pending. Changes
    /// and creates nothing.
    /// </summary>
    /// <exception cref="MigrationException">The folder is bad, or the database refuses.</exception>
    public async Task<DatabaseStatus> GetSummaryAsync(CancellationToken cancellationToken = default)
    {
        var read = _context.ReadFolder(cancellationToken);
        var session = await _context.OpenIfExistsAsync(cancellationToken).ConfigureAwait(false);
        if (session is null)
        {
            var input = PlanningInputReader.Of(read, [], _context.Options);
            return Summary(input, new DatabaseInfo(driver.Engine, "", User: null), holder: null) with { Exists = false };
        }

        await using (session.ConfigureAwait(false))
        {
            var input = await _context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
            await DoubtAsync(session, input, cancellationToken).ConfigureAwait(false);
            return Summary(input, session.Info, await session.Inspector.FindLockHolderAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>The rows of the history, oldest first: every one, or those that are chosen. Changes nothing, and needs no folder.</summary>
    /// <exception cref="MigrationException">The database is missing or refuses.</exception>
    public Task<IReadOnlyList<JournalEntry>> GetHistoryAsync(HistoryFilter? filter = null, CancellationToken cancellationToken = default) =>
        new HistoryReader(_context).ReadAsync(filter ?? new HistoryFilter(), cancellationToken);

    /// <summary>
    /// How long each migration took, over the runs of the history that were chosen; slowest first. Changes nothing, and needs no folder.
    /// </summary>
    /// <exception cref="MigrationException">The database is missing or refuses.</exception>
    public Task<IReadOnlyList<MigrationProfile>> GetProfileAsync(
        HistoryFilter? filter = null,
        CancellationToken cancellationToken = default
    ) => new HistoryReader(_context).ProfileAsync(filter ?? new HistoryFilter(), cancellationToken);

    /// <summary>
    /// The steps that <see cref="ApplyAsync"/> would take, their scripts checked. Changes nothing; a database that would be created counts
    /// as empty.
    /// </summary>
    /// <exception cref="MigrationException">The run would be refused, or the database is missing or refuses.</exception>
    public Task<MigrationPlan> PlanApplyAsync(ApplyRequest? request = null, CancellationToken cancellationToken = default) =>
        PlanAsync(input => ApplyPlanner.Plan(input, request ?? new ApplyRequest()), demand: null, cancellationToken);

    /// <summary>The steps that <see cref="UndoAsync"/> would take, their scripts checked. Changes nothing.</summary>
    /// <exception cref="MigrationException">The run would be refused, or the database is missing or refuses.</exception>
    public Task<MigrationPlan> PlanUndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default) =>
        PlanAsync(input => PlanUndo(input, request ?? new UndoRequest()), DemandStampAsync, cancellationToken);

    /// <summary>Applies what is pending, in order. A SQLite file that does not exist is created.</summary>
    /// <returns>What was applied, in order; empty when nothing was pending.</returns>
    /// <exception cref="MigrationException">Refused before anything ran; or a step failed, was rolled back, and is named with what was
    /// applied and what was not.</exception>
    public Task<IReadOnlyList<MigrationResult>> ApplyAsync(ApplyRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new ApplyRequest();
        var run = new ProtectedRun(
            _context,
            Protection(wanted.Backup, wanted.RestoreOnFailure, wanted.AcceptFaults),
            new RunCheck(_context, wanted.Check)
        )
        {
            Access = SessionAccess.Create,
            SchemaFile = new SchemaFile(_context, wanted.SchemaFile),
            Planner = input => ApplyPlanner.Plan(input, wanted),
            Lint = wanted.Lint,
            AcceptsLoss = true,
        };
        return run.RunAsync(cancellationToken);
    }

    /// <summary>Undoes the last applied migration, or as many as asked for, newest first.</summary>
    /// <returns>What was undone, in order; empty when nothing was applied.</returns>
    /// <exception cref="MigrationException">Refused before anything ran; or a step failed, was rolled back, and is named with what was
    /// undone and what was not.</exception>
    public Task<IReadOnlyList<MigrationResult>> UndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new UndoRequest();
        var run = new ProtectedRun(
            _context,
            Protection(wanted.Backup, wanted.RestoreOnFailure, wanted.AcceptFaults),
            new RunCheck(_context, request: null)
        )
        {
            Access = SessionAccess.Write,
            DemandAsync = DemandStampAsync,
            Planner = input => PlanUndo(input, wanted),
            AcceptsLoss = wanted.AcceptDataLoss,
        };
        return run.RunAsync(cancellationToken);
    }

    /// <summary>
    /// What a plan would lose: tables and columns that it drops, tables that it empties, with their rows. Runs none of it.
    /// </summary>
    /// <returns>The steps that lose something, or may; empty when nothing is lost, or the database does not exist
    /// yet.</returns>
    /// <exception cref="MigrationException">The database refuses.</exception>
    public async Task<IReadOnlyList<StepLoss>> ForecastAsync(MigrationPlan plan, CancellationToken cancellationToken = default)
    {
        try
        {
            var session = await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
                return await LossForecaster
                    .FindAsync(
                        session.Inspector,
                        plan,
                        [.. plan.Steps.Select(s => PlannedScripts.Analyze(driver.Dialect, s.Script))],
                        _context.HooksOf(plan),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing)
        {
            return [];
        }
    }

    /// <summary>
    /// What the rules find in the scripts of a plan: what fails, loses data or stops others from working. Runs none of it.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">Which rules count.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The database refuses.</exception>
    public async Task<IReadOnlyList<LintFinding>> LintAsync(
        MigrationPlan plan,
        LintOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var session = await _context.OpenIfExistsAsync(cancellationToken).ConfigureAwait(false);
        // Where there is no database yet, a run makes all of it.
        if (session is null)
            return [];
        await using (session.ConfigureAwait(false))
            return await new LintGate(driver, options ?? new LintOptions()) { Database = target.Display }
                .FindAsync(
                    session.Inspector,
                    plan,
                    [.. plan.Steps.Select(s => PlannedScripts.Analyze(driver.Dialect, s.Script))],
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    /// <summary>
    /// Writes the steps that <see cref="ApplyAsync"/> or <see cref="UndoAsync"/> would take as a script that an engine's own client runs.
    /// Changes nothing in the database. No value of a secret variable is written.
    /// </summary>
    /// <param name="request">Which script.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The run would be refused, or the client cannot run such a script; nothing was
    /// written.</exception>
    public Task<ExportedScript> WriteScriptAsync(ScriptRequest request, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(output);
        var hidden = _context.Options with { Folder = SecretWords.Replace(_context.Options.Folder, out var secrets) };
        return new ScriptExporter(new RunContext(driver, target, source, hidden), request, secrets).WriteAsync(output, cancellationToken);
    }

    /// <summary>As <see cref="WriteScriptAsync"/>, into a file that only its owner can read, whole or not at all.</summary>
    /// <param name="request">Which script.</param>
    /// <param name="path">The file's full path.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the file is there already; or as for <see
    /// cref="WriteScriptAsync"/>.</exception>
    public Task<ExportedScript> WriteScriptFileAsync(
        ScriptRequest request,
        string path,
        bool overwrite = false,
        CancellationToken cancellationToken = default
    ) => ScriptFileWriter.WriteAsync(path, overwrite, source.Folder, output => WriteScriptAsync(request, output, cancellationToken));

    /// <summary>What <see cref="RepairAsync"/> would append, with the statements that differ in edited scripts. Changes nothing.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.RepairNotNeeded"/>; the folder is not that of the history; or the database
    /// is missing or refuses.</exception>
    public async Task<IReadOnlyList<RepairResult>> PlanRepairAsync(
        RepairRequest? request = null,
        CancellationToken cancellationToken = default
    )
    {
        var read = _context.ReadFolder(cancellationToken);
        var session = await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var wanted = request ?? new RepairRequest();
            var input = await _context.ReadForRepairAsync(session, read, wanted, cancellationToken).ConfigureAwait(false);
            var repair = new HistoryRepair(session, driver.Dialect, target, source.Name, _context.NewRecorder())
            {
                Forgotten = await ForgottenMigration.FindAsync(_context, session, input, wanted, cancellationToken).ConfigureAwait(false),
            };
            return [.. (await repair.PlanAsync(input, wanted, cancellationToken).ConfigureAwait(false)).Select(s => s.Result)];
        }
    }

    /// <summary>
    /// Repairs the history by appending to it: clears failures, accepts edited scripts, forgets missing ones, decides statements, assigns
    /// migrations to a service, marks one as not applied.
    /// </summary>
    /// <returns>What was repaired, and what was compared.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.RepairNotNeeded"/>, or the database is missing or refuses.</exception>
    public Task<IReadOnlyList<RepairResult>> RepairAsync(RepairRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new RepairRequest();
        return _context.WriteAsync(
            (session, read) => _context.ReadForRepairAsync(session, read, wanted, cancellationToken),
            async (session, input) =>
            {
                var repair = new HistoryRepair(session, driver.Dialect, target, source.Name, _context.NewRecorder())
                {
                    Forgotten = await ForgottenMigration
                        .FindAsync(_context, session, input, wanted, cancellationToken)
                        .ConfigureAwait(false),
                };
                return await repair.RunAsync(input, wanted, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken
        );
    }

    /// <summary>Records migrations as applied without running them, for a database whose schema exists already.</summary>
    /// <returns>Where each migration stands afterwards.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.BaselineConflict"/>, or the database is missing or refuses.</exception>
    public async Task<IReadOnlyList<MigrationStatus>> BaselineAsync(BaselineRequest request, CancellationToken cancellationToken = default)
    {
        _ = await _context
            .WriteAsync(
                (session, input) => HistoryBaseline.RunAsync(session, _context.NewRecorder(), input, request, cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
        return await GetStatusAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Marks the database as that of an environment, by a row of its history. Needs no migration folder.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The environment that it was marked with before; null without one.</returns>
    /// <exception cref="MigrationException">The database is missing or refuses.</exception>
    public async Task<string?> StampAsync(string environment, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(environment);
        var session = await _context.OpenAsync(SessionAccess.Write, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
                return await _context.NewStampWriter().WriteAsync(session, environment, cancellationToken).ConfigureAwait(false);
        }
    }

    private MigrationPlan PlanUndo(PlanningInput input, UndoRequest request)
    {
        _context.Options.Stamp.Demand(input.History.Stamp, target.Display);
        return UndoPlanner.Plan(input, request);
    }

    /// <summary>
    /// Where a folder is only looked at, that it may be the wrong one is a warning, and so is that another tool is still in use.
    /// </summary>
    private async Task DoubtAsync(IDatabaseSession session, PlanningInput input, CancellationToken cancellationToken)
    {
        if (FolderIdentity.Find(input) is { } error)
            _context.Warn($"{error.Message} {error.NextStep}");
        if (input.ForeignHistory is { } foreign)
            _context.Warn(
                $"The migrations of this database were recorded by {foreign}, so what is applied is not known here. Take that "
                    + $"history over: {Call.Adopt} (with {CallOption.WhatIf} to look first)."
            );
        if (await TakeOverWatch.FindAsync(session, input, cancellationToken).ConfigureAwait(false) is { } warning)
            _context.Warn(warning);
    }

    private RunProtection Protection(BackupRequest? backup, bool restoreOnFailure, bool acceptFaults) =>
        new(driver, target, _context.Options.Session, backup, restoreOnFailure, acceptFaults);

    private DatabaseStatus Summary(PlanningInput input, DatabaseInfo info, LockHolder? holder) =>
        StatusBuilder.Summarize(Statuses(input), input.History, target, source.Name, _context.Options.Service, info, holder) with
        {
            ForeignHistory = input.ForeignHistory,
        };

    private IReadOnlyList<MigrationStatus> Statuses(PlanningInput input)
    {
        var statuses = StatusBuilder.Build(input, target, source.Name, _context.Options.Service);
        foreach (var status in statuses.Where(s => s.OpenForeignKeys.Count > 0))
        {
            var until = input
                .Migrations.First(m => string.Equals(m.FullName, status.Name, StringComparison.Ordinal))
                .Header.ForeignKeysOpenUntil;
            _context.Warn(
                $"Foreign keys have been open since {status.Name}, until {until} closes them: {string.Join("; ", status.OpenForeignKeys)}."
            );
        }

        return statuses;
    }

    /// <summary>Whichever history of the database holds a stamp, it counts.</summary>
    private async Task DemandStampAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        (await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false)).Demand(_context.Options.Stamp, target);

    private async Task<MigrationPlan> PlanAsync(
        Func<PlanningInput, MigrationPlan> planner,
        Func<IDatabaseSession, CancellationToken, Task>? demand,
        CancellationToken cancellationToken
    )
    {
        var read = _context.ReadFolder(cancellationToken);
        IDatabaseSession session;
        try
        {
            session = await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && driver.Creator.IsImplicit)
        {
            var empty = PlanningInputReader.Of(read, [], _context.Options);
            var first = _context.WithHooks(planner(empty), read, cancellationToken);
            _ = _context.Analyze(first, empty.History);
            return first;
        }

        await using (session.ConfigureAwait(false))
        {
            var input = await _context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
            var plan = _context.WithHooks(planner(input), read, cancellationToken);
            _ = _context.Analyze(plan, input.History);
            if (demand is not null && plan.Steps.Count > 0)
                await demand(session, cancellationToken).ConfigureAwait(false);
            return plan;
        }
    }
}
