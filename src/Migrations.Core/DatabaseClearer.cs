using System.Diagnostics;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// Empties a database for development: everything that is in it goes, the history too, in one transaction under the migration lock; no down
/// script is run. On request all migrations are applied again.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migration folder, or another source of migrations.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class DatabaseClearer(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions? options = null)
{
    private readonly RunContext _context = new(driver, target, source, options ?? new MigratorOptions());

    /// <summary>
    /// Reads and checks what is to run after the clearing, and looks which database it is, for a call whose turns may share one. Each of
    /// them is looked at before the first one begins. What is wrong is an error of the turns: a database that could not be built up again
    /// is not cleared. Changes nothing.
    /// </summary>
    public async Task ForeseeAsync(ClearRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var fault = Faulted(() => Prepare(request, cancellationToken));
        try
        {
            if (await OpenAsync(request, cancellationToken).ConfigureAwait(false) is not { } session)
                return;
            await using var _ = session.ConfigureAwait(false);
            var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
            request.Turns.Foresee(found.Identity, _context.Options.Service, fault);
        }
        catch (MigrationException e) when (e.Id != ErrorId.Cancelled)
        {
            // Its own turn says so.
        }
    }

    private static MigrationException? Faulted(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (MigrationException e) when (e.Id != ErrorId.Cancelled)
        {
            return e;
        }
    }

    /// <summary>What clearing would do: which tables go, with how many rows, and what is applied afterwards. Changes nothing.</summary>
    /// <exception cref="MigrationException">As for <see cref="ClearAsync"/>, but for the loss, which is only counted.</exception>
    public async Task<ClearResult> PlanAsync(ClearRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new ClearRequest();
        var result = Prepare(wanted, cancellationToken).Result with { Outcome = MigrationOutcome.WhatIf };
        if (await OpenAsync(wanted, cancellationToken).ConfigureAwait(false) is not { } session)
            return result;
        await using var _ = session.ConfigureAwait(false);
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        return wanted.Turns.Begin(found.Identity, _context.Options.Service, target.Display)
            ? result
            : result with
            {
                Tables = await FindTablesAsync(session, found, wanted, cancellationToken).ConfigureAwait(false),
            };
    }

    /// <summary>
    /// Empties the database; then applies all migrations and runs the seed, where that is requested. The lock is held from the first to the
    /// last, so that no other run sees, or fills, a database that is only half built up.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DataLossRefused"/>: rows would go, and no one accepted that; <see
    /// cref="ErrorId.SeedRefused"/>; <see cref="ErrorId.ClearRefused"/>; the folder is bad, or the database refuses: then nothing was
    /// changed. Or a migration or the seed failed afterwards: then the database is empty up to it.</exception>
    public async Task<ClearResult> ClearAsync(ClearRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new ClearRequest();
        var clock = Stopwatch.StartNew();
        var prepared = Prepare(wanted, cancellationToken);
        var access = wanted.Apply is null ? SessionAccess.Write : SessionAccess.Create;
        var session = await _context.OpenAsync(access, cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = held.ConfigureAwait(false);
        var found = await session.History.FindAllAsync(cancellationToken).ConfigureAwait(false);
        var result = wanted.Turns.Begin(found.Identity, _context.Options.Service, target.Display)
            ? prepared.Result
            : await EmptyAsync(session, found, wanted, prepared.Result, cancellationToken).ConfigureAwait(false);
        result = await BuildAsync(session, wanted, prepared with { Result = result }, cancellationToken).ConfigureAwait(false);
        return result with { Duration = clock.Elapsed };
    }

    /// <summary>Reads and checks everything that runs afterwards: what cannot run stops the call while the database is as it was.</summary>
    private Prepared Prepare(ClearRequest request, CancellationToken cancellationToken)
    {
        var result = new ClearResult
        {
            Database = target.Display,
            Target = target,
            Service = _context.Options.Service,
            Path = source.Folder is { Length: > 0 } folder ? folder : null,
            Outcome = MigrationOutcome.Skipped,
        };
        var seed = ReadSeed(request, cancellationToken);
        if (request.Apply is null)
            return new Prepared(result, Folder: null, seed);
        var read = _context.ReadFolder(cancellationToken);
        var input = PlanningInputReader.Of(read, [], _context.Options);
        var plan = _context.WithHooks(ApplyPlanner.Plan(input, request.Apply), read, cancellationToken);
        _ = _context.Analyze(plan, input.History);
        return new Prepared(result with { Applied = [.. plan.Steps.Select(s => s.Migration.FullName)], Seed = seed?.Name }, read, seed);
    }

    private DatabaseScript? ReadSeed(ClearRequest request, CancellationToken cancellationToken)
    {
        if (!request.Seed)
            return null;
        if (request.Apply is null || source.Folder is not { Length: > 0 } folder)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Seed data runs after the migrations of a folder, and "
                    + (request.Apply is null ? "no migrations are to be applied." : "these migrations are not in a folder."),
                request.Apply is null
                    ? Advice.Of($"Use '{Call.Fresh.With(CallOption.Seed)}', or leave out the seed.")
                    : "Leave out the seed."
            );
        SeedData.Demand(request.IsProtected, request.Force, _context.Options.Environment);
        return DatabaseScript.OfFile(_context, Path.Combine(folder, DatabaseInitializer.SeedName), cancellationToken, ScriptPurpose.Seed);
    }

    /// <summary>Opens the database; null where it does not exist and is created by what follows.</summary>
    private async Task<IDatabaseSession?> OpenAsync(ClearRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _context.OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && request.Apply is not null && driver.Creator.IsImplicit)
        {
            return null;
        }
    }

    /// <summary>The lock is held.</summary>
    private async Task<ClearResult> EmptyAsync(
        IDatabaseSession session,
        FoundHistories found,
        ClearRequest request,
        ClearResult result,
        CancellationToken cancellationToken
    )
    {
        result = result with { Tables = await FindTablesAsync(session, found, request, cancellationToken).ConfigureAwait(false) };
        if (!request.AcceptDataLoss && result.IsLossy)
            throw Refused(result);
        var stayed = await session.ClearAsync(cancellationToken).ConfigureAwait(false);
        request.Turns.Done(found.Identity, _context.Options.Service);
        foreach (var line in stayed)
            _context.Warn($"Not cleared: {line}.");
        // The stamp is of the database, and only its row went.
        if (found.Stamp is { } stamp)
            _ = await _context.NewStampWriter().WriteAsync(session, stamp, CancellationToken.None).ConfigureAwait(false);
        return result with { Outcome = MigrationOutcome.Done, Stayed = stayed, Stamp = found.Stamp };
    }

    /// <summary>What goes, once it is sure that it may.</summary>
    private async Task<IReadOnlyList<ClearedTable>> FindTablesAsync(
        IDatabaseSession session,
        FoundHistories found,
        ClearRequest request,
        CancellationToken cancellationToken
    )
    {
        found.DemandReadable(target);
        // A stamped database is cleared only by a call that names its environment, whether that one asks or not.
        found.Demand(_context.Options.Stamp with { Protected = [.. found.Stamped.Select(h => h.Stamp!)] }, target);
        if (!request.Force)
            DemandForDevelopment(found);
        if (!request.IncludesOthers)
            new OtherHistories(_context, request).Demand(found);
        var content = await session.Inspector.ReadContentAsync(digests: false, cancellationToken).ConfigureAwait(false);
        var histories = found
            .All.Select(h => h.Display)
            .Append(_context.Options.Session.HistoryTable)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. content.Select(t => new ClearedTable(t.Table, t.Rows) { IsHistory = histories.Contains(t.Table) })];
    }

    private void DemandForDevelopment(FoundHistories found)
    {
        var expected = _context.Options.Stamp;
        if (found.Stamped.Select(h => h.Stamp!).FirstOrDefault(s => expected.Protected.Contains(s, StringComparer.Ordinal)) is { } stamp)
            throw new MigrationException(
                ErrorId.ClearRefused,
                $"{target.Display} is stamped as the database of '{expected.Environments.GetValueOrDefault(stamp, stamp)}', "
                    + "an environment that requires confirmation, and clearing is for development. Nothing was cleared.",
                $"Check which database this is. To clear it all the same, make a backup, and use {CallOption.Force}."
            );
    }

    private MigrationException Refused(ClearResult result) =>
        new(
            ErrorId.DataLossRefused,
            $"Clearing would permanently delete everything in {target.Display}:" + string.Concat(result.Losses().Select(l => "\n  " + l)),
            $"Make a backup, and accept the loss with {CallOption.AcceptDataLoss}. Nothing was cleared."
        );

    /// <summary>The lock is held.</summary>
    private async Task<ClearResult> BuildAsync(
        IDatabaseSession session,
        ClearRequest request,
        Prepared prepared,
        CancellationToken cancellationToken
    )
    {
        if (request.Apply is not { } apply)
            return prepared.Result;
        var run = new ProtectedRun(
            _context,
            new RunProtection(driver, target, _context.Options.Session, request: null, restoreOnFailure: false, acceptFaults: false),
            new RunCheck(_context, apply.Check)
        )
        {
            Access = SessionAccess.Create,
            SchemaFile = new SchemaFile(_context, apply.SchemaFile),
            Planner = input => ApplyPlanner.Plan(input, apply),
            AcceptsLoss = true,
        };
        var applied = await run.RunLockedAsync(session, prepared.Folder!, cancellationToken).ConfigureAwait(false);
        var seeded = prepared.Seed is { } seed
            ? await new ScriptOnce(_context, session, seed, marker: null) { AcceptsLoss = true }
                .RunLockedAsync(cancellationToken)
                .ConfigureAwait(false)
            : null;
        return prepared.Result with { Outcome = MigrationOutcome.Done, Applied = [.. applied.Select(r => r.Name)], Seed = seeded?.Name };
    }

    /// <summary>What was read and checked before anything was changed.</summary>
    /// <param name="Result">What would be done.</param>
    /// <param name="Folder">The migrations; null when none are applied.</param>
    /// <param name="Seed">The seed; null: none.</param>
    private sealed record Prepared(ClearResult Result, MigrationFolder? Folder, DatabaseScript? Seed);
}
