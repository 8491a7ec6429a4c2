using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>The tables, indexes, triggers and views that scripts have made so far.</summary>
internal sealed class KnownSchema
{
    private readonly Dictionary<string, KnownTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KnownObject> _others = new(StringComparer.Ordinal);

    /// <summary>Begins with what the database has.</summary>
    public KnownSchema(LintFacts facts)
    {
        foreach (var sql in facts.Definitions)
        {
            var head = StatementHead.Read(sql);
            if (head is { Kind: StatementKind.Create, What: "TABLE", Name: { } name })
                Define(new KnownTable(SqliteNames.Fold(name), madeIn: null) { IsFromQuery = head.IsFromQuery }, sql);
            else if (KnownObject.Read(head, sql) is { } other)
                _others[other.Name] = other;
        }
    }

    /// <summary>The current run.</summary>
    public int Run { get; set; }

    /// <summary>Indexes, triggers and views.</summary>
    public IReadOnlyCollection<KnownObject> Others => _others.Values;

    /// <summary>The tables.</summary>
    public IReadOnlyCollection<KnownTable> Tables => _tables.Values;

    /// <summary>A table by its name; made up where nothing is known of it.</summary>
    public KnownTable Find(string name)
    {
        var key = SqliteNames.Fold(name);
        return _tables.TryGetValue(key, out var known) ? known : _tables[key] = new KnownTable(key, madeIn: null);
    }

    /// <summary>A table by its name; null where nothing is known of it.</summary>
    public KnownTable? TryFind(string name) => _tables.GetValueOrDefault(SqliteNames.Fold(name));

    /// <summary>Whether a table was there before this run, or may have been.</summary>
    public bool IsOld(KnownTable table) => table.MadeIn != Run;

    /// <summary>Whether a column was there before this run, or may have been.</summary>
    public bool IsOld(KnownTable table, string column) => IsOld(table) && !(table.AddedIn.TryGetValue(column, out var run) && run == Run);

    /// <summary>The current run makes a table.</summary>
    public KnownTable Make(StatementHead head, string sql)
    {
        var table = new KnownTable(SqliteNames.Fold(head.Name!), Run) { IsFromQuery = head.IsFromQuery };
        Define(table, sql);
        return table;
    }

    /// <summary>An index, a trigger or a view is made.</summary>
    public void Make(KnownObject other) => _others[other.Name] = other;

    /// <summary>An index, a trigger or a view is gone.</summary>
    public void DropOther(string name) => _others.Remove(SqliteNames.Fold(name));

    /// <summary>A table is gone, and what belongs to it.</summary>
    public void Drop(KnownTable table)
    {
        _tables.Remove(table.Name);
        foreach (var other in OwnedBy(table.Name))
            _others.Remove(other.Name);
    }

    /// <summary>A table has another name now, and what belongs to it goes with it.</summary>
    public void Rename(KnownTable table, string newName)
    {
        var key = SqliteNames.Fold(newName);
        foreach (var other in OwnedBy(table.Name))
            _others[other.Name] = other with { Table = key };
        _tables.Remove(table.Name);
        table.Name = key;
        _tables[key] = table;
    }

    /// <summary>The indexes and triggers of a table.</summary>
    public List<KnownObject> OwnedBy(string table) =>
        [.. _others.Values.Where(o => string.Equals(o.Table, table, StringComparison.Ordinal))];

    /// <summary>Other tables with a foreign key to one.</summary>
    public List<KnownTable> ChildrenOf(string table) =>
        [
            .. _tables.Values.Where(t =>
                !string.Equals(t.Name, table, StringComparison.Ordinal)
                && t.Text?.Constraints.Exists(c =>
                    c.Parent is { } parent && string.Equals(SqliteNames.Fold(parent), table, StringComparison.Ordinal)
                ) == true
            ),
        ];

    /// <summary>Views, and triggers of other tables, that name a table.</summary>
    public List<KnownObject> UsersOf(string table) =>
        [.. _others.Values.Where(o => o.Type is not "INDEX" && !string.Equals(o.Table, table, StringComparison.Ordinal) && o.Names(table))];

    private void Define(KnownTable table, string sql)
    {
        if (!table.IsFromQuery)
            table.Define(sql);
        _tables[table.Name] = table;
    }
}
