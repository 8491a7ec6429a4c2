using System.Globalization;
using System.Text;

namespace Migrations.Databases.Tests;

/// <summary>A schema that changes by chance, the same way for the same seed, in SQL that both databases read.</summary>
internal sealed class RandomSchema(int seed)
{
    private static readonly string[] Types = ["integer", "bigint", "text", "varchar(40)", "date", "numeric(10,2)"];

    private readonly Random _random = new(seed);
    private readonly List<Table> _tables = [];
    private readonly List<string> _log = [];
    private int _names;

    /// <summary>What changed, in its order.</summary>
    public string Log => string.Join("; ", _log);

    /// <summary>Changes something.</summary>
    public void Mutate()
    {
        if (_tables.Count < 2)
        {
            AddTable();
            return;
        }

        var table = _tables[_random.Next(_tables.Count)];
        Action[] ways =
        [
            AddTable,
            () => DropTable(table),
            () => AddColumn(table),
            () => AddColumn(table),
            () => DropColumn(table),
            () => Change(table, c => c with { Default = c.Default is null ? Literal(c.Type) : null }, "default"),
            () => Change(table, c => c with { NotNull = !c.NotNull }, "not null"),
            () => Change(table, c => c with { Unique = !c.Unique }, "unique"),
            () => Change(table, c => c with { Checked = !c.Checked }, "check"),
            () => Change(table, c => c with { Type = Wider(c.Type), Default = null }, "type"),
            () => Change(table, c => c with { Indexed = !c.Indexed }, "index"),
            () => SetView(table),
        ];
        ways[_random.Next(ways.Length)]();
    }

    /// <summary>The whole schema as SQL.</summary>
    public string Sql()
    {
        var text = new StringBuilder();
        foreach (var table in _tables)
        {
            var lines = table.Columns.Select(c => c.Sql()).Prepend("id integer PRIMARY KEY").ToList();
            if (table.Parent is { } parent)
                lines.Add($"CONSTRAINT {table.Name}_of FOREIGN KEY (parent_id) REFERENCES {parent.Name} (id) ON DELETE CASCADE");
            if (table.Parent is not null)
                lines.Insert(1, "parent_id integer");
            text.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {table.Name} (\n    {string.Join(",\n    ", lines)}\n);\n");
            foreach (var column in table.Columns.Where(c => c.Indexed))
                text.Append(CultureInfo.InvariantCulture, $"CREATE INDEX {table.Name}_{column.Name} ON {table.Name} ({column.Name});\n");
        }

        foreach (var table in _tables.Where(t => t.View.Count > 0))
            text.Append(
                CultureInfo.InvariantCulture,
                $"CREATE VIEW {table.Name}_seen AS SELECT id, {string.Join(", ", table.View)} FROM {table.Name};\n"
            );
        return text.ToString();
    }

    private void AddTable()
    {
        var parent = _tables.Count > 0 && _random.Next(2) == 0 ? _tables[_random.Next(_tables.Count)] : null;
        var table = new Table(Name("t"), parent);
        _tables.Add(table);
        for (var i = _random.Next(1, 4); i > 0; i--)
            AddColumn(table);
        _log.Add("add " + table.Name);
    }

    private void DropTable(Table table)
    {
        if (_tables.Exists(t => t.Parent == table))
            return;
        _tables.Remove(table);
        _log.Add("drop " + table.Name);
    }

    private void AddColumn(Table table)
    {
        var type = Types[_random.Next(Types.Length)];
        var column = new Column(Name("c"), type) { Default = _random.Next(2) == 0 ? Literal(type) : null };
        // On a table with rows, only a default fills it.
        if (column.Default is not null)
            column = column with { NotNull = _random.Next(2) == 0 };
        table.Columns.Insert(_random.Next(table.Columns.Count + 1), column);
        _log.Add($"add {table.Name}.{column.Name}");
    }

    private void DropColumn(Table table)
    {
        if (table.Columns.Count < 2)
            return;
        // Its undo needs the same.
        var column = table.Columns.Find(c => !c.NotNull || c.Default is not null);
        if (column is null)
            return;
        table.Columns.Remove(column);
        table.View.Remove(column.Name);
        _log.Add($"drop {table.Name}.{column.Name}");
    }

    private void Change(Table table, Func<Column, Column> change, string what)
    {
        var at = _random.Next(table.Columns.Count);
        table.Columns[at] = change(table.Columns[at]);
        _log.Add($"{what} of {table.Name}.{table.Columns[at].Name}");
    }

    private void SetView(Table table)
    {
        table.View.Clear();
        if (_random.Next(3) > 0)
            table.View.AddRange(table.Columns.Take(_random.Next(1, table.Columns.Count + 1)).Select(c => c.Name));
        _log.Add($"view of {table.Name}");
    }

    private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}{++_names}");

    private static string Wider(string type) =>
        type switch
        {
            "integer" => "bigint",
            "bigint" => "numeric(10,2)",
            _ => "text",
        };

    private static string Literal(string type) =>
        type switch
        {
            "date" => "'2024-01-01'",
            "text" or "varchar(40)" => "'x'",
            _ => "7",
        };

    private sealed record Table(string Name, Table? Parent)
    {
        public List<Column> Columns { get; } = [];

        public List<string> View { get; } = [];
    }

    private sealed record Column(string Name, string Type)
    {
        public bool NotNull { get; init; }

        public string? Default { get; init; }

        public bool Unique { get; init; }

        public bool Checked { get; init; }

        public bool Indexed { get; init; }

        public string Sql() =>
            $"{Name} {Type}{(NotNull ? " NOT NULL" : "")}{(Default is null ? "" : $" DEFAULT {Default}")}"
            + $"{(Unique ? " UNIQUE" : "")}{(Checked ? $" CHECK ({Name} IS NOT NULL)" : "")}";
    }
}
