using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Plans the copy of a file: what its tables are in the words of no engine, and what cannot be copied.</summary>
/// <param name="handles">Connections with a read transaction of one state.</param>
/// <param name="options">Name the history table, and receive the progress.</param>
/// <param name="scope">Which tables are meant.</param>
internal sealed class SqliteCopyPlanner(IReadOnlyList<SqliteHandle> handles, SessionOptions options, CopyScope scope)
{
    private readonly List<LeftOutObject> _leftOut = [];
    private readonly List<CopyObstacle> _obstacles = [];

    private SqliteHandle Handle => handles[0];

    /// <summary>Plans it.</summary>
    public CopyPlan Plan(CancellationToken cancellationToken)
    {
        var items = SqliteSchemaItem.Read(Handle);
        var tables = TablesOf(items);
        DemandColumns(tables);
        var planned = new List<CopyTable>();
        foreach (var table in tables)
            planned.Add(Plan(table, items, tables, cancellationToken));
        foreach (var table in tables)
            _obstacles.AddRange(OrphanFinder.Find(Handle, table, planned));
        var extras = new SourceExtras(Handle, items, IsHistory, _leftOut);
        var fullTexts = extras.LeaveOut(tables);
        return new CopyPlan
        {
            Tables = KeyKinds.Align(planned),
            Views = extras.Views(planned),
            FullTexts = fullTexts,
            LeftOut = _leftOut,
            Obstacles = [.. _obstacles.Where(o => !(o.CanReject && scope.Rejects))],
        };
    }

    /// <summary>Lists the tables without looking at their rows.</summary>
    public IReadOnlyList<CopyTable> List() =>
        [
            .. TablesOf(SqliteSchemaItem.Read(Handle))
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
                    Keys = SourceConstraints.Keys(table),
                }),
        ];

    private List<SourceTable> TablesOf(List<SqliteSchemaItem> items) =>
        [
            .. items
                .Where(i => i is { IsPlainTable: true, IsInternal: false, Sql: not null } && IsMeant(i))
                .Select(i => SourceTable.Read(Handle, i)),
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
            handles,
            table,
            column => scope.Types.FirstOrDefault(t => IsColumn(t.Key, table, column)).Value,
            options.Events,
            cancellationToken
        );
        var constraints = new SourceConstraints(table, _leftOut);
        var isKeyed = table.PrimaryKey.Count > 0 && table.PrimaryKey.All(c => IsWithoutNull(table, scans, c));
        if (table.PrimaryKey.Count > 0 && !isKeyed)
            constraints.LeaveOut(
                "primary key",
                table.Item.Name,
                "It holds NULL, so it becomes a unique index.",
                $"PRIMARY KEY ({string.Join(", ", table.PrimaryKey)})"
            );
        List<CopyColumn> columns = [.. table.Text.Columns.Select((c, i) => Column(constraints, table, c, scans[i]))];
        return new CopyTable
        {
            Name = table.Item.Name,
            Rows = rows,
            Columns = columns,
            FullTexts = FullTexts(table, columns),
            PrimaryKey = isKeyed ? table.PrimaryKey : [],
            Keys =
                isKeyed || table.PrimaryKey.Count == 0
                    ? SourceConstraints.Keys(table)
                    : [.. SourceConstraints.Keys(table), new CopyKey(Name: null, table.PrimaryKey)],
            Checks = constraints.Checks(),
            ForeignKeys = constraints.ForeignKeys(tables),
            Indexes = constraints.Indexes(items),
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

    private CopyColumn Column(SourceConstraints constraints, SourceTable table, SqliteColumnText column, ColumnScan scan)
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
            Text = column.Generated ?? column.Default,
            Default = column.Default is { } text
                ? constraints.Translate("default", column.Name, text, () => SqliteExpressionParser.Parse(text, _ => null))
                : null,
            Generated = column.Generated is { } computed
                ? constraints.Translate("generated column", column.Name, computed, () => SqliteExpressionParser.Parse(computed, table.Find))
                : null,
            IsIdentity = isIdentity,
            HighestId = isIdentity && scan.Integers > 0 ? Math.Max(mark, scan.Highest) : mark,
        };
    }

    private long Mark(SourceTable table) => Handle.QueryInt64("SELECT seq FROM main.sqlite_sequence WHERE name = ?1", table.Item.Name) ?? 0;
}
