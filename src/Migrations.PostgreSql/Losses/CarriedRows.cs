namespace Migrations.PostgreSql;

/// <summary>
/// Follows on paper where a script carries the rows of the tables that are there: by way of tables that it makes, into one that takes the
/// place of the first, or back into the first when that was emptied.
/// </summary>
internal sealed class CarriedRows
{
    private readonly Dictionary<string, MadeTable> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, MadeTable> _emptied = [];

    /// <summary>The script makes a table.</summary>
    public void Make(string name, bool isTemporary) =>
        _made[SqlNames.PlainLast(name)] = new MadeTable(isTemporary) { Schema = SqlNames.PlainSchema(name) };

    /// <summary>It drops one that it made.</summary>
    public void Drop(string name) => _made.Remove(SqlNames.PlainLast(name));

    /// <summary>It renames one that it made.</summary>
    public void Rename(string name, string newName)
    {
        if (_made.Remove(SqlNames.PlainLast(name), out var table))
            _made[SqlNames.PlainLast(newName)] = table;
    }

    /// <summary>It gives one that it made another schema.</summary>
    public void Move(string name, string schema)
    {
        if (Find(null, name) is { } table)
            table.Schema = schema;
    }

    /// <summary>It renames a schema, which those that it made in it go along with.</summary>
    public void RenameSchema(string oldName, string newName)
    {
        foreach (var table in _made.Values.Where(m => string.Equals(m.Schema, oldName, StringComparison.Ordinal)))
            table.Schema = newName;
    }

    /// <summary>It drops a schema, with those that it made in it.</summary>
    public void DropSchema(string schema)
    {
        foreach (var (name, _) in _made.Where(m => string.Equals(m.Value.Schema, schema, StringComparison.Ordinal)).ToList())
            _made.Remove(name);
    }

    /// <summary>It empties a table that is there.</summary>
    public void Empty(uint table) => _emptied[table] = new MadeTable(IsTemporary: false);

    /// <summary>It copies rows.</summary>
    /// <param name="copy">The statement.</param>
    /// <param name="into">The table, where it is one that is there.</param>
    /// <param name="from">The tables that it reads: each is one that is there, or has the name of one that the script made.</param>
    public void Copy(RowCopy copy, uint? into, IEnumerable<(uint? Table, string Name)> from)
    {
        if (Find(into, copy.Into) is not { } target)
            return;
        foreach (var (table, name) in from)
        {
            var source = Find(table, name);
            if (source is null && table is { } there)
                target.Add(there, [copy]);
            foreach (var (origin, way) in source?.Ways.ToList() ?? [])
                target.Add(origin, [.. way, copy]);
            if (source is not null)
                target.Changes.UnionWith(source.Changes);
        }
    }

    /// <summary>The script deletes or overwrites rows of a table that it made, which matters once they go back.</summary>
    public void Change(string name, int line, string what) => Find(null, name)?.Changes.Add((line, what));

    /// <summary>What was done to the rows on their ways to where they belong.</summary>
    public IEnumerable<(int Line, string What)> Changes(uint table, string name) => Place(table, name)?.Changes ?? [];

    /// <summary>The ways on which rows of a table that is gone, or was emptied, come to where they belong; empty when none does.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">Its name, as the server writes it.</param>
    public IReadOnlyList<IReadOnlyList<RowCopy>> WaysBack(uint table, string name)
    {
        var place = Place(table, name);
        return place is { IsTemporary: false } ? [.. place.Ways.Where(w => w.Table == table).Select(w => w.Way)] : [];
    }

    /// <summary>Whether a table that the script made holds rows of others.</summary>
    public bool HoldsRows(string name) => Find(null, name)?.Ways.Count > 0;

    private MadeTable? Place(uint table, string name) =>
        _emptied.GetValueOrDefault(table) ?? _made.GetValueOrDefault(SqlNames.PlainLast(name));

    private MadeTable? Find(uint? table, string name) =>
        table is { } oid ? _emptied.GetValueOrDefault(oid) : _made.GetValueOrDefault(SqlNames.PlainLast(name));

    private sealed record MadeTable(bool IsTemporary)
    {
        public string? Schema { get; set; }

        public List<(uint Table, IReadOnlyList<RowCopy> Way)> Ways { get; } = [];

        public HashSet<(int Line, string What)> Changes { get; } = [];

        public void Add(uint table, IReadOnlyList<RowCopy> way) => Ways.Add((table, way));
    }
}
