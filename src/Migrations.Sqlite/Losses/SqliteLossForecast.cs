using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds what a script would lose by following its statements on paper: which tables are there after each, what they were before, and where
/// their rows go. A table that is recreated (create the new one, copy, drop, rename) loses only the columns that are not copied.
/// </summary>
internal sealed class SqliteLossForecast
{
    private readonly Dictionary<string, ForecastTable> _tables = new(SqliteNames.Comparer);
    private readonly HashSet<string> _derived = new(SqliteNames.Comparer);
    private readonly List<ForecastTable> _originals = [];
    private readonly List<Loss> _losses = [];
    private readonly List<string> _notForeseen = [];
    private readonly List<DataLoss> _counted = [];
    private readonly ScriptWrites _writes = new(SqliteDialect.Instance);
    private readonly LossForecastRequest _question;
    private readonly EarlierScripts _earlier;
    private readonly LossCounter _counter;
    private IReadOnlyList<DeletingKey>? _keys;

    private SqliteLossForecast(SqliteHandle handle, LossForecastRequest question, EarlierScripts earlier)
    {
        (_question, _earlier, _counter) = (question, earlier, new LossCounter(handle, question.Limit));
        foreach (var item in SqliteSchemaItem.Read(handle).Where(i => i is { Type: "table", IsInternal: false, Sql: not null }))
        {
            var table = new ForecastTable(item.Name);
            // What is computed can be recomputed.
            foreach (var column in item.IsPlainTable ? SqliteTableReader.Read(item.Sql!).Columns.Where(c => c.Generated is null) : [])
                table.Columns[column.Name] = column.Name;
            _tables[item.Name] = table;
            _originals.Add(table);
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
            forecast.Follow(statement, StatementHead.Read(statement.Text));
            forecast._writes.Observe(statement.Text);
        }

        forecast.Conclude();
        var losses = forecast._losses.Select(l => forecast._counter.Count(l.Kind, l.Table, l.Column, l.Line)).Concat(forecast._counted);
        return new LossForecast([.. losses.OrderBy(l => l.Line)], forecast._notForeseen);
    }

    /// <summary>The name that a statement gives to a table that it makes out of others, or renames.</summary>
    public static IEnumerable<string> NamesMade(string statement) =>
        StatementHead.Read(statement) switch
        {
            { Kind: StatementKind.RenameTable, NewName: { } newName } => [newName],
            { Kind: StatementKind.Create, What: "TABLE", IsFromQuery: true, Name: { } name } => [name],
            _ => [],
        };

    /// <summary>Whether the rows that a change finds may be others by then than now.</summary>
    private bool MayBeOthers(RowChange change) => _writes.MayChange(change) || _earlier.WritesOf(_question.Before).MayChange(change);

    private void Follow(ScriptStatement statement, StatementHead head)
    {
        var line = statement.Location.Line;
        switch (head)
        {
            case { Schema: not null } when !IsHere(head):
                break;
            case { Kind: StatementKind.Create, What: "TABLE", Name: { } name } when !_tables.ContainsKey(name):
                _tables[name] = Made(head, statement);
                break;
            case { Kind: StatementKind.Drop, What: "TABLE", Name: { } name } when _tables.Remove(name, out var table):
                table.DroppedAt = line;
                break;
            case { Kind: StatementKind.Drop, What: "TABLE", Name: { } name } when _earlier.Make(_question.Before, name):
                _notForeseen.Add(
                    $"line {line} removes table {SqliteNames.Show(name)}, which an earlier script makes; its rows cannot be counted"
                );
                break;
            case { Kind: StatementKind.RenameTable, Name: { } name, NewName: { } newName } when _tables.Remove(name, out var table):
                _tables[newName] = table;
                break;
            case { Kind: StatementKind.RenameColumn, Name: { } name, Column: { } column, NewName: { } newName }
                when Find(name, column) is { } table:
                table.Columns.Remove(column, out var before);
                table.Columns[newName] = before!;
                break;
            case { Kind: StatementKind.AddColumn, Name: { } name, Column: { } column } when _tables.TryGetValue(name, out var table):
                table.Columns[column] = "";
                break;
            case { Kind: StatementKind.DropColumn, Name: { } name, Column: { } column } when Find(name, column) is { } table:
                DropColumn(table, column, line);
                break;
            case { Kind: StatementKind.Other }:
                FollowRows(statement);
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
                || (head.Name is { } name && _tables.TryGetValue(name, out var table) && table.IsTemporary)
            )
        );

    private static bool IsTemporary(StatementHead head) => head.IsTemporary || SqliteNames.Comparer.Equals(head.Schema, "temp");

    private ForecastTable? Find(string table, string column) =>
        _tables.TryGetValue(table, out var found) && found.Columns.ContainsKey(column) ? found : null;

    private void DropColumn(ForecastTable table, string column, int line)
    {
        table.Columns.Remove(column, out var before);
        if (table.Original is null && table.Copies.Count > 0)
            table.DroppedColumns[column] = line;
        else if (table.Original is not null && before!.Length > 0)
            _losses.Add(new Loss(DataLossKind.Column, table.Original, before, line));
    }

    private ForecastTable Made(StatementHead head, ScriptStatement statement)
    {
        var table = new ForecastTable(original: null) { IsFromQuery = head.IsFromQuery, IsTemporary = IsTemporary(head) };
        if (head.IsFromQuery)
            AddCopies(table, statement);
        else if (!new SqliteTokenCursor(SqliteTokenCursor.Read(statement.Text)).Ahead(1).Is("VIRTUAL"))
        {
            foreach (var column in SqliteTableReader.Read(statement.Text).Columns.Where(c => c.Generated is null))
                table.Columns[column.Name] = "";
        }

        return table;
    }

    private void FollowRows(ScriptStatement statement)
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
        if (tokens.Current.Is("UPDATE"))
            FollowUpdate(statement);
        var isInsert = tokens.Current.Is("INSERT") || tokens.Current.Is("REPLACE");
        while ((isDelete || isInsert) && !tokens.IsAtEnd && !tokens.Take().Is(isDelete ? "FROM" : "INTO")) { }

        if (isInsert)
            FollowUpsert(statement);
        if (isDelete)
            FollowDelete(tokens, statement);
        else if (isInsert && _tables.TryGetValue(tokens.TakeName(), out var into))
            AddCopies(into, statement);
    }

    private void FollowDelete(SqliteTokenCursor tokens, ScriptStatement statement)
    {
        if (!_tables.TryGetValue(tokens.TakeName(), out var table))
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
            _losses.Add(new Loss(DataLossKind.Rows, table, null, line));
        else if (_question.Direction == MigrationDirection.Up)
            _notForeseen.Add($"line {line} deletes rows of {SqliteNames.Show(table)}, which were not counted");
        else
            AddChange(DataLossKind.Deleted, table, statement);
        if (_question.Direction == MigrationDirection.Down)
            AddCascades(table, RowChange.Read(SqliteDialect.Instance, statement.Text), line);
    }

    // Rows that go along are counted as they are now; those of a table that the script has emptied or dropped itself are named already.
    private void AddCascades(string table, RowChange? change, int line)
    {
        if (SqliteDialect.Instance.Analyze(_question.Script).SuspendsForeignKeys)
            return;
        _keys ??= DeletingKeys.Read(_counter.Handle);
        foreach (var way in DeletingKey.From(SqliteNames.Quote(table), _keys, StringComparer.OrdinalIgnoreCase))
        {
            var child = SqliteNames.Unquote(way[^1].Child);
            if (way.Any(k => IsGone(SqliteNames.Unquote(k.Child))))
                continue;
            var rows = change is null || MayBeOthers(change) ? null : _counter.TryCount(change.CountQuery("count(*)", way, "="));
            if (DeletingKey.IsRound(way, StringComparer.OrdinalIgnoreCase) && rows > 0)
                rows = null;
            if (rows is not 0)
                _counted.Add(
                    new DataLoss(
                        way[^1].Cascades ? DataLossKind.Cascaded : DataLossKind.Overwritten,
                        SqliteNames.Show(child),
                        rows,
                        IsEstimate: false,
                        line
                    )
                );
        }
    }

    private bool IsGone(string table) =>
        !_tables.ContainsKey(table) || _losses.Exists(l => l.Kind == DataLossKind.Rows && SqliteNames.Comparer.Equals(l.Table, table));

    private void FollowUpdate(ScriptStatement statement)
    {
        if (RowChange.Read(SqliteDialect.Instance, statement.Text) is not { } change || Overwritten(change.Table) is not { } name)
            return;
        AddChange(DataLossKind.Overwritten, name, statement);
        if (UniqueKeys.Read(_counter.Handle, name).MayReplace(statement.Text))
            NotCounted(statement, "replaces", name, "that have the same key");
    }

    private void FollowUpsert(ScriptStatement statement)
    {
        if (Upsert.Read(SqliteDialect.Instance, statement.Text) is not { } upsert || Overwritten(upsert.Table) is not { } name)
            return;
        var table = UniqueKeys.Read(_counter.Handle, name);
        var change = table.IsReadable ? upsert.Change(table.Columns, table.Keys, "=", n => SqliteNames.Fold(SqliteNames.Unquote(n))) : null;
        var rows = change is null || _writes.MayChange(change) ? null : _counter.TryCount(change.CountQuery("count(*)"));
        if (rows is null)
            NotCounted(statement, upsert.Replaces ? "replaces" : "overwrites", name, "that are there already");
        else
            _counted.Add(new DataLoss(DataLossKind.Overwritten, SqliteNames.Show(name), rows, IsEstimate: false, statement.Location.Line));
        if (upsert.Replaces && rows is not 0)
            AddCascades(name, change, statement.Location.Line);
    }

    /// <summary>The table of the database that an undo changes by a name; null where it is another one.</summary>
    private string? Overwritten(string table) =>
        _question.Direction == MigrationDirection.Down
        && _tables.TryGetValue(new SqliteTokenCursor(SqliteTokenCursor.Read(table)).TakeName(), out var found)
            ? found.Original
            : null;

    private void NotCounted(ScriptStatement statement, string what, string table, string which) =>
        _notForeseen.Add($"line {statement.Location.Line} {what} rows of {SqliteNames.Show(table)} {which}; how many cannot be counted");

    // A condition is counted on the tables as they are now, which is right as long as the script has not changed them before.
    private void AddChange(DataLossKind kind, string table, ScriptStatement statement)
    {
        var rows =
            RowChange.Read(SqliteDialect.Instance, statement.Text) is { } change && !MayBeOthers(change)
                ? _counter.TryCount(change.CountQuery("count(*)"))
                : null;
        _counted.Add(new DataLoss(kind, SqliteNames.Show(table), rows, IsEstimate: false, statement.Location.Line));
    }

    private void AddCopies(ForecastTable into, ScriptStatement statement)
    {
        var copy = new ForecastCopy(statement);
        foreach (var (_, from) in _tables.Where(t => t.Value != into && !t.Value.IsEmptied && copy.Reads(t.Key)))
            into.Take(from, copy);
    }

    private void Conclude()
    {
        foreach (var table in _originals.Where(t => t.DroppedAt is not null && !_derived.Contains(t.Original!)))
        {
            var line = table.DroppedAt!.Value;
            if (_tables.TryGetValue(table.Original!, out var again) && !again.IsTemporary && again.CopiesOf(table) is { Count: > 0 } copies)
                ConcludeRebuild(table, again, copies, line);
            else
                _losses.Add(new Loss(DataLossKind.Table, table.Original!, null, line));
        }

        // Emptied, and filled again with the rows that had been set aside.
        foreach (var table in _originals.Where(t => t is { DroppedAt: null, EmptiedAt: not null } && t.CopiesOf(t).Count > 0))
        {
            _losses.Remove(new Loss(DataLossKind.Rows, table.Original!, null, table.EmptiedAt!.Value));
            ConcludeRebuild(table, table, table.CopiesOf(table), table.EmptiedAt.Value);
        }

        // What goes with a table is not named again.
        var dropped = _losses.Where(l => l.Kind == DataLossKind.Table).Select(l => l.Table).ToHashSet(SqliteNames.Comparer);
        _losses.RemoveAll(l => l.Kind != DataLossKind.Table && dropped.Contains(l.Table));
        _counted.RemoveAll(l => dropped.Any(d => string.Equals(SqliteNames.Show(d), l.Name, StringComparison.Ordinal)));
    }

    private void ConcludeRebuild(ForecastTable table, ForecastTable again, IReadOnlyList<ForecastCopy> copies, int line)
    {
        var name = table.Original!;
        if (copies.FirstOrDefault(c => c.MayLeaveRows) is { } narrow)
            _notForeseen.Add(
                $"line {narrow.Line} copies rows of {SqliteNames.Show(name)}; whether it copies all can only be determined by a "
                    + "rehearsal with data"
            );
        foreach (var (now, before) in table.Columns.Where(c => c.Value.Length > 0))
        {
            if (!again.Keeps(table, now))
                _losses.Add(new Loss(DataLossKind.Column, name, before, line));
            else if (again.DroppedColumns.TryGetValue(now, out var later))
                _losses.Add(new Loss(DataLossKind.Column, name, before, later));
        }

        foreach (var (at, isAll) in again.Deletes)
        {
            if (isAll)
                _losses.Add(new Loss(DataLossKind.Rows, name, null, at));
            else
                _notForeseen.Add($"line {at} deletes rows of {SqliteNames.Show(name)} after they were copied, which cannot be counted");
        }
    }

    /// <summary>Counts rows while there is time, and then estimates.</summary>
    private sealed class LossCounter(SqliteHandle handle, TimeSpan limit)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public SqliteHandle Handle => handle;

        public DataLoss Count(DataLossKind kind, string table, string? column, int line)
        {
            var name = SqliteNames.Show(table) + (column is null ? "" : "." + SqliteNames.Show(column));
            var rows = TryCount($"SELECT count({(column is null ? "*" : SqliteNames.Quote(column))}) FROM main.{SqliteNames.Quote(table)}");
            return rows is null && Estimate(table) is { } estimate
                ? new DataLoss(kind, name, estimate, IsEstimate: true, line)
                : new DataLoss(kind, name, rows, IsEstimate: false, line);
        }

        public long? TryCount(string query)
        {
            var left = limit - _clock.Elapsed;
            if (left <= TimeSpan.Zero)
                return null;
            handle.Watch.StatementTimeout = left;
            try
            {
                return handle.QueryInt64(query);
            }
            // Whatever else is wrong with the file, the run itself meets it. An interrupt that is no time-out is a cancellation.
            catch (SqliteFailure e) when (e.PrimaryCode != SqliteCodes.Interrupt || handle.Watch.TimedOut)
            {
                return null;
            }
            finally
            {
                handle.Watch.StatementTimeout = null;
            }
        }

        // The first number of a statistic is the table's rows (https://sqlite.org/fileformat2.html#stat1tab).
        private long? Estimate(string table)
        {
            if (handle.QueryInt64("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_stat1'") is null)
                return null;
            return handle.QueryInt64("SELECT max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 WHERE tbl = ?1 COLLATE NOCASE", table);
        }
    }

    // A class: LINQ over a value type of our own would make the native file larger.
    private sealed record Loss(DataLossKind Kind, string Table, string? Column, int Line);
}
