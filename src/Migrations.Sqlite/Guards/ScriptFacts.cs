using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>What a script does to the tables of one schema, as far as its text says.</summary>
internal sealed class ScriptFacts
{
    private readonly Dictionary<string, ScriptStatement> _statements = new(SqliteNames.Comparer);
    private readonly HashSet<string> _madeViews = new(SqliteNames.Comparer);
    private readonly HashSet<string> _madeFromQuery = new(SqliteNames.Comparer);

    /// <summary>Tables that it drops or renames.</summary>
    public HashSet<string> Removed { get; } = new(SqliteNames.Comparer);

    /// <summary>Tables that it drops.</summary>
    public HashSet<string> Dropped { get; } = new(SqliteNames.Comparer);

    /// <summary>Names that it creates tables under or renames tables to.</summary>
    public HashSet<string> Made { get; } = new(SqliteNames.Comparer);

    /// <summary>Tables that were there before and have another name at the end, with that name.</summary>
    public Dictionary<string, string> Renamed { get; } = new(SqliteNames.Comparer);

    /// <summary>Indexes, triggers and views that it drops by name.</summary>
    public HashSet<string> DroppedOthers { get; } = new(SqliteNames.Comparer);

    /// <summary>Tables that it drops or renames and recreates, and views that it drops and recreates.</summary>
    public IEnumerable<string> Remade => Removed.Where(Made.Contains).Concat(DroppedOthers.Where(_madeViews.Contains));

    /// <summary>
    /// Known when there are foreign keys: tables that it names, or whose indexes and triggers it names, and those that their triggers name.
    /// </summary>
    public HashSet<string> Touched { get; } = new(SqliteNames.Comparer);

    /// <summary>Whether its text may add a foreign key to some table.</summary>
    public bool MayMakeForeignKeys { get; private set; }

    /// <summary>Whether the table that has this name at the end was created from a query, and so without keys.</summary>
    public bool IsMadeFromQuery(string table) => _madeFromQuery.Contains(table);

    /// <summary>The first statement that drops, renames or makes the table; null when none does.</summary>
    public ScriptStatement? FindStatement(string table) => _statements.GetValueOrDefault(table);

    /// <summary>Reads a script against the schema that it starts from.</summary>
    public static ScriptFacts Read(MigrationScript script, SchemaImage image)
    {
        var facts = new ScriptFacts();
        var collectsNames = image.ForeignKeys.Count > 0;
        using var statements = new SqliteStatementReader(script);
        while (statements.Read())
        {
            var head = StatementHead.Read(statements.Text);
            // A name without a schema may be any schema's.
            if (head.Schema is null || SqliteNames.Comparer.Equals(head.Schema, image.Schema))
                facts.Read(head, statements);
            if (collectsNames)
                facts.CollectNames(statements.Text, image.Objects);
        }

        facts.Touched.UnionWith(facts.Made);
        if (collectsNames)
            facts.FollowTriggers(image.Objects);
        return facts;
    }

    private void Read(StatementHead head, SqliteStatementReader statements)
    {
        MayMakeForeignKeys |= MakesForeignKeys(head, statements);
        if (head.Name is not { } name)
            return;
        if (head.RemovesTable || head is { Kind: StatementKind.Create, What: "TABLE" } or { Kind: StatementKind.Drop, What: "INDEX" })
            _statements.TryAdd(name, statements.ToStatement());
        switch (head)
        {
            case { Kind: StatementKind.Drop, What: "TABLE" }:
                Removed.Add(name);
                Dropped.Add(name);
                Forget(name);
                break;
            case { Kind: StatementKind.Drop }:
                DroppedOthers.Add(name);
                break;
            case { Kind: StatementKind.Create, What: "VIEW" }:
                _madeViews.Add(name);
                break;
            case { Kind: StatementKind.Create, What: "TABLE" }:
                Made.Add(name);
                SetMadeFromQuery(name, head.IsFromQuery);
                break;
            case { Kind: StatementKind.RenameTable, NewName: { } newName }:
                Removed.Add(name);
                Made.Add(newName);
                SetMadeFromQuery(newName, _madeFromQuery.Contains(name));
                Rename(name, newName);
                break;
        }
    }

    private static bool MakesForeignKeys(StatementHead head, SqliteStatementReader statements) =>
        head switch
        {
            { Kind: StatementKind.Create, What: "TABLE" } or { Kind: StatementKind.AddColumn } => Encoding
                .UTF8.GetString(statements.Text)
                .Contains("REFERENCES", StringComparison.OrdinalIgnoreCase),
            _ => head is { Kind: StatementKind.Pragma, Name: "writable_schema" },
        };

    private void Rename(string name, string newName)
    {
        var original = Renamed.FirstOrDefault(r => SqliteNames.Comparer.Equals(r.Value, name)).Key;
        // What the script has made, under whatever name, was not there before.
        if (original is null && Made.Contains(name))
            return;
        _ = Renamed.Remove(original ?? name);
        if (!SqliteNames.Comparer.Equals(original ?? name, newName))
            Renamed[original ?? name] = newName;
    }

    private void Forget(string table)
    {
        if (Renamed.FirstOrDefault(r => SqliteNames.Comparer.Equals(r.Value, table)).Key is { } original)
            Renamed.Remove(original);
    }

    private void SetMadeFromQuery(string name, bool value)
    {
        if (value)
            _madeFromQuery.Add(name);
        else
            _madeFromQuery.Remove(name);
    }

    private void CollectNames(ReadOnlySpan<byte> text, SchemaObjects objects)
    {
        // A character takes up to three bytes, and a name is doubled by its quotes at most.
        var longest = (objects.LongestName * 6) + 2;
        while (text.Length > 0)
        {
            var length = SqliteLexer.Scan(text, out var kind, out _);
            if (
                kind is SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Literal
                && length <= longest
                && objects.Owners.TryGetValue(SqliteNames.Unquote(Encoding.UTF8.GetString(text[..length])), out var owner)
            )
            {
                Touched.Add(owner);
            }

            text = text[length..];
        }
    }

    private void FollowTriggers(SchemaObjects objects)
    {
        var count = -1;
        while (count != Touched.Count)
        {
            count = Touched.Count;
            foreach (var (owner, sql) in objects.Triggers)
            {
                if (Touched.Contains(owner))
                    CollectNames(Encoding.UTF8.GetBytes(sql), objects);
            }
        }
    }
}
