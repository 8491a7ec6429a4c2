using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The objects of one schema at one moment, with the indexes and columns of the tables that are asked about.</summary>
internal sealed class ObjectImage
{
    private readonly List<SqliteSchemaItem> _items = [];
    private readonly HashSet<string> _names = new(SqliteNames.Comparer);
    private readonly Dictionary<string, List<IndexImage>> _indexes = new(SqliteNames.Comparer);
    private readonly Dictionary<string, HashSet<string>> _columns = new(SqliteNames.Comparer);

    /// <summary>The tables.</summary>
    public HashSet<string> Tables { get; } = new(SqliteNames.Comparer);

    /// <summary>Tables and views: what has triggers.</summary>
    public HashSet<string> Owners { get; } = new(SqliteNames.Comparer);

    /// <summary>The views.</summary>
    public IEnumerable<SqliteSchemaItem> Views => _items.Where(i => i.Type is "view");

    /// <summary>Reads it.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="quotedSchema">The schema.</param>
    /// <param name="tables">The tables whose indexes and columns are wanted.</param>
    public static ObjectImage Read(SqliteHandle handle, string quotedSchema, IEnumerable<string> tables)
    {
        var image = new ObjectImage();
        using (var rows = handle.Prepare($"SELECT type, name, tbl_name, sql FROM {quotedSchema}.sqlite_master"))
        {
            while (rows.Step())
                image.Add(new SqliteSchemaItem(rows.Text(0)!, rows.Text(1)!, rows.Text(2)!, rows.Text(3)));
        }

        foreach (var table in tables.Where(image.Tables.Contains))
        {
            image._indexes[table] = ReadIndexes(handle, quotedSchema, table, image._items);
            image._columns[table] = ReadColumns(handle, quotedSchema, table);
        }

        return image;
    }

    /// <summary>Whether there is anything of this name.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>The triggers of a table or a view.</summary>
    public IEnumerable<SqliteSchemaItem> Triggers(string owner) => _items.Where(i => i.Type is "trigger" && i.BelongsTo(owner));

    /// <summary>Everything else whose definition names a table.</summary>
    public IEnumerable<SqliteSchemaItem> Naming(string table) =>
        _items.Where(i =>
            i.Sql is { } sql
            && !(i.Type is "table" && SqliteNames.Comparer.Equals(i.Name, table))
            && SqliteTokenCursor.Read(sql).Exists(t => SqliteNames.Comparer.Equals(t.Name, table))
        );

    /// <summary>The indexes of a table, those that stand for constraints too.</summary>
    public IReadOnlyList<IndexImage> Indexes(string table) => _indexes.GetValueOrDefault(table) ?? [];

    /// <summary>The columns of a table.</summary>
    public HashSet<string> ColumnsOf(string table) => _columns.GetValueOrDefault(table) ?? [];

    /// <summary>What the definition of a table says.</summary>
    public SqliteTableText TextOf(string table) =>
        _items.Find(i => i.Type is "table" && SqliteNames.Comparer.Equals(i.Name, table)) is { Sql: { } sql } && !IsVirtual(sql)
            ? SqliteTableReader.Read(sql)
            : new SqliteTableText();

    private static bool IsVirtual(string sql) => new SqliteTokenCursor(SqliteTokenCursor.Read(sql)).Ahead(1).Is("VIRTUAL");

    private void Add(SqliteSchemaItem item)
    {
        _items.Add(item);
        _names.Add(item.Name);
        if (item.Type is "table" or "view")
            Owners.Add(item.Name);
        if (item.Type is "table")
            Tables.Add(item.Name);
    }

    private static List<IndexImage> ReadIndexes(SqliteHandle handle, string quotedSchema, string table, List<SqliteSchemaItem> items)
    {
        var indexes = new List<IndexImage>();
        using var rows = handle.Prepare($"PRAGMA {quotedSchema}.index_list({SqliteNames.Quote(table)})");
        while (rows.Step())
        {
            var name = rows.Text(1)!;
            var columns = new List<string?>();
            using (var parts = handle.Prepare($"PRAGMA {quotedSchema}.index_info({SqliteNames.Quote(name)})"))
            {
                while (parts.Step())
                    columns.Add(parts.Text(2));
            }

            var sql = items.Find(i => i.Type is "index" && SqliteNames.Comparer.Equals(i.Name, name))?.Sql;
            indexes.Add(new IndexImage(name, columns, IsUnique: rows.Int64(2) != 0, IsPartial: rows.Int64(4) != 0, sql));
        }

        return indexes;
    }

    private static HashSet<string> ReadColumns(SqliteHandle handle, string quotedSchema, string table)
    {
        var columns = new HashSet<string>(SqliteNames.Comparer);
        using var rows = handle.Prepare($"PRAGMA {quotedSchema}.table_xinfo({SqliteNames.Quote(table)})");
        while (rows.Step())
            columns.Add(rows.Text(1)!);
        return columns;
    }
}

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns; null for an expression.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="IsPartial">Whether it holds some rows only.</param>
/// <param name="Sql">Its definition; null where it stands for a constraint.</param>
internal sealed record IndexImage(string Name, IReadOnlyList<string?> Columns, bool IsUnique, bool IsPartial, string? Sql)
{
    /// <summary>
    /// Whether this one, of the new table, does what another did: a unique key of some of its columns keeps more apart than it did, and one
    /// of the same columns finds the same rows.
    /// </summary>
    public bool StandsFor(IndexImage other)
    {
        if (Columns.Any(c => c is null) || IsPartial || other.Columns.Any(c => c is null))
            return SaysTheSame(other);
        if (other.IsUnique)
            return IsUnique && Columns.All(c => other.Columns.Contains(c, SqliteNames.Comparer));
        return !other.IsPartial && Columns.Take(other.Columns.Count).SequenceEqual(other.Columns, SqliteNames.Comparer);
    }

    // All of it but its name.
    private bool SaysTheSame(IndexImage other) =>
        IsUnique == other.IsUnique
        && Sql is not null
        && other.Sql is not null
        && string.Equals(Tail(Sql), Tail(other.Sql), StringComparison.Ordinal);

    private static string Tail(string sql)
    {
        var tokens = SqliteTokenCursor.Read(sql);
        var on = tokens.FindIndex(t => t.Is("ON"));
        return on < 0 ? sql : SqliteNormalForm.Write(tokens.GetRange(on, tokens.Count - on));
    }
}
