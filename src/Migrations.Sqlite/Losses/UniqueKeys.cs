using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The columns and unique keys of a table: by them a row that comes finds the one that it takes the place of.</summary>
internal sealed class UniqueKeys
{
    private readonly List<IReadOnlyList<string>> _keys = [];
    private readonly List<string> _columns = [];

    /// <summary>The columns that are given values, quoted, in their order.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>The keys, each with its columns, quoted.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Keys => _keys;

    /// <summary>Whether these are all: no key is of some rows only, or of an expression.</summary>
    public bool IsReadable { get; private set; } = true;

    /// <summary>Reads them.</summary>
    public static UniqueKeys Read(SqliteHandle handle, string table)
    {
        var found = new UniqueKeys();
        var primaryKey = new SortedDictionary<long, string>();
        using (var rows = handle.Prepare($"PRAGMA main.table_info({SqliteNames.Quote(table)})"))
        {
            while (rows.Step())
            {
                found._columns.Add(SqliteNames.Quote(rows.Text(1)!));
                if (rows.Int64(5) > 0)
                    primaryKey[rows.Int64(5)] = found._columns[^1];
            }
        }

        if (primaryKey.Count > 0)
            found._keys.Add([.. primaryKey.Values]);
        using var indexes = handle.Prepare($"PRAGMA main.index_list({SqliteNames.Quote(table)})");
        while (indexes.Step())
        {
            if (indexes.Int64(2) != 0)
                found.AddIndex(handle, indexes.Text(1)!, isPartial: indexes.Int64(4) != 0);
        }

        return found;
    }

    /// <summary>Whether an UPDATE may delete rows that have the key which it gives to others: <c>UPDATE OR REPLACE</c>.</summary>
    public bool MayReplace(string statement)
    {
        var tokens = SqliteTokenCursor.Read(statement);
        var at = tokens.FindIndex(t => t.Is("UPDATE"));
        if (at < 0 || at + 2 >= tokens.Count || !tokens[at + 1].Is("OR") || !tokens[at + 2].Is("REPLACE"))
            return false;
        // What stands before an equals sign, in a list or alone; a condition may count too.
        var keys = _keys.SelectMany(k => k).Select(SqliteNames.Unquote).ToHashSet(SqliteNames.Comparer);
        return !IsReadable
            || Enumerable
                .Range(at, tokens.Count - at - 1)
                .Any(i => keys.Contains(tokens[i].Name) && (tokens[i + 1].Is('=') || tokens[i + 1].Is(',') || tokens[i + 1].Is(')')));
    }

    private void AddIndex(SqliteHandle handle, string index, bool isPartial)
    {
        var columns = new List<string>();
        using var rows = handle.Prepare($"PRAGMA main.index_info({SqliteNames.Quote(index)})");
        while (rows.Step())
        {
            // What is no column is an expression.
            if (rows.Text(2) is { } column)
                columns.Add(SqliteNames.Quote(column));
            else
                IsReadable = false;
        }

        IsReadable &= !isPartial;
        _keys.Add(columns);
    }
}
