using System.Text.RegularExpressions;
using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds what a script would lose by following its statements on paper: which tables are there after each, what they were before, and where
/// their rows go. A table that is recreated (create the new one, copy, drop, rename) loses only the columns that are not copied.
/// </summary>
internal sealed partial class SqliteLossForecast
{
    private readonly ForecastState _state = new();
    private readonly HashSet<string> _derived = new(SqliteNames.Comparer);
    private readonly List<ForecastTable> _originals = [];
    private readonly LossForecastRequest _question;
    private readonly EarlierScripts _earlier;
    private readonly LossCounter _counter;
    private readonly RowForecast _rows;
    private int? _attachedAt;
    private bool _reachesOthers;

    private SqliteLossForecast(SqliteHandle handle, LossForecastRequest question, EarlierScripts earlier)
    {
        (_question, _earlier, _counter) = (question, earlier, new LossCounter(handle, question.Limit));
        var items = SqliteSchemaItem.Read(handle).FindAll(i => i is { IsInternal: false, Sql: not null });
        _rows = new RowForecast(
            _state,
            question,
            earlier,
            _counter,
            new TriggerForecast(handle, items, () => earlier.Kept(question.Before))
        );
        foreach (var item in items.Where(i => i.Type is "table"))
        {
            var table = new ForecastTable(item.Name);
            if (item.IsPlainTable)
                table.Define(item.Sql!);
            _state.Tables[item.Name] = table;
            _originals.Add(table);
            if (!item.IsPlainTable)
                _state.Virtual.Add(item.Name);
            // An index of text that is kept elsewhere can be rebuilt.
            if (item.TextSource is not null)
                _derived.Add(item.Name);
        }
    }

    /// <summary>Finds it.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="earlier">What the scripts before it change.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static LossForecast Read(
        SqliteHandle handle,
        LossForecastRequest question,
        EarlierScripts earlier,
        CancellationToken cancellationToken
    )
    {
        var forecast = new SqliteLossForecast(handle, question, earlier);
        foreach (var statement in SqliteDialect.Instance.Split(question.Script))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var head = StatementHead.Read(statement.Text);
            forecast.FollowOthers(statement, head);
            forecast.FollowSchemaTable(statement);
            forecast.Follow(statement, head);
            forecast._rows.Observe(statement);
        }

        forecast.Conclude();
        var losses = forecast
            ._state.Losses.Select(l => forecast._counter.Count(l.Kind, l.Table, l.Column, l.Line))
            .Concat(forecast._state.Counted);
        return new LossForecast([.. losses.OrderBy(l => l.Line)], forecast._state.NotForeseen) { ReachesOthers = forecast._reachesOthers };
    }

    /// <summary>The name that a statement gives to a table that it makes out of others, or renames.</summary>
    public static IEnumerable<string> NamesMade(string statement) =>
        StatementHead.Read(statement) switch
        {
            { Kind: StatementKind.RenameTable, NewName: { } newName } => [newName],
            { Kind: StatementKind.Create, What: "TABLE", IsFromQuery: true, Name: { } name } => [name],
            _ => [],
        };

    private void Follow(ScriptStatement statement, StatementHead head)
    {
        var line = statement.Location.Line;
        switch (head)
        {
            case { Schema: not null } when !IsHere(head):
                break;
            case { Kind: StatementKind.Create, What: "TABLE", Name: { } name } when !_state.Tables.ContainsKey(name):
                _state.Tables[name] = Made(head, statement);
                break;
            case { Kind: StatementKind.Drop, What: "TABLE", Name: { } name } when _state.Tables.Remove(name, out var table):
                table.DroppedAt = line;
                break;
            case { Kind: StatementKind.Drop, What: "TABLE", Name: { } name } when _earlier.Make(_question.Before, name):
                _state.NotForeseen.Add(
                    $"line {line} removes table {SqliteNames.Show(name)}, which an earlier script makes; its rows cannot be counted"
                );
                break;
            case { Kind: StatementKind.RenameTable, Name: { } name, NewName: { } newName } when _state.Tables.Remove(name, out var table):
                _state.Tables[newName] = table;
                break;
            case { Kind: StatementKind.Other }:
                _rows.Follow(statement);
                break;
            default:
                FollowColumn(head, line);
                break;
        }
    }

    /// <summary>What a script takes from a database that it attaches is not counted.</summary>
    private void FollowOthers(ScriptStatement statement, StatementHead head)
    {
        var line = statement.Location.Line;
        if (head.Kind == StatementKind.Attach && !TemporaryDatabase().IsMatch(statement.Text))
            _attachedAt ??= line;
        if (_attachedAt is not { } attachedAt || !head.MayLose || IsOfMain(head, RowChange.Read(SqliteDialect.Instance, statement.Text)))
            return;
        if (!_reachesOthers)
            _state.NotForeseen.Add($"line {line} may take away from the database that line {attachedAt} attaches, which is not looked at");
        _reachesOthers = true;
    }

    /// <summary>With PRAGMA writable_schema a DELETE drops tables, and an UPDATE may take columns away.</summary>
    private void FollowSchemaTable(ScriptStatement statement)
    {
        if (
            !statement.Text.Contains("sqlite_", StringComparison.OrdinalIgnoreCase)
            || RowChange.Read(SqliteDialect.Instance, statement.Text) is not { } change
        )
            return;
        var table = SqliteNames.Unquote(change.Table.Split('.', 2, StringSplitOptions.TrimEntries)[^1]);
        if (SqliteNames.Comparer.Equals(table, "sqlite_master") || SqliteNames.Comparer.Equals(table, "sqlite_schema"))
            _state.NotForeseen.Add(
                $"line {statement.Location.Line} writes to {table}, the table of the schema itself; what that takes away is not known"
            );
    }

    // A name without a schema is that of an attached table where no other has it.
    private bool IsOfMain(StatementHead head, RowChange? change)
    {
        if (change is null)
            return head.Schema is null ? head.Name is { } name && _state.Tables.ContainsKey(name) : IsOwn(head.Schema);
        var parts = change.Table.Split('.', 2, StringSplitOptions.TrimEntries);
        return parts.Length == 1 ? _state.Tables.ContainsKey(SqliteNames.Unquote(parts[0])) : IsOwn(SqliteNames.Unquote(parts[0]));
    }

    // In memory, or a file that goes with the connection (https://sqlite.org/inmemorydb.html): it has only what the script puts there.
    [GeneratedRegex(
        @"^\s{0,20}ATTACH\s{1,20}(DATABASE\s{1,20})?'(:memory:)?'\s{1,20}AS\s",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 2000
    )]
    private static partial Regex TemporaryDatabase();

    private static bool IsOwn(string schema) =>
        SqliteNames.Comparer.Equals(schema, KeylessSchema.Schema) || SqliteNames.Comparer.Equals(schema, "temp");

    private void FollowColumn(StatementHead head, int line)
    {
        switch (head)
        {
            case { Kind: StatementKind.RenameColumn, Name: { } name, Column: { } column, NewName: { } newName }
                when Find(name, column) is { } table:
                table.Rename(column, newName);
                break;
            case { Kind: StatementKind.AddColumn, Name: { } name, Column: { } column } when _state.Tables.TryGetValue(name, out var table):
                table.Add(column);
                break;
            case { Kind: StatementKind.DropColumn, Name: { } name, Column: { } column } when Find(name, column) is { } table:
                DropColumn(table, column, line);
                break;
        }
    }

    // A temporary table goes by its name alone, unless the database has one of that name. What is attached is not followed.
    private bool IsHere(StatementHead head) =>
        SqliteNames.Comparer.Equals(head.Schema, KeylessSchema.Schema)
        || (
            IsTemporary(head)
            && (
                head.Kind == StatementKind.Create
                || (head.Name is { } name && _state.Tables.TryGetValue(name, out var table) && table.IsTemporary)
            )
        );

    private static bool IsTemporary(StatementHead head) => head.IsTemporary || SqliteNames.Comparer.Equals(head.Schema, "temp");

    private ForecastTable? Find(string table, string column) =>
        _state.Tables.TryGetValue(table, out var found) && found.Columns.ContainsKey(column) ? found : null;

    private void DropColumn(ForecastTable table, string column, int line)
    {
        var before = table.Remove(column);
        if (table.Original is null && table.Copies.Count > 0)
            table.DroppedColumns[column] = line;
        else if (table.Original is not null && before.Length > 0)
            _state.Losses.Add(new ForecastLoss(DataLossKind.Column, table.Original, before, line));
    }

    private ForecastTable Made(StatementHead head, ScriptStatement statement)
    {
        var table = new ForecastTable(original: null) { IsFromQuery = head.IsFromQuery, IsTemporary = IsTemporary(head) };
        if (head.IsFromQuery)
            _rows.AddCopies(table, statement);
        else if (!new SqliteTokenCursor(SqliteTokenCursor.Read(statement.Text)).Ahead(1).Is("VIRTUAL"))
            table.Define(statement.Text);

        return table;
    }

    private void Conclude()
    {
        foreach (var table in _originals.Where(t => t.DroppedAt is not null && !_derived.Contains(t.Original!)))
        {
            var line = table.DroppedAt!.Value;
            if (
                _state.Tables.TryGetValue(table.Original!, out var again)
                && !again.IsTemporary
                && again.CopiesOf(table) is { Count: > 0 } copies
            )
                ConcludeRebuild(table, again, copies, line);
            else
                _state.Losses.Add(new ForecastLoss(DataLossKind.Table, table.Original!, null, line));
        }

        // Emptied, and filled again with the rows that had been set aside.
        foreach (var table in _originals.Where(t => t is { DroppedAt: null, EmptiedAt: not null } && t.CopiesOf(t).Count > 0))
        {
            _state.Losses.Remove(new ForecastLoss(DataLossKind.Rows, table.Original!, null, table.EmptiedAt!.Value));
            ConcludeRebuild(table, table, table.CopiesOf(table), table.EmptiedAt.Value);
        }

        // What goes with a table is not named again.
        var dropped = _state.Losses.Where(l => l.Kind == DataLossKind.Table).Select(l => l.Table).ToHashSet(SqliteNames.Comparer);
        _state.Losses.RemoveAll(l => l.Kind != DataLossKind.Table && dropped.Contains(l.Table));
        _state.Counted.RemoveAll(l => dropped.Any(d => string.Equals(SqliteNames.Show(d), l.Name, StringComparison.Ordinal)));
    }

    private void ConcludeRebuild(ForecastTable table, ForecastTable again, IReadOnlyList<ForecastCopy> copies, int line)
    {
        var name = table.Original!;
        if (copies.FirstOrDefault(c => c.MayLeaveRows) is { } narrow)
            _state.NotForeseen.Add(
                $"line {narrow.Line} copies rows of {SqliteNames.Show(name)}; whether it copies all can only be determined by a "
                    + "rehearsal with data"
            );
        foreach (var (now, before) in table.Columns.Where(c => c.Value.Length > 0))
        {
            if (!again.Keeps(table, now))
                _state.Losses.Add(new ForecastLoss(DataLossKind.Column, name, before, line));
            else if (again.DroppedColumns.TryGetValue(now, out var later))
                _state.Losses.Add(new ForecastLoss(DataLossKind.Column, name, before, later));
        }

        if (_question.Direction == MigrationDirection.Down)
            new ConvertedValues(_state, _counter).Find(table, again);
        foreach (var (at, isAll) in again.Deletes)
        {
            if (isAll)
                _state.Losses.Add(new ForecastLoss(DataLossKind.Rows, name, null, at));
            else
                _state.NotForeseen.Add(
                    $"line {at} deletes rows of {SqliteNames.Show(name)} after they were copied, which cannot be counted"
                );
        }
    }
}
