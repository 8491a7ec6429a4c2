using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>The tables, indexes and enumerations that scripts have made so far.</summary>
/// <param name="facts">What the database has before the first script.</param>
internal sealed class KnownSchema(LintFacts facts)
{
    private readonly Dictionary<string, KnownTable> _tables = new(StringComparer.Ordinal);

    // What only counts for a script is cleared for the tables that it names.
    private readonly HashSet<KnownTable> _touched = [];
    private readonly Dictionary<string, int> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    /// <summary>The current run.</summary>
    public int Run { get; set; }

    /// <summary>The values of enumerations, and the run that makes them.</summary>
    public Dictionary<string, (IReadOnlyList<string> Values, int MadeIn)> Enums { get; } = new(StringComparer.Ordinal);

    /// <summary>How rules know a name: as the server keeps it, without the schema <c>public</c>.</summary>
    /// <param name="name">The name, as written.</param>
    public static string Key(string name) =>
        SqlNames.PlainSchema(name) is { } schema and not "public" ? $"{schema}.{SqlNames.PlainLast(name)}" : SqlNames.PlainLast(name);

    /// <summary>A table by its name, as written; made up where nothing is known of it.</summary>
    public KnownTable Find(string name)
    {
        var table = FindOrAdd(Key(name));
        _touched.Add(table);
        return table;
    }

    /// <summary>Whether there is a table of a name now, that a script has made or renamed.</summary>
    public bool Has(string key) => _tables.ContainsKey(key);

    private KnownTable FindOrAdd(string key)
    {
        if (_tables.TryGetValue(key, out var known))
            return known;
        var table = new KnownTable(key, madeIn: null);
        if (facts.Tables.TryGetValue(key, out var fact))
            table.Learn(fact);
        return _tables[key] = table;
    }

    /// <summary>Whether a table was there before this run, or may have been.</summary>
    public bool IsOld(KnownTable table) => table.MadeIn != Run;

    /// <summary>Whether a column was there before this run, or may have been.</summary>
    public bool IsOld(KnownTable table, string column) => IsOld(table) && !(table.AddedIn.TryGetValue(column, out var run) && run == Run);

    /// <summary>A table that the current run makes. One that is there already stays where the statement says so.</summary>
    public KnownTable? Make(string name, bool mayExist)
    {
        var key = Key(name);
        if (mayExist && (_tables.ContainsKey(key) || facts.Tables.ContainsKey(key)))
            return null;
        return _tables[key] = new KnownTable(key, Run);
    }

    /// <summary>A table is gone.</summary>
    public void Drop(string name) => _tables.Remove(Key(name));

    /// <summary>A table has another name now.</summary>
    public void Rename(KnownTable table, string newName)
    {
        _tables.Remove(table.Key);
        var last = SqlNames.PlainLast(newName);
        var dot = table.Key.LastIndexOf('.');
        table.Key = dot < 0 ? last : $"{table.Key[..dot]}.{last}";
        _tables[table.Key] = table;
    }

    /// <summary>A type has another name now: columns of it have that, and one that is made under the old name is another type.</summary>
    public void RenameType(string name, string newName)
    {
        foreach (var table in _tables.Values)
        {
            foreach (var column in table.Columns.Where(c => string.Equals(c.Value, name, StringComparison.Ordinal)).ToList())
                table.Columns[column.Key] = newName;
        }
    }

    /// <summary>The current run makes a schema.</summary>
    public void MakeSchema(string name) => _schemas[SqlNames.Plain(name)] = Run;

    /// <summary>Whether the current run makes a schema.</summary>
    public bool IsNewSchema(string name) => _schemas.TryGetValue(SqlNames.Plain(name), out var run) && run == Run;

    /// <summary>The current run makes an index.</summary>
    public void MakeIndex(string name) => _indexes[Key(name)] = Run;

    /// <summary>Whether the current run makes an index.</summary>
    public bool IsNewIndex(string name) => _indexes.TryGetValue(Key(name), out var run) && run == Run;

    /// <summary>Another script begins.</summary>
    public void BeginScript()
    {
        foreach (var table in _touched)
            table.BeginScript();
        _touched.Clear();
    }
}
