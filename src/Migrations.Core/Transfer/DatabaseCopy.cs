using Migrations.Databases;

namespace Migrations.Transfer;

/// <summary>
/// Copies the tables of a database into a database of another engine, and proves the copy: what the target returns has the same count and
/// digest, table by table, as what the source gave. The target gets all of it, in one transaction at the end, or nothing.
/// </summary>
/// <param name="source">The database to copy, and its driver.</param>
/// <param name="target">The database to copy into, and its driver.</param>
/// <param name="request">What is copied.</param>
public sealed class DatabaseCopy(
    (IDatabaseDriver Driver, DatabaseTarget Target) source,
    (IDatabaseDriver Driver, DatabaseTarget Target) target,
    CopyRequest request
)
{
    private readonly MappedPlan _mapped = new(request.Mapping);

    private SessionOptions Session => request.Session;

    /// <summary>Looks at both databases and says what a copy would do. Changes nothing.</summary>
    /// <exception cref="MigrationException">A database refuses or cannot be reached.</exception>
    public async Task<CopyForecast> ForecastAsync(CancellationToken cancellationToken)
    {
        var (from, to) = Providers();
        if (Rows((from, to)) is { } rows)
            return await rows.ForecastAsync(cancellationToken).ConfigureAwait(false);
        var destination = await to.OpenTargetAsync(target.Target, Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var origin = await from.OpenSourceAsync(source.Target, Session, request.ThrottleLimit, cancellationToken).ConfigureAwait(false);
        await using var __ = origin.ConfigureAwait(false);
        return (await ForecastAsync(origin, destination, cancellationToken).ConfigureAwait(false)).Forecast;
    }

    /// <summary>Copies, proves, and only then puts the tables in their places.</summary>
    /// <returns>One object for each table, and for each object that is not copied.</returns>
    /// <exception cref="MigrationException">
    /// <see cref="ErrorId.CopyRefused"/>, <see cref="ErrorId.CopyTargetOccupied"/>: something stands in the way, and nothing was written;
    /// <see cref="ErrorId.StampDiffers"/>: tables would be dropped in a database of another environment; <see
    /// cref="ErrorId.CopyUnequal"/>: what the target returned is not what was sent, and nothing was put in its place.
    /// </exception>
    public async Task<IReadOnlyList<TableCopy>> RunAsync(CancellationToken cancellationToken)
    {
        var providers = Providers();
        var stamp = new TargetStamp(target, request.Stamp, Session);
        await stamp.ReadAsync(request.Recreates, cancellationToken).ConfigureAwait(false);
        var results = await CopyAsync(providers, cancellationToken).ConfigureAwait(false);
        await stamp.WriteAsync(cancellationToken).ConfigureAwait(false);
        return results;
    }

    private async Task<IReadOnlyList<TableCopy>> CopyAsync(
        (ICopyProvider From, ICopyProvider To) providers,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = providers;
        if (Rows(providers) is { } rows)
            return await rows.RunAsync(cancellationToken).ConfigureAwait(false);
        var destination = await to.OpenTargetAsync(target.Target, Session with { Access = SessionAccess.Create }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var origin = await from.OpenSourceAsync(source.Target, Session, request.ThrottleLimit, cancellationToken).ConfigureAwait(false);
        await using var __ = origin.ConfigureAwait(false);
        var (forecast, history) = await ForecastAsync(origin, destination, cancellationToken).ConfigureAwait(false);
        CopyObstacles.Demand(forecast, target.Target);
        var rejects = new RejectFile(request.RejectFile);
        await using var ___ = rejects.ConfigureAwait(false);
        var tables = await destination.BeginAsync(cancellationToken).ConfigureAwait(false);
        List<TableMove> moves = [.. forecast.Plan!.Tables.Zip(tables, TableMove.Of)];
        var transfer = new TableTransfer(origin, request, rejects)
        {
            Tables = await destination.WidenAsync(Math.Min(request.ThrottleLimit, moves.Count), cancellationToken).ConfigureAwait(false),
        };
        var sent = await transfer.CopyAsync(moves, destination.WriteAsync, cancellationToken).ConfigureAwait(false);
        var refused = await destination.FinishAsync(cancellationToken).ConfigureAwait(false);
        var results = await ProveAsync(transfer, destination, forecast, moves, sent, cancellationToken).ConfigureAwait(false);
        await destination.PublishAsync(history, cancellationToken).ConfigureAwait(false);
        return CopyResults.With(results, [.. refused.Select(l => _mapped.InSource(l, forecast.Plan!.Tables))]);
    }

    /// <summary>What is missing in a copy whose rows are equal, because the target has refused it; null where nothing is.</summary>
    /// <param name="results">What <see cref="RunAsync"/> has returned.</param>
    public static MigrationException? FindFault(IReadOnlyList<TableCopy> results) => CopyObstacles.Incomplete(results);

    /// <summary>The copy of rows alone; null where the tables are those of the source.</summary>
    private RowsCopy? Rows((ICopyProvider From, ICopyProvider To) providers)
    {
        if (request.Folder is not { } folder)
            return null;
        return request.Scope.FullTexts.Count == 0
            ? new RowsCopy((source.Target, providers.From), (target, providers.To), request, folder)
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "The tables are those that the migrations make: no column for a full-text search is added to them.",
                $"Leave out {CallOption.FullText}, and add the column and its index in a migration."
            );
    }

    private (ICopyProvider From, ICopyProvider To) Providers() =>
        string.Equals(source.Driver.Engine, target.Driver.Engine, StringComparison.Ordinal)
            ? throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{source.Target.Display} and {target.Target.Display} are both {source.Driver.Engine}: a copy goes from one "
                    + "engine to another.",
                $"Copy within an engine with a backup and a restore: {Call.Backup}, {Call.Restore}."
            )
            : ((ICopyProvider)source.Driver, (ICopyProvider)target.Driver);

    private async Task<(CopyForecast Forecast, CarriedHistory? History)> ForecastAsync(
        ICopySource origin,
        ICopyTarget destination,
        CancellationToken cancellationToken
    )
    {
        if (!request.Mapping.IsEmpty)
            request.Mapping.Demand(await origin.ListAsync(request.Scope, cancellationToken).ConfigureAwait(false));
        var plan = await origin
            .PlanAsync(request.Mapping.Typed(request.Scope) with { Rejects = request.RejectFile is not null }, cancellationToken)
            .ConfigureAwait(false);
        plan = plan with { Tables = _mapped.WithReasons(plan.Tables) };
        var planned = await destination.PlanAsync(_mapped.Of(plan), request.Recreates, cancellationToken).ConfigureAwait(false);
        planned = planned with { LeftOut = [.. planned.LeftOut.Select(l => _mapped.InSource(l, plan.Tables))] };
        var history = await new SourceHistory(source, target, Session).FindAsync(cancellationToken).ConfigureAwait(false);
        var forecast = CopyResults.Forecast(plan, planned, source.Target, target.Target);
        return (history is null ? forecast : CopyResults.WithHistory(forecast, history, Session.HistoryTable), history);
    }

    private async Task<IReadOnlyList<TableCopy>> ProveAsync(
        TableTransfer transfer,
        ICopyTarget destination,
        CopyForecast forecast,
        IReadOnlyList<TableMove> moves,
        Dictionary<string, SentTable> sent,
        CancellationToken cancellationToken
    )
    {
        var found = await transfer.ReadBackAsync(moves, sent, destination.ReadBackAsync, cancellationToken).ConfigureAwait(false);
        var results = found.Select(f => CopyResults.Proven(forecast, f.Move.Source, f.Sent, f.Found)).ToList();
        var differing = await destination.VerifyAsync(cancellationToken).ConfigureAwait(false);
        CopyObstacles.DemandEqual(results, differing, target.Target);
        return
        [
            .. results,
            .. forecast
                .Tables.Where(t => t.Kind is "view" or CopyResults.History && t.Outcome == CopyOutcome.WhatIf)
                .Select(v => v with { Outcome = CopyOutcome.Copied }),
            .. forecast.Tables.Where(t => t.Outcome == CopyOutcome.LeftOut),
        ];
    }
}
