using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Finds what statements that delete, overwrite and copy rows would lose.</summary>
/// <param name="state">What has been found.</param>
/// <param name="question">What is asked.</param>
/// <param name="earlier">What the scripts before it change.</param>
/// <param name="counter">Counts rows.</param>
/// <param name="triggers">The triggers.</param>
internal sealed class RowForecast(
    ForecastState state,
    LossForecastRequest question,
    EarlierScripts earlier,
    LossCounter counter,
    TriggerForecast triggers
)
{
    private readonly ScriptWrites _writes = new(SqliteDialect.Instance);
    private IReadOnlyList<ActingKey>? _keys;

    /// <summary>Remembers what a statement that was followed writes: what it changes is not counted as it is now.</summary>
    public void Observe(ScriptStatement statement)
    {
        _writes.Observe(statement.Text);
        triggers.Observe(statement.Text);
    }

    /// <summary>Whether the rows that a change finds may be others by then than now.</summary>
    private bool MayBeOthers(RowChange change) => _writes.MayChange(change) || earlier.WritesOf(question.Before).MayChange(change);

    /// <summary>Follows a statement that may change rows.</summary>
    public void Follow(ScriptStatement statement)
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(statement.Text));
        // What stands before may be WITH and its queries.
        while (
            !tokens.IsAtEnd
            && !tokens.Current.Is("INSERT")
            && !tokens.Current.Is("REPLACE")
            && !tokens.Current.Is("DELETE")
            && !tokens.Current.Is("UPDATE")
            && !tokens.Current.Is("SELECT")
        )
        {
            if (tokens.Current.Is('('))
                _ = tokens.TakeParenthesised();
            else
                _ = tokens.Take();
        }

        var isDelete = tokens.Current.Is("DELETE");
        var isInsert = tokens.Current.Is("INSERT") || tokens.Current.Is("REPLACE");
        var counted = state.Counted.Count;
        if (tokens.Current.Is("UPDATE"))
            FollowUpdate(statement);
        while ((isDelete || isInsert) && !tokens.IsAtEnd && !tokens.Take().Is(isDelete ? "FROM" : "INTO")) { }

        var target = tokens.Ahead(1).Is('.') ? tokens.Ahead(2).Name : tokens.Current.Name;
        if (isInsert)
            FollowUpsert(statement);
        if (isDelete)
            FollowDelete(tokens, statement);
        else if (isInsert && state.Tables.TryGetValue(tokens.TakeName(), out var into))
            AddCopies(into, statement);
        if (question.Direction == MigrationDirection.Down)
            new TriggeredLosses(state, triggers, counter).Find(statement, isInsert || isDelete ? target : null, counted);
    }

    private void FollowDelete(SqliteTokenCursor tokens, ScriptStatement statement)
    {
        if (!state.Tables.TryGetValue(tokens.TakeName(), out var table))
            return;
        var isAll = !tokens.TakeRest().Exists(t => t.Is("WHERE") || t.Is("LIMIT"));
        if (table.Original is { } name)
            AddDelete(name, statement, isAll);
        else if (table.Copies.Count > 0)
            table.Deletes.Add((statement.Location.Line, isAll));
        if (isAll && table.Original is not null)
            table.Empty(statement.Location.Line);
    }

    private void AddDelete(string table, ScriptStatement statement, bool isAll)
    {
        var line = statement.Location.Line;
        if (isAll)
            state.Losses.Add(new ForecastLoss(DataLossKind.Rows, table, null, line));
        else if (question.Direction == MigrationDirection.Up)
            state.NotForeseen.Add($"line {line} deletes rows of {SqliteNames.Show(table)}, which were not counted");
        else
            AddChange(DataLossKind.Deleted, table, statement);
        if (question.Direction == MigrationDirection.Down)
            AddCascades(table, RowChange.Read(SqliteDialect.Instance, statement.Text), line);
    }

    // Rows that go along are counted as they are now; those of a table that the script has emptied or dropped itself are named already.
    private void AddCascades(string table, RowChange? change, int line)
    {
        var isOfKeys = change is { IsDelete: false };
        if (SqliteDialect.Instance.Analyze(question.Script).SuspendsForeignKeys)
            return;
        _keys ??= ActingKeys.Read(counter.Handle);
        var ways = isOfKeys
            ? ActingKey.FromColumns(SqliteNames.Quote(table), change!.Assigned, _keys, StringComparer.OrdinalIgnoreCase, Plain)
            : ActingKey.From(SqliteNames.Quote(table), _keys, StringComparer.OrdinalIgnoreCase);
        foreach (var way in ways)
        {
            var child = SqliteNames.Unquote(way[^1].Child);
            if (way.Any(k => state.IsGone(SqliteNames.Unquote(k.Child))))
                continue;
            var rows = change is null || MayBeOthers(change) ? null : counter.TryCount(change.CountQuery("count(*)", way, "="));
            if (ActingKey.IsRound(way, StringComparer.OrdinalIgnoreCase) && rows > 0)
                rows = null;
            if (rows is not 0)
                state.Counted.Add(
                    new DataLoss(
                        !isOfKeys && way[^1].Cascades ? DataLossKind.Cascaded : DataLossKind.Overwritten,
                        SqliteNames.Show(child),
                        rows,
                        IsEstimate: false,
                        line
                    )
                );
        }
    }

    private static string Plain(string name) => SqliteNames.Fold(SqliteNames.Unquote(name));

    private void FollowUpdate(ScriptStatement statement)
    {
        if (RowChange.Read(SqliteDialect.Instance, statement.Text) is not { } change)
            return;
        if (Overwritten(change.Table) is not { } name)
            return;
        AddChange(DataLossKind.Overwritten, name, statement);
        AddCascades(name, change, statement.Location.Line);
        if (UniqueKeys.Read(counter.Handle, name).MayReplace(statement.Text))
            NotCounted(statement, "replaces", name, "that have the same key");
    }

    private void FollowUpsert(ScriptStatement statement)
    {
        if (Upsert.Read(SqliteDialect.Instance, statement.Text) is not { } upsert || Overwritten(upsert.Table) is not { } name)
            return;
        var table = UniqueKeys.Read(counter.Handle, name);
        var change = table.IsReadable ? upsert.Change(table.Columns, table.Keys, "=", Plain) : null;
        var rows = change is null || _writes.MayChange(change) ? null : counter.TryCount(change.CountQuery("count(*)"));
        if (rows is null)
            NotCounted(statement, upsert.Replaces ? "replaces" : "overwrites", name, "that are there already");
        else
            state.Counted.Add(
                new DataLoss(DataLossKind.Overwritten, SqliteNames.Show(name), rows, IsEstimate: false, statement.Location.Line)
            );
        if ((upsert.Replaces || change is not null) && rows is not 0)
            AddCascades(name, change, statement.Location.Line);
    }

    /// <summary>The table of the database that an undo changes by a name; null where it is another one.</summary>
    private string? Overwritten(string table) =>
        question.Direction == MigrationDirection.Down
        && state.Tables.TryGetValue(new SqliteTokenCursor(SqliteTokenCursor.Read(table)).TakeName(), out var found)
            ? found.Original
            : null;

    private void NotCounted(ScriptStatement statement, string what, string table, string which) =>
        state.NotForeseen.Add(
            $"line {statement.Location.Line} {what} rows of {SqliteNames.Show(table)} {which}; how many cannot be counted"
        );

    // A condition is counted on the tables as they are now, which is right as long as the script has not changed them before.
    private void AddChange(DataLossKind kind, string table, ScriptStatement statement)
    {
        var rows =
            RowChange.Read(SqliteDialect.Instance, statement.Text) is { } change && !MayBeOthers(change)
                ? counter.TryCount(change.CountQuery("count(*)"))
                : null;
        state.Counted.Add(new DataLoss(kind, SqliteNames.Show(table), rows, IsEstimate: false, statement.Location.Line));
    }

    /// <summary>Notes which tables a statement copies rows from.</summary>
    public void AddCopies(ForecastTable into, ScriptStatement statement)
    {
        var copy = new ForecastCopy(statement);
        foreach (var (name, from) in state.Tables.Where(t => t.Value != into && !t.Value.IsEmptied && copy.Reads(t.Key)))
            into.Take(from, copy, name);
    }
}
