using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// Writes the statements that make a table. SQLite knows constraints only as part of CREATE TABLE
/// (<see href="https://sqlite.org/lang_createtable.html"/>), so they are there before the rows.
/// </summary>
internal sealed class SqliteTableScript
{
    private readonly CopyTable _table;
    private readonly List<LeftOutObject> _leftOut = [];
    private readonly List<CopyColumn> _columns = [];
    private readonly List<string> _constraints = [];

    public SqliteTableScript(CopyTable table)
    {
        _table = table;
        var lines = table.Columns.Select(Column).ToList();
        if (table.PrimaryKey.Count > 0 && Numbered(table) is null)
            _constraints.Add($"PRIMARY KEY ({List(table.PrimaryKey)})");
        foreach (var key in table.Keys)
            _constraints.Add($"{Constraint(key.Name)}UNIQUE ({List(key.Columns)})");
        foreach (var check in table.Checks)
            AddCheck(check);
        foreach (var key in table.ForeignKeys)
            _constraints.Add(
                $"{Constraint(key.Name)}FOREIGN KEY ({List(key.Columns)}) REFERENCES {SqliteNames.Quote(key.Parent)} "
                    + $"({List(key.ParentColumns)}){(key.Actions.Length == 0 ? "" : " " + key.Actions)}"
            );
        Create = $"CREATE TABLE {SqliteNames.Quote(table.Name)} (\n    {string.Join(",\n    ", lines.Concat(_constraints))}\n)";
        Table = table with { Columns = _columns };
        Indexes = [.. table.Indexes.Select(i => (i, Index(i)))];
    }

    /// <summary>The table as it is made: a column whose expression has no equal holds its values.</summary>
    public CopyTable Table { get; }

    /// <summary>Makes the table.</summary>
    public string Create { get; }

    /// <summary>The statements that make its indexes; null for one that has no equal.</summary>
    public IReadOnlyList<(CopyIndex Index, string? Statement)> Indexes { get; }

    /// <summary>What has no equal.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut => _leftOut;

    /// <summary>The column that stands for the rowid and numbers the rows; null without one.</summary>
    public static CopyColumn? Numbered(CopyTable table) =>
        table.PrimaryKey is [var only] && table.Column(only) is { IsIdentity: true, Type.Kind: ColumnKind.Integer } column ? column : null;

    /// <summary>The type that a column is declared with.</summary>
    /// <remarks>
    /// The affinity that SQLite derives from it (<see href="https://sqlite.org/datatype3.html"/>) leaves every value as it is. JSON is
    /// TEXT,
    /// because a column declared JSON would turn <c>1</c> into a number.
    /// </remarks>
    public static string TypeOf(CopyTable table, CopyColumn column) =>
        column.Type.Kind switch
        {
            // INTEGER PRIMARY KEY would give out numbers where none is given (https://sqlite.org/lang_createtable.html#rowid).
            ColumnKind.Integer => table.PrimaryKey.Count == 1
            && string.Equals(table.PrimaryKey[0], column.Name, StringComparison.Ordinal)
            && !column.IsIdentity
                ? "BIGINT"
                : "INTEGER",
            ColumnKind.Boolean => "BOOLEAN",
            ColumnKind.Real => "REAL",
            ColumnKind.Decimal => column.Type.ToString().ToUpperInvariant(),
            ColumnKind.Bytes => "BLOB",
            ColumnKind.Date => "DATE",
            ColumnKind.Timestamp => "TIMESTAMP",
            ColumnKind.TimestampWithZone => "TIMESTAMPTZ",
            _ => "TEXT",
        };

    private string Column(CopyColumn column)
    {
        var name = $"{SqliteNames.Quote(column.Name)} {TypeOf(_table, column)}";
        if (ReferenceEquals(Numbered(_table), column))
        {
            _columns.Add(column);
            return name + " PRIMARY KEY AUTOINCREMENT";
        }

        if (column.IsIdentity)
            LeaveOut("identity", column.Name, "SQLite numbers rows only by a primary key of one integer column.", "IDENTITY");
        var text = name + (column.NotNull ? " NOT NULL" : "") + (column.IgnoresCase ? " COLLATE NOCASE" : "");
        if (
            column.Generated is { } computed
            && Try(() => SqliteExpressionWriter.Write(computed), "generated column", column.Name, column.Text) is { } sql
        )
        {
            _columns.Add(column);
            return $"{text} GENERATED ALWAYS AS ({sql}) STORED";
        }

        _columns.Add(column with { Generated = null });
        return
            column.Default is { } value
            && Try(() => SqliteExpressionWriter.Default(value, column.Type.Kind), "default", column.Name, column.Text) is { } given
            ? $"{text} DEFAULT {given}"
            : text;
    }

    private void AddCheck(CopyCheck check)
    {
        if (Try(() => SqliteExpressionWriter.Write(check.Condition), "check", check.Name ?? check.Text, check.Text) is { } condition)
            _constraints.Add($"{Constraint(check.Name)}CHECK ({condition})");
    }

    private string? Index(CopyIndex index) =>
        Try(
            () =>
                $"CREATE {(index.IsUnique ? "UNIQUE " : "")}INDEX {SqliteNames.Quote(index.Name)} ON {SqliteNames.Quote(_table.Name)} ("
                + string.Join(", ", index.Parts.Select(p => SqliteExpressionWriter.Write(p.Expression) + (p.IsDescending ? " DESC" : "")))
                + ")"
                + (index.Where is null ? "" : " WHERE " + SqliteExpressionWriter.Write(index.Where)),
            "index",
            index.Name,
            index.Text
        );

    private string? Try(Func<string> write, string kind, string name, string? text = null)
    {
        try
        {
            return write();
        }
        catch (UntranslatableException e)
        {
            LeaveOut(kind, name, $"It is not translated: {e.Message}.", text);
            return null;
        }
    }

    private void LeaveOut(string kind, string name, string reason, string? text) =>
        _leftOut.Add(new LeftOutObject(kind, name, _table.Name, reason, text));

    private static string Constraint(string? name) => name is null ? "" : $"CONSTRAINT {SqliteNames.Quote(name)} ";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(SqliteNames.Quote));
}
