using System.Diagnostics;
using Migrations.Databases;
using Migrations.Tables;

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
    private SessionOptions Session => request.Session;

    /// <summary>Looks at both databases and says what a copy would do. Changes nothing.</summary>
    /// <exception cref="MigrationException">A database refuses or cannot be reached.</exception>
    public async Task<CopyForecast> ForecastAsync(CancellationToken cancellationToken)
    {
        var (from, to) = Providers();
        var destination = await to.OpenTargetAsync(target.Target, Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var origin = await from.OpenSourceAsync(source.Target, Session, cancellationToken).ConfigureAwait(false);
        await using var __ = origin.ConfigureAwait(false);
        return await ForecastAsync(origin, destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies, proves, and only then puts the tables in their places.</summary>
    /// <returns>One object for each table, and for each object that is not copied.</returns>
    /// <exception cref="MigrationException">
    /// <see cref="ErrorId.CopyRefused"/>, <see cref="ErrorId.CopyTargetOccupied"/>: something stands in the way, and nothing was written;
    /// <see cref="ErrorId.CopyUnequal"/>: what the target returned is not what was sent, and nothing was put in its place.
    /// </exception>
    public async Task<IReadOnlyList<TableCopy>> RunAsync(CancellationToken cancellationToken)
    {
        var (from, to) = Providers();
        var destination = await to.OpenTargetAsync(target.Target, Session with { Access = SessionAccess.Create }, cancellationToken)
            .ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var origin = await from.OpenSourceAsync(source.Target, Session, cancellationToken).ConfigureAwait(false);
        await using var __ = origin.ConfigureAwait(false);
        var forecast = await ForecastAsync(origin, destination, cancellationToken).ConfigureAwait(false);
        CopyObstacles.Demand(forecast, target.Target);
        var rejects = new RejectFile(request.RejectFile);
        await using var ___ = rejects.ConfigureAwait(false);
        var tables = await destination.BeginAsync(cancellationToken).ConfigureAwait(false);
        forecast = forecast with { Plan = forecast.Plan! with { Tables = tables } };
        var copies = await CopyAsync(origin, destination, tables, rejects, cancellationToken).ConfigureAwait(false);
        var refused = await destination.FinishAsync(cancellationToken).ConfigureAwait(false);
        var results = await ProveAsync(origin, destination, forecast, copies, cancellationToken).ConfigureAwait(false);
        await destination.PublishAsync(cancellationToken).ConfigureAwait(false);
        return CopyResults.With(results, refused);
    }

    /// <summary>What is missing in a copy whose rows are equal, because the target has refused it; null where nothing is.</summary>
    /// <param name="results">What <see cref="RunAsync"/> has returned.</param>
    public static MigrationException? FindFault(IReadOnlyList<TableCopy> results) => CopyObstacles.Incomplete(results);

    private (ICopyProvider From, ICopyProvider To) Providers() =>
        string.Equals(source.Driver.Engine, target.Driver.Engine, StringComparison.Ordinal)
            ? throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{source.Target.Display} and {target.Target.Display} are both {source.Driver.Engine}: a copy goes from one "
                    + "engine to another.",
                "Copy within an engine with a backup and a restore: migrations backup, migrations restore."
            )
            : ((ICopyProvider)source.Driver, (ICopyProvider)target.Driver);

    private async Task<CopyForecast> ForecastAsync(ICopySource origin, ICopyTarget destination, CancellationToken cancellationToken)
    {
        var plan = await origin
            .PlanAsync(request.Scope with { Rejects = request.RejectFile is not null }, cancellationToken)
            .ConfigureAwait(false);
        var planned = await destination.PlanAsync(plan, request.Recreates, cancellationToken).ConfigureAwait(false);
        return CopyResults.Forecast(plan, planned, source.Target, target.Target);
    }

    private async Task<Dictionary<string, Copied>> CopyAsync(
        ICopySource origin,
        ICopyTarget destination,
        IReadOnlyList<CopyTable> tables,
        RejectFile rejects,
        CancellationToken cancellationToken
    )
    {
        var progress = new CopyProgress(Session.Events, tables.Sum(t => t.Rows));
        var copies = new Dictionary<string, Copied>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            var clock = Stopwatch.StartNew();
            var before = rejects.Rows;
            var rows = new RowRequest(table.Name, [.. table.Stored.Select(c => new ReadColumn(c.Name, c.Type))])
            {
                Rejected = request.RejectFile is null ? null : rejects.Add,
            };
            var reader = await origin.ReadAsync(rows, cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var writer = await destination.WriteAsync(table, cancellationToken).ConfigureAwait(false);
            await using var __ = writer.ConfigureAwait(false);
            var activity = $"Copying {table.Name} ({copies.Count + 1} of {tables.Count})";
            var digest = await RowPump
                .RunAsync(reader, writer.WriteAsync, d => progress.Report(activity, d.Rows), cancellationToken)
                .ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            progress.Finish(table.Rows);
            copies.Add(table.Name, new Copied(digest, rejects.Rows - before, clock.Elapsed));
        }

        return copies;
    }

    private async Task<List<TableCopy>> ProveAsync(
        ICopySource origin,
        ICopyTarget destination,
        CopyForecast forecast,
        Dictionary<string, Copied> copies,
        CancellationToken cancellationToken
    )
    {
        var plan = forecast.Plan!;
        var progress = new CopyProgress(Session.Events, copies.Values.Sum(c => c.Digest.Rows));
        var results = new List<TableCopy>();
        foreach (var table in plan.Tables)
        {
            ReadColumn[] columns = [.. table.Columns.Select(c => new ReadColumn(c.Name, c.Type))];
            var activity = $"Proving {table.Name} ({results.Count + 1} of {plan.Tables.Count})";
            var (sent, rejected, duration) = copies[table.Name];
            // What the target computes itself was not sent, and is read again.
            if (table.Columns.Any(c => c.Generated is not null))
                sent = await DigestAsync(
                        await origin.ReadAsync(Again(table, columns), cancellationToken).ConfigureAwait(false),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            var reader = await destination.ReadBackAsync(table, columns, cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var found = await RowPump.DigestAsync(reader, d => progress.Report(activity, d.Rows), cancellationToken).ConfigureAwait(false);
            progress.Finish(found.Rows);
            results.Add(CopyResults.Proven(forecast, table, sent, found, rejected, duration));
        }

        var differing = await destination.VerifyAsync(cancellationToken).ConfigureAwait(false);
        CopyObstacles.DemandEqual(results, differing, target.Target);
        return
        [
            .. results,
            .. forecast
                .Tables.Where(t => t.Kind is "view" && t.Outcome == CopyOutcome.WhatIf)
                .Select(v => v with { Outcome = CopyOutcome.Copied }),
            .. forecast.Tables.Where(t => t.Outcome == CopyOutcome.LeftOut),
        ];
    }

    // The rows that were left out are in the file already.
    private RowRequest Again(CopyTable table, IReadOnlyList<ReadColumn> columns) =>
        new(table.Name, columns) { Rejected = request.RejectFile is null ? null : static _ => { } };

    private static async Task<TableDigest> DigestAsync(IRowReader reader, CancellationToken cancellationToken)
    {
        await using var _ = reader.ConfigureAwait(false);
        return await RowPump.DigestAsync(reader, _ => { }, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Copied(TableDigest Digest, long Rejected, TimeSpan Duration);
}
