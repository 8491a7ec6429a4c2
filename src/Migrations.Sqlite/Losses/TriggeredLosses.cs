using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Finds what is lost because a statement fires triggers.</summary>
/// <param name="state">What has been found.</param>
/// <param name="triggers">The triggers.</param>
/// <param name="counter">Counts rows.</param>
internal sealed class TriggeredLosses(ForecastState state, TriggerForecast triggers, LossCounter counter)
{
    /// <summary>Finds it.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="target">The table or view of an INSERT or a DELETE.</param>
    /// <param name="counted">How many losses were counted before it.</param>
    public void Find(ScriptStatement statement, string? target, int counted)
    {
        var change = RowChange.Read(SqliteDialect.Instance, statement.Text);
        target ??= change is null ? null : new SqliteTokenCursor(SqliteTokenCursor.Read(change.Table)).TakeName();
        if (target is null || triggers.Fired.IsEmpty)
            return;
        var names = SqliteTokenCursor.Read(statement.Text).Select(t => SqliteNames.Fold(t.Name)).ToHashSet(StringComparer.Ordinal);
        var isView = !state.Tables.ContainsKey(target);
        var findsRows = isView || FindsRows(target, change, counted);
        RowWriteKind[] kinds =
            change is null
                ? (
                    Upsert.Read(SqliteDialect.Instance, statement.Text) is { Replaces: false } && findsRows
                        ? [RowWriteKind.Insert, RowWriteKind.Update]
                        : [RowWriteKind.Insert]
                )
            : change.IsDelete ? [RowWriteKind.Delete]
            : [RowWriteKind.Update];
        var lost = kinds
            .SelectMany(k =>
                triggers.Fired.Of(
                    new RowWrite(SqliteNames.Fold(target), k),
                    PassedOn(target, counted),
                    findsRows || k == RowWriteKind.Insert,
                    names
                )
            )
            .Distinct()
            .ToList();
        foreach (var write in lost.Where(w => state.Tables.TryGetValue(w.Table, out var of) && of.Original is not null))
            Add(write, statement.Location.Line, target, isView);
    }

    private void Add(RowWrite write, int line, string target, bool isView)
    {
        var name = state.Tables[write.Table].Original!;
        if (state.Virtual.Contains(name) || state.IsGone(write.Table))
            return;
        if (write.Kind == RowWriteKind.Delete || isView)
            state.NotForeseen.Add(
                $"line {line} writes to {SqliteNames.Show(target)}, a trigger of which "
                    + $"{(write.Kind == RowWriteKind.Delete ? "deletes" : "overwrites")} rows of {SqliteNames.Show(name)}; how many cannot "
                    + "be counted"
            );
        else
            state.Counted.Add(new DataLoss(DataLossKind.Overwritten, SqliteNames.Show(name), Rows: null, IsEstimate: false, line));
    }

    private IEnumerable<RowWrite> PassedOn(string target, int counted) =>
        state
            .Counted.Skip(counted)
            .Where(l => l.Kind == DataLossKind.Cascaded || !SqliteNames.Comparer.Equals(l.Name, SqliteNames.Show(target)))
            .Select(l => new RowWrite(
                SqliteNames.Fold(SqliteNames.Unquote(l.Name)),
                l.Kind == DataLossKind.Cascaded ? RowWriteKind.Delete : RowWriteKind.Update
            ));

    private bool FindsRows(string target, RowChange? change, int counted)
    {
        if (state.Counted.Count > counted)
            return state.Counted.Skip(counted).Any(l => l.Rows is not 0);
        return change is not { IsDelete: true, IsConditional: false }
            || state.Tables[target].Original is not { } name
            || counter.TryCount($"SELECT count(*) FROM (SELECT 1 FROM main.{SqliteNames.Quote(name)} LIMIT 1)") is not 0;
    }
}
