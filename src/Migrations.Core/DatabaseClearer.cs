using System.Diagnostics;
using Migrations.Databases;
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

    /// <summary>What clearing would do: which tables go, with how many rows, and what is applied afterwards. Changes nothing.</summary>
    /// <exception cref="MigrationException">As for <see cref="ClearAsync"/>, but for the loss, which is only counted.</exception>
    public async Task<ClearResult> PlanAsync(ClearRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new ClearRequest();
        var result = Prepare(wanted, cancellationToken) with { Outcome = MigrationOutcome.WhatIf };
        if (wanted.IsCleared || await OpenAsync(SessionAccess.Read, wanted, cancellationToken).ConfigureAwait(false) is not { } session)
            return result;
        await using (session.ConfigureAwait(false))
            return result with { Tables = await FindTablesAsync(session, wanted, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Empties the database; then applies all migrations, where that is requested.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DataLossRefused"/>: rows would go, and no one accepted that; the folder is
    /// bad, or the database refuses: then nothing was changed. Or a migration failed afterwards: then the database is empty up to
    /// it.</exception>
    public async Task<ClearResult> ClearAsync(ClearRequest? request = null, CancellationToken cancellationToken = default)
    {
        var wanted = request ?? new ClearRequest();
        var clock = Stopwatch.StartNew();
        var result = Prepare(wanted, cancellationToken);
        if (!wanted.IsCleared && await OpenAsync(SessionAccess.Write, wanted, cancellationToken).ConfigureAwait(false) is { } session)
        {
            await using (session.ConfigureAwait(false))
                result = await EmptyAsync(session, wanted, result, cancellationToken).ConfigureAwait(false);
            // The stamp is of the database, and only its row went.
            if (result.Stamp is { } stamp)
                _ = await new Migrator(driver, target, source, _context.Options).StampAsync(stamp, cancellationToken).ConfigureAwait(false);
        }

        return await BuildAsync(wanted, result, cancellationToken).ConfigureAwait(false) with
        {
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Reads and checks everything that runs afterwards: what cannot run stops the call while the database is as it was.</summary>
    private ClearResult Prepare(ClearRequest request, CancellationToken cancellationToken)
    {
        var result = new ClearResult
        {
            Database = target.Display,
            Target = target,
            Service = _context.Options.Service,
            Path = source.Folder is { Length: > 0 } folder ? folder : null,
            Outcome = MigrationOutcome.Skipped,
        };
        if (request.Apply is null)
            return result;
        var read = _context.ReadFolder(cancellationToken);
        var input = PlanningInputReader.Of(read, [], _context.Options);
        var plan = _context.WithHooks(ApplyPlanner.Plan(input, request.Apply), read, cancellationToken);
        _ = _context.Analyze(plan, input.History);
        return result with { Applied = [.. plan.Steps.Select(s => s.Migration.FullName)] };
    }

    /// <summary>Opens the database; null where it does not exist and is created by what follows.</summary>
    private async Task<IDatabaseSession?> OpenAsync(SessionAccess access, ClearRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _context.OpenAsync(access, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseMissing && request.Apply is not null && driver.Creator.IsImplicit)
        {
            return null;
        }
    }

    private async Task<ClearResult> EmptyAsync(
        IDatabaseSession session,
        ClearRequest request,
        ClearResult result,
        CancellationToken cancellationToken
    )
    {
        var held = await session.LockAsync(cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            var history = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
            result = result with { Stamp = HistoryView.StampIn(history) };
            result = result with { Tables = await FindTablesAsync(session, request, cancellationToken).ConfigureAwait(false) };
            if (!request.AcceptDataLoss && result.IsLossy)
                throw Refused(result);
            var stayed = await session.ClearAsync(cancellationToken).ConfigureAwait(false);
            foreach (var line in stayed)
                _context.Warn($"Not cleared: {line}.");
            return result with { Outcome = MigrationOutcome.Done, Stayed = stayed };
        }
    }

    /// <summary>What goes, once it is sure that it may.</summary>
    private async Task<IReadOnlyList<ClearedTable>> FindTablesAsync(
        IDatabaseSession session,
        ClearRequest request,
        CancellationToken cancellationToken
    )
    {
        var journal = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        DemandStamp(HistoryView.StampIn(journal));
        DemandNoOthers(journal, request);
        var content = await session.Inspector.ReadContentAsync(digests: false, cancellationToken).ConfigureAwait(false);
        var history = _context.Options.Session.HistoryTable;
        return
        [
            .. content.Select(t => new ClearedTable(t.Table, t.Rows)
            {
                IsHistory =
                    string.Equals(t.Table, history, StringComparison.OrdinalIgnoreCase)
                    || t.Table.EndsWith("." + history, StringComparison.OrdinalIgnoreCase),
            }),
        ];
    }

    /// <summary>A stamped database is cleared only by a call that names its environment, whether that one asks or not.</summary>
    private void DemandStamp(string? stamp)
    {
        if (stamp is not null)
            (_context.Options.Stamp with { Protected = [stamp] }).Demand(stamp, target.Display);
    }

    /// <summary>What other services have in the database would go too.</summary>
    private void DemandNoOthers(IReadOnlyList<JournalEntry> history, ClearRequest request)
    {
        if (request.Services.Count == 0)
            return;
        var others = history
            .Select(e => e.Service)
            .OfType<string>()
            .Except(request.Services, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{target.Display} is also the database of {string.Join(", ", others)}, and clearing it takes away everything "
                    + "that is in it. "
                    + "Nothing was cleared.",
                $"Name all services that share it: --service {string.Join(',', request.Services.Concat(others))}."
            );
        }
    }

    private MigrationException Refused(ClearResult result) =>
        new(
            ErrorId.DataLossRefused,
            $"Clearing would permanently delete everything in {target.Display}:" + string.Concat(result.Losses().Select(l => "\n  " + l)),
            "Make a backup, and accept the loss with --accept-data-loss. Nothing was cleared."
        );

    private async Task<ClearResult> BuildAsync(ClearRequest request, ClearResult result, CancellationToken cancellationToken)
    {
        if (request.Apply is not { } apply)
            return result;
        var applied = await new Migrator(driver, target, source, _context.Options)
            .ApplyAsync(apply, cancellationToken)
            .ConfigureAwait(false);
        return result with { Outcome = MigrationOutcome.Done, Applied = [.. applied.Select(r => r.Name)] };
    }
}
