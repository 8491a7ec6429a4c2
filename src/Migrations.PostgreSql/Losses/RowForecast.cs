using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Follows what the statements of a script change of rows.</summary>
/// <param name="connection">The connection, in a transaction.</param>
/// <param name="question">What is asked.</param>
/// <param name="earlier">What the scripts before it change.</param>
/// <param name="state">What the script has done until here.</param>
internal sealed class RowForecast(
    PostgreSqlConnection connection,
    LossForecastRequest question,
    EarlierScripts earlier,
    ForecastState state
)
{
    private IReadOnlyList<ActingKey>? _keys;

    /// <summary>Follows a part of a statement.</summary>
    public async Task FollowPartAsync(string part, int line, CancellationToken cancellationToken)
    {
        if (RowChange.Read(ForecastState.Dialect, part) is { } change)
            await FollowAsync(change, line, cancellationToken).ConfigureAwait(false);
        else if (Upsert.Read(ForecastState.Dialect, part) is { } upsert)
            await FollowAsync(upsert, line, cancellationToken).ConfigureAwait(false);
        else if (MergeChanges.Read(ForecastState.Dialect, part) is { } merge)
        {
            foreach (var of in merge.Changes)
                await FollowAsync(of, line, cancellationToken).ConfigureAwait(false);
            if (merge.ChangesOthers)
                state.Losses.NotForeseen(line, $"changes rows of {merge.Table} that do not match, which cannot be counted");
        }
    }

    private async Task FollowAsync(Upsert upsert, int line, CancellationToken cancellationToken)
    {
        var name = SqlNames.Written(upsert.Table);
        if (AsksAboutView(name, "overwrites", line))
            return;
        if (await state.Names.TableAsync(name, cancellationToken).ConfigureAwait(false) is not { } table)
        {
            AddUnknown(name, line);
            return;
        }

        var item = await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false);
        var columns = await Dependants.ColumnsAsync(connection, item, cancellationToken).ConfigureAwait(false);
        var change = upsert.Change([.. columns.Select(c => c.Column!)], [], "OPERATOR(pg_catalog.=)", SqlNames.Plain);
        var rows =
            change is null || state.Writes.MayChange(change)
                ? null
                : await state
                    .Counter.CountAsync(() => new RowCount(connection).CountAsync(change, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
        if (rows is null)
            state.Losses.NotForeseen(line, $"overwrites rows of {item.Name} that are there already; how many cannot be counted");
        else
            state.Losses.Add(item, new DataLoss(DataLossKind.Overwritten, item.Name, rows, IsEstimate: false, line));
        if (change is not null && rows is not 0)
            await AddCascadesAsync(change, item, line, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Follows a DELETE or an UPDATE.</summary>
    public async Task FollowAsync(RowChange change, int line, CancellationToken cancellationToken)
    {
        if (question.Direction == MigrationDirection.Up)
        {
            if (change.IsDelete)
                state.Losses.NotForeseen(line, $"deletes rows of {change.Table}, which were not counted");
            return;
        }

        var name = SqlNames.Written(change.Table);
        if (AsksAboutView(name, change.IsDelete ? "deletes" : "overwrites", line))
            return;
        if (state.Attached.Of(name).Count > 0)
            state.Losses.NotForeseen(line, $"changes rows of tables that were made parts of {change.Table}, which cannot be counted");
        var kind =
            !change.IsDelete ? DataLossKind.Overwritten
            : change.IsConditional ? DataLossKind.Deleted
            : DataLossKind.Rows;
        if (await state.Names.TableAsync(name, cancellationToken).ConfigureAwait(false) is { } table)
        {
            var item = await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false);
            var rows = MayBeOthers(change)
                ? null
                : await state
                    .Counter.CountAsync(() => new RowCount(connection).CountAsync(change, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            state.Losses.Add(item, new DataLoss(kind, item.Name, rows, IsEstimate: false, line));
            if (rows is not 0)
                await AddCascadesAsync(change, item, line, cancellationToken).ConfigureAwait(false);
        }
        else if (state.Carried.HoldsRows(name))
        {
            state.Carried.Change(
                name,
                line,
                $"{(change.IsDelete ? "deletes" : "overwrites")} rows that the script has copied to {change.Table}, which cannot be counted"
            );
        }
        else if (change.IsDelete && !state.Names.IsMade(name))
        {
            state.Losses.NotForeseen(line, $"deletes rows of {change.Table}, which is not there now");
        }
        else if (!change.IsDelete)
        {
            AddUnknown(name, line);
        }
    }

    /// <summary>What a table holds that is not there under its name now is overwritten, as far as the script did not make it.</summary>
    private void AddUnknown(string name, int line)
    {
        if (state.Names.IsMade(name))
            return;
        var shown = LossReader.Shown(name);
        state.Losses.Add(
            new Dependant(0, 0, shown, null, false, false),
            new DataLoss(DataLossKind.Overwritten, shown, Rows: null, IsEstimate: false, line)
        );
    }

    /// <summary>Whether rows are changed through a view that the script makes, or an earlier one: how many, no one can look up.</summary>
    private bool AsksAboutView(string name, string what, int line)
    {
        if (!state.Views.Contains(SqlNames.PlainLast(name)) && !earlier.Make(question.Before, PlanNames.Through(name)))
            return false;
        state.Losses.NotForeseen(
            line,
            $"{what} rows through {LossReader.Shown(name)}, a view that is made before; how many cannot be counted"
        );
        return true;
    }

    /// <summary>
    /// Rows that change along are counted as they are now; those of a table that the script has emptied itself are named already.
    /// </summary>
    public async Task AddCascadesAsync(RowChange change, Dependant table, int line, CancellationToken cancellationToken)
    {
        _keys ??= await ActingKeys.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var ways = change.IsDelete
            ? ActingKey.From(table.Name, _keys, StringComparer.Ordinal)
            : ActingKey.FromColumns(table.Name, change.Assigned, _keys, StringComparer.Ordinal, SqlNames.Plain);
        foreach (var way in ways)
        {
            var child = way[^1].Child;
            if (state.Losses.Covers(way))
                continue;
            var query = change.CountQuery("pg_catalog.count(*)", way, "OPERATOR(pg_catalog.=)");
            var rows = MayBeOthers(change)
                ? null
                : await state
                    .Counter.CountAsync(() => new RowCount(connection).CountAsync(query, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            if (ActingKey.IsRound(way, StringComparer.Ordinal) && rows > 0)
                rows = null;
            if (rows is not 0)
                state.Losses.Add(table with { Name = child }, Loss(change, way, rows, line));
        }
    }

    /// <summary>Whether the rows that a change finds may be others by then than now.</summary>
    private bool MayBeOthers(RowChange change) => state.Writes.MayChange(change) || earlier.WritesOf(question.Before).MayChange(change);

    private static DataLoss Loss(RowChange change, IReadOnlyList<ActingKey> way, long? rows, int line) =>
        new(
            change.IsDelete && way[^1].Cascades ? DataLossKind.Cascaded : DataLossKind.Overwritten,
            way[^1].Child,
            rows,
            IsEstimate: false,
            line
        );
}
