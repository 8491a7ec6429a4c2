using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// An INSERT that overwrites rows that are there already, read as far as needed to count them: <c>INSERT ... ON CONFLICT ... DO UPDATE</c>
/// (<see href="https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT">PostgreSQL</see>, <see
/// href="https://sqlite.org/lang_upsert.html">SQLite</see>), <c>INSERT OR REPLACE</c> and <c>REPLACE</c> (<see
/// href="https://sqlite.org/lang_conflict.html"/>).
/// </summary>
public sealed class Upsert
{
    private readonly ISqlDialect _dialect;
    private readonly string _queries;
    private readonly string _source;

    private Upsert(ISqlDialect dialect, ReadStatement read, int verb)
    {
        _dialect = dialect;
        Replaces = read.Is(verb, "REPLACE") || (read.Is(verb + 1, "OR") && read.Is(verb + 2, "REPLACE"));
        var name = read.Find(verb, at => read.Is(at, "INTO")) + 1;
        var at = read.BehindName(name);
        Table = read.Slice(name, at);
        if (read.Is(at, "AS"))
            at += 2;
        if (read[at] is "(" && !read.Is(at + 1, "SELECT", "WITH", "VALUES"))
        {
            Columns = read.Names(at);
            at = read.Behind(at);
        }

        if (read.Is(at, "OVERRIDING"))
            at += 3;
        var end = read.Find(at, i => (read.Is(i, "ON") && read.Is(i + 1, "CONFLICT")) || read.Is(i, "RETURNING"));
        _queries = read.Slice(0, verb);
        _source = read.Is(at, "DEFAULT") ? "" : read.Slice(at, end);
        ReadTargets(read, end);
    }

    /// <summary>The table, as written.</summary>
    public string Table { get; }

    /// <summary>The columns that it gives values for, as written; null when it names none.</summary>
    public IReadOnlyList<string>? Columns { get; }

    /// <summary>Whether it deletes the rows that stand in its way, and what refers to them goes with them.</summary>
    public bool Replaces { get; }

    /// <summary>Whether every unique key of the table counts, and not only <see cref="Keys"/>.</summary>
    public bool IsOfAllKeys { get; private set; }

    /// <summary>The keys that it names; one that cannot be read is null.</summary>
    public IReadOnlyList<IReadOnlyList<string>?> Keys => _keys;

    private readonly List<IReadOnlyList<string>?> _keys = [];
    private readonly List<string> _assigned = [];

    /// <summary>Reads a statement; null when it overwrites nothing.</summary>
    /// <param name="dialect">How it is read.</param>
    /// <param name="statement">Its text: a part, as <see cref="StatementParts"/> takes it apart.</param>
    public static Upsert? Read(ISqlDialect dialect, string statement)
    {
        var read = new ReadStatement(dialect, statement);
        var verb = read.Is(0, "WITH") ? read.Find(1, at => read.Is(at, "INSERT", "REPLACE", "SELECT", "DELETE", "UPDATE", "MERGE")) : 0;
        if (!read.Is(verb, "INSERT", "REPLACE"))
            return null;
        var upsert = new Upsert(dialect, read, verb);
        return upsert.IsOfAllKeys || upsert.Keys.Count > 0 ? upsert : null;
    }

    /// <summary>A change that finds the same rows, so that they can be counted; null when the text does not show which they are.</summary>
    /// <param name="columns">The table's columns in their order, where the statement names none.</param>
    /// <param name="keys">The table's unique keys, where all count.</param>
    /// <param name="equals">The operator that compares their columns.</param>
    /// <param name="plain">A name as it is the same for all that the database takes for the same.</param>
    public RowChange? Change(
        IReadOnlyList<string> columns,
        IReadOnlyList<IReadOnlyList<string>> keys,
        string equals,
        Func<string, string> plain
    )
    {
        var given = Columns ?? columns;
        var wanted = IsOfAllKeys ? [.. _keys, .. keys] : _keys;
        if (_source.Length == 0 || given.Count == 0 || wanted.Contains(null))
            return null;
        // A key of which a column is not given is made by the database, or holds NULL.
        var names = given.Select(plain).ToHashSet(StringComparer.Ordinal);
        var found = wanted.Where(k => k!.All(c => names.Contains(plain(c))));
        var condition = string.Join(
            " OR ",
            found.Select(k => "(" + string.Join(" AND ", k!.Select(c => $"{Table}.{c} {equals} migrations_new.{c}")) + ")")
        );
        var queries = _queries.Length == 0 ? "WITH " : _queries + ", ";
        var rows = $"{queries}migrations_new ({string.Join(", ", given)}) AS ({_source}\n) ";
        var where = $" WHERE EXISTS (SELECT 1 FROM migrations_new WHERE {(condition.Length == 0 ? "1 = 0" : condition)})";
        return RowChange.Read(
            _dialect,
            rows + (Replaces ? $"DELETE FROM {Table}" : $"UPDATE {Table} SET {string.Join(", ", _assigned)}") + where
        );
    }

    private void ReadTargets(ReadStatement read, int from)
    {
        IsOfAllKeys = Replaces;
        for (var at = from; at < read.Count; at = read.Find(at + 1, i => read.Is(i, "ON") && read.Is(i + 1, "CONFLICT")))
        {
            var action = read.Find(at, i => read.Is(i, "DO"));
            if (!read.Is(at, "ON") || !read.Is(action + 1, "UPDATE"))
                continue;
            var end = read.Find(action, i => (read.Is(i, "ON") && read.Is(i + 1, "CONFLICT")) || read.Is(i, "WHERE", "RETURNING"));
            _assigned.Add(read.Slice(action + 3, end));
            if (read[at + 2] is "(")
                _keys.Add(read.Names(at + 2));
            else if (read.Is(at + 2, "ON"))
                _keys.Add(null);
            else
                IsOfAllKeys = true;
        }
    }
}
