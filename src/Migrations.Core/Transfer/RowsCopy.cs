using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// Copies rows into tables that the target's own migrations make. What is pending of them runs, the rows are copied and proven, all in one
/// transaction: the target gets all of it, or nothing.
/// </summary>
/// <param name="source">The database to copy, and its driver.</param>
/// <param name="target">The database to copy into, and its driver.</param>
/// <param name="request">What is copied.</param>
/// <param name="folder">The target's migrations.</param>
internal sealed class RowsCopy(
    (DatabaseTarget Database, ICopyProvider Driver) source,
    ((IDatabaseDriver Driver, DatabaseTarget Database) Side, ICopyProvider Driver) target,
    CopyRequest request,
    TargetFolder folder
)
{
    // Hooks of a whole run commit by themselves.
    private readonly RunContext _context = new(
        target.Side.Driver,
        target.Side.Database,
        folder.Migrations,
        folder.Options with
        {
            Session = request.Session,
            Folder = folder.Options.Folder with { NoHooks = true },
        }
    );

    private static readonly ApplyRequest Together = new() { TransactionMode = TransactionMode.All };

    /// <summary>Says what a copy would do. Changes nothing.</summary>
    public async Task<CopyForecast> ForecastAsync(CancellationToken cancellationToken)
    {
        var origin = await source
            .Driver.OpenSourceAsync(source.Database, request.Session, request.ThrottleLimit, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var pending = await PendingAsync(cancellationToken).ConfigureAwait(false);
        if (pending.Count > 0)
            return await ForecastPendingAsync(origin, pending, cancellationToken).ConfigureAwait(false);
        var destination = await OpenAsync(SessionAccess.Read, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        var tables = await destination.ListAsync(cancellationToken).ConfigureAwait(false);
        return (
            await PlanAsync(origin, tables, [.. tables.Where(t => t.HasRows)], begin: null, cancellationToken).ConfigureAwait(false)
        ).Forecast;
    }

    /// <summary>Copies.</summary>
    public async Task<IReadOnlyList<TableCopy>> RunAsync(CancellationToken cancellationToken)
    {
        var read = _context.ReadFolder(cancellationToken);
        var destination = await OpenAsync(SessionAccess.Create, cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var origin = await source
            .Driver.OpenSourceAsync(source.Database, request.Session, request.ThrottleLimit, cancellationToken)
            .ConfigureAwait(false);
        await using var __ = origin.ConfigureAwait(false);
        var rejects = new RejectFile(request.RejectFile);
        await using var ___ = rejects.ConfigureAwait(false);
        // Rows that the pending migrations bring are in tables that are new, or in those that are empty now: the source's take their
        // places.
        var before = await destination.ListAsync(cancellationToken).ConfigureAwait(false);
        var occupied = before.Where(t => t.HasRows).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<TableCopy>? results = null;
        await RunAsync(destination.Session, read, FillAsync, cancellationToken).ConfigureAwait(false);
        await destination.PublishAsync(cancellationToken).ConfigureAwait(false);
        return results!;

        async Task FillAsync(CancellationToken token) =>
            results = await CopyAsync(origin, destination, new TableTransfer(origin, request, rejects), occupied, token)
                .ConfigureAwait(false);
    }

    /// <summary>Runs what is pending, and fills the tables in the same transaction.</summary>
    private async Task RunAsync(
        IDatabaseSession session,
        MigrationFolder read,
        Func<CancellationToken, Task> fill,
        CancellationToken cancellationToken
    )
    {
        var turn = new RunTurn(_context, input => ApplyPlanner.Plan(input, Together), session, read);
        if (
            await turn.IsAnythingToDoAsync(cancellationToken).ConfigureAwait(false)
            && await turn.PlanAsync(cancellationToken).ConfigureAwait(false) is { } planned
        )
        {
            var run = new MigrationRun(
                session,
                target.Side.Driver.Dialect,
                target.Side.Database,
                _context.NewRecorder(),
                _context.Options,
                planned.History
            )
            {
                Mirror = await StepMirror.FindAsync(session.Foreign, planned.History, cancellationToken).ConfigureAwait(false),
                Concluding = fill,
            };
            await run.RunAsync(planned.Plan, planned.Analyses, cancellationToken).ConfigureAwait(false);
            return;
        }

        var transaction = await session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        await fill(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<TableCopy>> CopyAsync(
        ICopySource origin,
        IRowTarget destination,
        TableTransfer transfer,
        HashSet<string> occupied,
        CancellationToken cancellationToken
    )
    {
        var tables = await destination.ListAsync(cancellationToken).ConfigureAwait(false);
        var (forecast, match) = await PlanAsync(
                origin,
                tables,
                [.. tables.Where(t => occupied.Contains(t.Name))],
                destination.BeginAsync,
                cancellationToken
            )
            .ConfigureAwait(false);
        CopyObstacles.Demand(forecast, target.Side.Database);
        var moves = match.Moves(forecast.Plan!.Tables);
        var sent = await transfer.CopyAsync(moves, destination.WriteAsync, cancellationToken).ConfigureAwait(false);
        var broken = await destination.FinishAsync([.. moves.Select(m => m.Target)], cancellationToken).ConfigureAwait(false);
        CopyObstacles.DemandKept(broken, target.Side.Database);
        var found = await transfer.ReadBackAsync(moves, sent, destination.ReadBackAsync, cancellationToken).ConfigureAwait(false);
        var results = found.Select(f => CopyResults.Proven(forecast, f.Move.Source, f.Sent, f.Found)).ToList();
        CopyObstacles.DemandEqual(results, [], target.Side.Database);
        return [.. results, .. forecast.Tables.Where(t => t.Outcome == CopyOutcome.LeftOut)];
    }

    /// <summary>Compares the two forms, and looks whether every value fits.</summary>
    private async Task<(CopyForecast Forecast, FormMatch Match)> PlanAsync(
        ICopySource origin,
        IReadOnlyList<RowTable> tables,
        IReadOnlyList<RowTable> occupied,
        Func<IReadOnlyList<RowTable>, CancellationToken, Task>? begin,
        CancellationToken cancellationToken
    )
    {
        var listed = await origin.ListAsync(request.Scope, cancellationToken).ConfigureAwait(false);
        request.Mapping.Demand(listed);
        var match = new FormMatch(listed, tables, request.Mapping);
        CopyObstacles.DemandAlike(match.Obstacles, target.Side.Database, folder.Migrations.Name);
        List<RowTable> filled = [.. occupied.Intersect(match.Targets)];
        if (begin is not null && (request.Recreates || filled.Count == 0))
            await begin(match.Targets, cancellationToken).ConfigureAwait(false);
        var plan = await origin
            .PlanAsync(
                match.Typed(request.Mapping.Typed(request.Scope)) with
                {
                    Rejects = request.RejectFile is not null,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var planned = match.Describe(
            [],
            request.Recreates
                ? []
                : [.. filled.Select(t => new CopyObstacle(t.Name, Column: null, $"{t.Shown} is not empty", [], Rows: null))],
            request.Recreates ? [.. filled.Select(t => t.Shown)] : []
        );
        // Keys, indexes and views are the target's own.
        var rows = new CopyPlan { Tables = plan.Tables, Obstacles = plan.Obstacles };
        return (CopyResults.Forecast(rows, planned, source.Database, target.Side.Database), match);
    }

    /// <summary>The statements of the migrations that would run.</summary>
    private async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken)
    {
        var read = _context.ReadFolder(cancellationToken);
        var session = await _context.OpenIfExistsAsync(cancellationToken).ConfigureAwait(false);
        PlanningInput input;
        if (session is null)
        {
            input = PlanningInputReader.Of(read, [], _context.Options);
        }
        else
        {
            await using var _ = session.ConfigureAwait(false);
            input = await _context.ReadInputAsync(session, read, cancellationToken).ConfigureAwait(false);
        }

        var plan = ApplyPlanner.Plan(input, Together);
        _ = _context.Analyze(plan, input.History);
        return [.. plan.Steps.SelectMany(s => target.Side.Driver.Dialect.Split(s.Script)).Select(s => s.Text)];
    }

    private async Task<CopyForecast> ForecastPendingAsync(
        ICopySource origin,
        IReadOnlyList<string> statements,
        CancellationToken cancellationToken
    )
    {
        request.Session.Events.Publish(
            new WarningRaised(
                $"Migrations of {folder.Migrations.Name} are pending in {target.Side.Database.Display}. Its tables are compared with the "
                    + "source when these have run; nothing of that was looked at."
            )
        );
        var tables = await origin.ListAsync(request.Scope, cancellationToken).ConfigureAwait(false);
        return new CopyForecast(
            [
                .. tables.Select(t => new TableCopy
                {
                    Source = source.Database.Display,
                    Database = target.Side.Database.Display,
                    Table = t.Name,
                    Outcome = CopyOutcome.WhatIf,
                }),
            ],
            statements,
            [],
            []
        );
    }

    private Task<IRowTarget> OpenAsync(SessionAccess access, CancellationToken cancellationToken) =>
        target.Driver.OpenRowsAsync(target.Side.Database, request.Session with { Access = access }, cancellationToken);
}
