using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The foreign keys and tables of one schema (<c>main</c>, or an attached database) at one moment. The tables are read when they are first
/// asked for, because most schemas have no foreign keys to look after: ask while the moment lasts.
/// </summary>
internal sealed class SchemaImage
{
    private readonly SqliteHandle _handle;
    private readonly Dictionary<string, string?> _unsound = new(StringComparer.Ordinal);

    private SchemaObjects? _objects;

    private SchemaImage(SqliteHandle handle, string schema) => (_handle, Schema) = (handle, schema);

    /// <summary>The schema's name.</summary>
    public string Schema { get; }

    /// <summary>The schema's name as it stands in statements.</summary>
    public string QuotedSchema => SqliteNames.Quote(Schema);

    /// <summary>The tables.</summary>
    public HashSet<string> Tables => Objects.Tables;

    /// <summary>Tables, views, indexes and triggers.</summary>
    public SchemaObjects Objects => _objects ??= SchemaObjects.Read(_handle, QuotedSchema);

    /// <summary>The foreign keys.</summary>
    public List<ForeignKey> ForeignKeys { get; } = [];

    /// <summary>Reads the schema as it is now.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="isKeyless">Whether it is known to have no foreign keys.</param>
    public static SchemaImage Read(SqliteHandle handle, string schema, bool isKeyless)
    {
        var image = new SchemaImage(handle, schema);
        if (!isKeyless)
            image.ReadForeignKeys();
        return image;
    }

    /// <summary>
    /// Why a foreign key points to nothing that can be a parent; null when it is sound (<see
    /// href="https://sqlite.org/foreignkeys.html#fk_indexes"/>). Reads the database once for each key, so it must be asked while the
    /// image still holds.
    /// </summary>
    public string? FindUnsoundness(ForeignKey key)
    {
        if (!_unsound.TryGetValue(key.Key, out var reason))
            _unsound[key.Key] = reason = ReadUnsoundness(key);
        return reason;
    }

    /// <summary>The tables that point to a table, directly or through others.</summary>
    public HashSet<string> DescendantsOf(IEnumerable<string> parents)
    {
        var found = new HashSet<string>(SqliteNames.Comparer);
        var open = new Queue<string>(parents);
        while (open.TryDequeue(out var parent))
        {
            foreach (var key in ForeignKeys)
            {
                if (SqliteNames.Comparer.Equals(key.Parent, parent) && found.Add(key.Child))
                    open.Enqueue(key.Child);
            }
        }

        return found;
    }

    private void ReadForeignKeys()
    {
        // The condition on the text spares reading every table of a schema without foreign keys.
        using var rows = _handle.Prepare(
            $"SELECT m.name, k.id, k.\"table\", k.\"from\", k.\"to\" FROM {QuotedSchema}.sqlite_master m, "
                + $"pragma_foreign_key_list(m.name, '{Schema.Replace("'", "''", StringComparison.Ordinal)}') k"
                + " WHERE m.type = 'table' AND m.sql LIKE '%REFERENCES%' ORDER BY m.name, k.id, k.seq"
        );
        ForeignKey? last = null;
        var (from, to) = (new List<string>(), new List<string>());
        while (rows.Step())
        {
            var (child, id) = (rows.Text(0)!, rows.Int64(1));
            if (last is null || last.Id != id || !string.Equals(last.Child, child, StringComparison.Ordinal))
            {
                (from, to) = ([], []);
                last = new ForeignKey(child, id, rows.Text(2)!, from, to);
                ForeignKeys.Add(last);
            }

            from.Add(rows.Text(3)!);
            if (rows.Text(4) is { } column)
                to.Add(column);
        }
    }

    private string? ReadUnsoundness(ForeignKey key)
    {
        if (!Tables.Contains(key.Parent))
            return $"there is no table '{key.Parent}'";
        var primaryKey = ReadPrimaryKey(key.Parent);
        if (key.ParentColumns.Count == 0)
            return primaryKey.Count == key.ChildColumns.Count
                ? null
                : $"'{key.Parent}' has no primary key of as many columns as the foreign key ({key.ChildColumns.Count})";
        if (primaryKey.SetEquals(key.ParentColumns) || HasUniqueIndex(key.Parent, key.ParentColumns))
            return null;
        return $"'{key.Parent}' has neither a primary key nor a unique index on ({string.Join(", ", key.ParentColumns)})";
    }

    private HashSet<string> ReadPrimaryKey(string table)
    {
        var columns = new HashSet<string>(SqliteNames.Comparer);
        using var rows = _handle.Prepare($"PRAGMA {QuotedSchema}.table_info({SqliteNames.Quote(table)})");
        while (rows.Step())
        {
            if (rows.Int64(5) > 0)
                columns.Add(rows.Text(1)!);
        }

        return columns;
    }

    private bool HasUniqueIndex(string table, IReadOnlyList<string> columns)
    {
        using var indexes = _handle.Prepare($"PRAGMA {QuotedSchema}.index_list({SqliteNames.Quote(table)})");
        while (indexes.Step())
        {
            var isPartial = indexes.Int64(4) != 0;
            if (indexes.Int64(2) != 0 && !isPartial && ReadIndex(indexes.Text(1)!).SetEquals(columns))
                return true;
        }

        return false;
    }

    private HashSet<string> ReadIndex(string index)
    {
        var columns = new HashSet<string>(SqliteNames.Comparer);
        using var rows = _handle.Prepare($"PRAGMA {QuotedSchema}.index_info({SqliteNames.Quote(index)})");
        while (rows.Step())
            columns.Add(rows.Text(2) ?? "");
        return columns;
    }
}
