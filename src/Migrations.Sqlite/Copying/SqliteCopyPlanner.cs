using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Plans the copy of a file: what its tables are in the words of no engine, and what cannot be copied.</summary>
/// <param name="handle">A connection with a read transaction.</param>
/// <param name="options">Name the history table, and receive the progress.</param>
/// <param name="scope">Which tables are meant.</param>
internal sealed class SqliteCopyPlanner(SqliteHandle handle, SessionOptions options, CopyScope scope)
{
    private readonly List<LeftOutObject> _leftOut = [];
    private readonly List<CopyObstacle> _obstacles = [];
    private readonly List<CopyFullText> _fullTexts = [];

    /// <summary>Plans it.</summary>
    public CopyPlan Plan(CancellationToken cancellationToken)
    {
        var items = SqliteSchemaItem.Read(handle);
        var tables = TablesOf(items);
        DemandColumns(tables);
        var planned = new List<CopyTable>();
        foreach (var table in tables)
            planned.Add(Plan(table, items, tables, cancellationToken));
        foreach (var table in tables)
            _obstacles.AddRange(OrphanFinder.Find(handle, table, planned));
        foreach (var item in items)
            LeaveOut(item, tables);
        return new CopyPlan
        {
            Tables = KeyKinds.Align(planned),
            Views = Views(items, planned),
            FullTexts = _fullTexts,
            LeftOut = _leftOut,
            Obstacles = [.. _obstacles.Where(o => !(o.CanReject && scope.Rejects))],
        };
    }

    /// <summary>Lists the tables without looking at their rows.</summary>
    public IReadOnlyList<CopyTable> List() =>
        [
            .. TablesOf(SqliteSchemaItem.Read(handle))
                .Select(table => new CopyTable
                {
                    Name = table.Item.Name,
                    Columns =
                    [
                        .. table.Text.Columns.Select(c => new CopyColumn
                        {
                            Name = c.Name,
                            Declared = c.Type,
                            Type = new ColumnType(ColumnKind.Any),
                            NotNull = c.NotNull is not null,
                        }),
                    ],
                    PrimaryKey = table.PrimaryKey,
                    Keys = Keys(table),
                }),
        ];

    private List<SourceTable> TablesOf(List<SqliteSchemaItem> items) =>
        [
            .. items
                .Where(i => i is { IsPlainTable: true, IsInternal: false, Sql: not null } && IsMeant(i))
                .Select(i => SourceTable.Read(handle, i)),
        ];

    private bool IsMeant(SqliteSchemaItem table) => scope.Contains(table.Name) && !IsHistory(table);

    private bool IsHistory(SqliteSchemaItem table) =>
        table.Type is "table" && (table.BelongsTo(options.HistoryTable) || table.BelongsTo(SqliteSchemaItem.LockTable));

    private void DemandColumns(List<SourceTable> tables)
    {
        foreach (
            var (name, what) in scope.Types.Keys.Select(n => (n, "choose a type for")).Concat(scope.FullTexts.Select(n => (n, "search")))
        )
        {
            if (!tables.Exists(t => t.Text.Columns.Exists(c => IsColumn(name, t, c.Name))))
                throw new MigrationException(
                    ErrorId.UsageInvalid,
                    $"There is no column {name} to {what}.",
                    "Name it as table.column, as the database has them."
                );
        }
    }

    private static bool IsColumn(string name, SourceTable table, string column) =>
        SqliteNames.Comparer.Equals(name, $"{table.Item.Name}.{column}");

    private CopyTable Plan(SourceTable table, List<SqliteSchemaItem> items, List<SourceTable> tables, CancellationToken cancellationToken)
    {
        var (rows, scans) = TableScan.Read(
            handle,
            table,
            column => scope.Types.FirstOrDefault(t => IsColumn(t.Key, table, column)).Value,
            options.Events,
            cancellationToken
        );
        var isKeyed = table.PrimaryKey.Count > 0 && table.PrimaryKey.All(c => IsWithoutNull(table, scans, c));
        if (table.PrimaryKey.Count > 0 && !isKeyed)
            LeaveOut("primary key", table.Item.Name, table, "It holds NULL, so it becomes a unique index.", null);
        List<CopyColumn> columns = [.. table.Text.Columns.Select((c, i) => Column(table, c, scans[i]))];
        return new CopyTable
        {
            Name = table.Item.Name,
            Rows = rows,
            Columns = columns,
            FullTexts = FullTexts(table, columns),
            PrimaryKey = isKeyed ? table.PrimaryKey : [],
            Keys = isKeyed || table.PrimaryKey.Count == 0 ? Keys(table) : [.. Keys(table), new CopyKey(Name: null, table.PrimaryKey)],
            Checks = Checks(table),
            ForeignKeys = ForeignKeys(table, tables),
            Indexes = Indexes(table, items),
        };
    }

    private List<string> FullTexts(SourceTable table, List<CopyColumn> columns)
    {
        var searched = columns.Where(c => scope.FullTexts.Any(t => IsColumn(t, table, c.Name))).ToList();
        return searched.Find(c => c.Type.Kind != ColumnKind.Text) is { } other
            ? throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The column {table.Item.Name}.{other.Name} is {other.Type}, in which no text can be searched.",
                $"Name columns of text with {CallOption.FullText}."
            )
            : [.. searched.Select(c => c.Name)];
    }

    private static bool IsWithoutNull(SourceTable table, ColumnScan[] scans, string column) =>
        scans[table.Text.Columns.FindIndex(c => string.Equals(c.Name, column, StringComparison.Ordinal))].Nulls == 0;

    private CopyColumn Column(SourceTable table, SqliteColumnText column, ColumnScan scan)
    {
        var typing = new ColumnTyping(table.Item.Name, column.Name, scan)
        {
            ChoiceReason = scope.ReasonOf($"{table.Item.Name}.{column.Name}"),
        };
        var (type, reason) = typing.Choose();
        _obstacles.AddRange(typing.Obstacles);
        var isIdentity = string.Equals(column.Name, table.Alias, StringComparison.Ordinal);
        var mark = isIdentity && table.IsAutoincrement ? Mark(table) : 0;
        return new CopyColumn
        {
            Name = column.Name,
            Declared = column.Type,
            Type = type,
            Reason = isIdentity ? "numbers the rows" : reason,
            Values = scan.Classes,
            Converted = typing.Converted,
            NotNull = column.NotNull is not null || isIdentity,
            IgnoresCase = column.Collation is "nocase",
            Default = column.Default is { } text
                ? Translate(table, "default", column.Name, text, () => SqliteExpressionParser.Parse(text, _ => null))
                : null,
            Generated = column.Generated is { } computed
                ? Translate(table, "generated column", column.Name, computed, () => SqliteExpressionParser.Parse(computed, table.Find))
                : null,
            IsIdentity = isIdentity,
            HighestId = isIdentity && scan.Integers > 0 ? Math.Max(mark, scan.Highest) : mark,
        };
    }

    private long Mark(SourceTable table) => handle.QueryInt64("SELECT seq FROM main.sqlite_sequence WHERE name = ?1", table.Item.Name) ?? 0;

    private static List<CopyKey> Keys(SourceTable table) =>
        [
            .. table
                .Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.Unique)
                .Select(c => new CopyKey(c.Name, [.. c.Columns.Select(table.Name)])),
        ];

    private List<CopyCheck> Checks(SourceTable table)
    {
        var checks = new List<CopyCheck>();
        foreach (var check in table.Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.Check))
        {
            var condition = Translate(
                table,
                "check",
                check.Name ?? table.Item.Name,
                check.Text,
                () => SqliteExpressionParser.Parse(check.Text["CHECK (".Length..^1], table.Find)
            );
            if (condition is not null)
                checks.Add(new CopyCheck(check.Name, condition, check.Text));
        }

        return checks;
    }

    private List<CopyForeignKey> ForeignKeys(SourceTable table, List<SourceTable> tables)
    {
        var keys = new List<CopyForeignKey>();
        foreach (var key in table.Text.Constraints.Where(c => c.Kind == SqliteConstraintKind.ForeignKey))
        {
            var text =
                $"{key.Text} REFERENCES {key.Parent}{(key.ParentColumns.Count == 0 ? "" : $" ({string.Join(", ", key.ParentColumns)})")}";
            var parent = tables.Find(t => SqliteNames.Comparer.Equals(t.Item.Name, key.Parent));
            if (parent is null)
            {
                LeaveOut("foreign key", key.Name ?? key.Text, table, $"The table {key.Parent} is not copied.", text + key.Tail);
                continue;
            }

            keys.Add(
                new CopyForeignKey(
                    key.Name,
                    [.. key.Columns.Select(table.Name)],
                    parent.Item.Name,
                    key.ParentColumns.Count == 0 ? parent.PrimaryKey : [.. key.ParentColumns.Select(parent.Name)],
                    key.Tail.Trim(),
                    text + key.Tail
                )
            );
        }

        return keys;
    }

    private List<CopyIndex> Indexes(SourceTable table, List<SqliteSchemaItem> items)
    {
        var indexes = new List<CopyIndex>();
        foreach (var item in items.Where(i => i is { Type: "index", Sql: not null } && i.BelongsTo(table.Item.Name)))
        {
            try
            {
                indexes.Add(IndexText.Read(item, table));
            }
            catch (UntranslatableException e)
            {
                LeaveOut("index", item.Name, table, $"It is not translated: {e.Message}.", item.Sql);
            }
        }

        return indexes;
    }

    private List<CopyView> Views(List<SqliteSchemaItem> items, List<CopyTable> tables)
    {
        var relations = tables.ToDictionary(t => t.Name, t => (t.Name, Columns: Names(t.Name)), SqliteNames.Comparer);
        var views = new List<CopyView>();
        foreach (var item in items.Where(i => i is { Type: "view", Sql: not null }))
        {
            try
            {
                var names = Names(item.Name);
                var query = SqliteQueryParser.Parse(item.Sql!, names, name => relations.TryGetValue(name, out var found) ? found : null);
                views.Add(new CopyView(item.Name, query, item.Sql!));
                relations.Add(item.Name, (item.Name, names));
            }
            catch (Exception e) when (e is UntranslatableException or SqliteFailure)
            {
                // A view may be broken: SQLite finds that out when it is used.
                _leftOut.Add(new LeftOutObject("view", item.Name, Table: null, $"It is not translated: {e.Message}.", item.Sql));
            }
        }

        return views;
    }

    private List<string> Names(string relation)
    {
        var names = new List<string>();
        using var rows = handle.Prepare($"PRAGMA main.table_xinfo({SqliteNames.Quote(relation)})");
        while (rows.Step())
            names.Add(rows.Text(1)!);
        return names;
    }

    private SqlExpression? Translate(SourceTable table, string kind, string name, string text, Func<SqlExpression> parse)
    {
        try
        {
            return parse();
        }
        catch (UntranslatableException e)
        {
            LeaveOut(kind, name, table, $"It is not translated: {e.Message}.", text);
            return null;
        }
    }

    private void LeaveOut(string kind, string name, SourceTable table, string reason, string? text) =>
        _leftOut.Add(new LeftOutObject(kind, name, table.Item.Name, reason, text));

    private void LeaveOut(SqliteSchemaItem item, List<SourceTable> tables)
    {
        if (item.IsInternal || item.Type is "index")
            return;
        var owner = tables.Exists(t => item.BelongsTo(t.Item.Name)) ? item.Table : null;
        if (item.Module is { } module)
            LeaveOutModule(item, module);
        else if (item.Type is "trigger")
            _leftOut.Add(new LeftOutObject("trigger", item.Name, owner, "Triggers are not translated.", item.Sql));
        else if (IsHistory(item))
            _leftOut.Add(
                new LeftOutObject("history", item.Name, Table: null, "The target keeps its own history of migrations.", Text: null)
            );
    }

    private void LeaveOutModule(SqliteSchemaItem item, string module)
    {
        if (!module.StartsWith("fts", StringComparison.Ordinal))
        {
            _leftOut.Add(new LeftOutObject("virtual table", item.Name, Table: null, $"No other engine has the module {module}.", item.Sql));
            return;
        }

        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(item.Sql!));
        _ = tokens.SkipCreate("TABLE");
        _ = tokens.Skip("USING");
        _ = tokens.TakeName();
        var arguments = SqliteTokenCursor.SplitAtCommas(tokens.TakeParenthesised()).Where(a => a.Count > 0);
        var columns = arguments.Where(a => a.Count == 1 || !a[1].Is('=')).Where(a => !a.Exists(t => t.Is("UNINDEXED")));
        _fullTexts.Add(new CopyFullText(item.Name, item.TextSource, [.. columns.Select(a => a[0].Name)], item.Sql!));
    }
}
