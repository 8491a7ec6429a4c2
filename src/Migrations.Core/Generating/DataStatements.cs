using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Generating;

/// <summary>
/// What a script does to rows that the schema before it can hold: which tables get rows whose keys the script itself names, and what no
/// undo can take back.
/// </summary>
internal sealed class DataStatements
{
    private readonly SqlNameReader _names;
    private readonly SchemaSnapshot _before;
    private readonly List<string> _irreversible = [];
    private readonly List<SchemaObject> _filled = [];

    private DataStatements(ISqlDialect dialect, SchemaSnapshot before) => (_names, _before) = (new SqlNameReader(dialect), before);

    /// <summary>What cannot be taken back, one sentence each.</summary>
    public IReadOnlyList<string> Irreversible => _irreversible;

    /// <summary>The tables that get rows, in their order.</summary>
    public IReadOnlyList<SchemaObject> Filled => _filled;

    /// <summary>Reads a script.</summary>
    public static DataStatements Read(ISqlDialect dialect, MigrationScript script, SchemaSnapshot before)
    {
        var found = new DataStatements(dialect, before);
        foreach (var statement in dialect.Split(script))
            found.Read(statement);
        return found;
    }

    /// <summary>The columns of a table's primary key; empty without one.</summary>
    public static IReadOnlyList<string> KeyOf(SchemaSnapshot schema, SchemaObject table)
    {
        const string Key = "PRIMARY KEY (";
        var key = schema.Objects.FirstOrDefault(o =>
            o.Type == SchemaObjectType.Constraint
            && string.Equals(o.Table, table.Name, StringComparison.Ordinal)
            && o.Definition.StartsWith(Key, StringComparison.Ordinal)
        );
        return key is null
            ? []
            :
            [
                .. key.Definition[Key.Length..key.Definition.IndexOf(')', StringComparison.Ordinal)]
                    .Split(", ")
                    .Select(c => c.Split(' ')[0]),
            ];
    }

    private void Read(ScriptStatement statement)
    {
        var words = _names.Words(statement.Text);
        switch (words.FirstOrDefault())
        {
            case "INSERT":
                ReadInsert(words, statement);
                break;
            case "UPDATE" when OldTable(words, "UPDATE") is { } table && !SetsOnlyNew(words, table):
                Refuse(statement, $"UPDATE {table.Name}: the values before it are not known");
                break;
            case "UPDATE":
                break;
            case "DELETE" or "TRUNCATE" when OldTable(words, words.Contains("FROM") ? "FROM" : "TABLE", words[0]) is { } table:
                Refuse(statement, $"{words[0]} {table.Name}: the rows are gone");
                break;
            case "DELETE" or "TRUNCATE":
                break;
            case "ALTER" or "DROP" or "CREATE" or "SELECT" or null:
                break;
            default:
                if (StatementEffect.Of(words) is ValueEffect.Writes or ValueEffect.Hidden)
                    Refuse(statement, $"{words[0]}: which rows it changes is not known");
                break;
        }
    }

    private void ReadInsert(List<string> words, ScriptStatement statement)
    {
        var into = words.IndexOf("INTO");
        if (OldTable(words, "INTO") is not { } table)
            return;
        var values = words.IndexOf("VALUES");
        var columns = values < 0 ? [] : words.Take(values).Skip(into + 1).SkipWhile(w => w is not "(").Select(Plain).ToList();
        var key = KeyOf(_before, table).Select(Plain).ToList();
        var namesKey = key.Count > 0 && (columns.Count == 0 || key.TrueForAll(k => columns.Contains(k, StringComparer.OrdinalIgnoreCase)));
        // INSERT OR REPLACE, ON CONFLICT and a SELECT depend on the rows that are there.
        if (into != 1 || values < 0 || words.Contains("CONFLICT") || words.Contains("SELECT") || !namesKey)
            Refuse(statement, $"INSERT INTO {table.Name}: the rows cannot be identified by a key that the statement names");
        else if (!_filled.Contains(table))
            _filled.Add(table);
    }

    /// <summary>Whether an UPDATE sets only columns that the script adds, which go with its undo.</summary>
    private bool SetsOnlyNew(List<string> words, SchemaObject table)
    {
        var old = _before
            .Objects.Where(o => o.Type == SchemaObjectType.Column && string.Equals(o.Table, table.Name, StringComparison.Ordinal))
            .Select(o => _names.LastName(o.Name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var depth = 0;
        for (var i = words.IndexOf("SET") + 1; i + 1 < words.Count && words[i] is not ("WHERE" or "FROM" or "RETURNING"); i++)
        {
            depth +=
                words[i] is "(" ? 1
                : words[i] is ")" ? -1
                : 0;
            // A list of columns in parentheses is not read.
            if (words[i - 1] is "SET" or "," && depth > 0 && words[i] is "(")
                return false;
            if (depth == 0 && words[i - 1] is "SET" or "," && words[i + 1] is "=" && old.Contains(Plain(words[i])))
                return false;
        }

        return words.Contains("SET");
    }

    /// <summary>The table behind a word that was there before the script.</summary>
    private SchemaObject? OldTable(List<string> words, params ReadOnlySpan<string> behind)
    {
        var at = -1;
        foreach (var word in behind)
            at = at < 0 ? words.IndexOf(word) : at;
        if (at < 0 || at + 1 >= words.Count)
            return null;
        at++;
        while (at < words.Count && words[at] is "OR" or "ONLY" or "IGNORE" or "REPLACE" or "ROLLBACK" or "ABORT" or "FAIL" or "TABLE")
            at++;
        while (at + 2 < words.Count && words[at + 1] is ".")
            at += 2;
        var name = at < words.Count ? Plain(words[at]) : "";
        return _before.Objects.FirstOrDefault(o =>
            o.Type == SchemaObjectType.Table && string.Equals(_names.LastName(o.Name), name, StringComparison.OrdinalIgnoreCase)
        );
    }

    private void Refuse(ScriptStatement statement, string why) =>
        _irreversible.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Line {statement.Location.Line}: {why}."));

    private static string Plain(string word) => SqlNameReader.Unquoted(word);
}
