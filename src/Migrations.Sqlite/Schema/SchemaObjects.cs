using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The objects of a schema, by name.</summary>
internal sealed class SchemaObjects
{
    private SchemaObjects() { }

    /// <summary>The tables.</summary>
    public HashSet<string> Tables { get; } = new(SqliteNames.Comparer);

    /// <summary>Every object, with the table or view that it belongs to.</summary>
    public Dictionary<string, string> Owners { get; } = new(SqliteNames.Comparer);

    /// <summary>How long the longest name is.</summary>
    public int LongestName { get; private set; }

    /// <summary>The triggers: the table or view that each belongs to, and its text.</summary>
    public List<(string Owner, string Sql)> Triggers { get; } = [];

    /// <summary>Reads the objects as they are now.</summary>
    public static SchemaObjects Read(SqliteHandle handle, string quotedSchema)
    {
        var objects = new SchemaObjects();
        using var rows = handle.Prepare(
            $"SELECT type, name, tbl_name, CASE type WHEN 'trigger' THEN sql END FROM {quotedSchema}.sqlite_master"
        );
        while (rows.Step())
            objects.Add(rows.Text(0), rows.Text(1)!, rows.Text(2)!, rows.Text(3));
        return objects;
    }

    private void Add(string? type, string name, string owner, string? sql)
    {
        Owners[name] = owner;
        LongestName = Math.Max(LongestName, name.Length);
        if (type is "table")
            Tables.Add(name);
        else if (type is "trigger")
            Triggers.Add((owner, sql ?? ""));
    }
}
