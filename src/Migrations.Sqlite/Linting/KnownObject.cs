using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>An index, a trigger or a view, with the names in its definition.</summary>
/// <param name="Type">INDEX, TRIGGER or VIEW.</param>
/// <param name="Name">Its name in small letters.</param>
/// <param name="Table">The table that it belongs to, in small letters; empty for a view.</param>
/// <param name="Sql">Its definition.</param>
internal sealed record KnownObject(string Type, string Name, string Table, string Sql)
{
    private List<SqliteToken>? _tokens;

    /// <summary>The tokens of its definition.</summary>
    public List<SqliteToken> Tokens => _tokens ??= SqliteTokenCursor.Read(Sql);

    /// <summary>Whether it names something.</summary>
    public bool Names(string name) => Tokens.Exists(t => t.Kind is not SqlTokenKind.Symbol && SqliteNames.Comparer.Equals(t.Name, name));

    /// <summary>Reads a definition; null for a table and for anything else.</summary>
    public static KnownObject? Read(StatementHead head, string sql)
    {
        if (head is not { Kind: StatementKind.Create, Name: { } name, What: "INDEX" or "TRIGGER" or "VIEW" })
            return null;
        var known = new KnownObject(head.What, SqliteNames.Fold(name), "", sql);
        return head.What is "VIEW" ? known : known with { Table = TableOf(known.Tokens) };
    }

    // Behind the first ON that no parenthesis holds: CREATE INDEX i ON t(...), CREATE TRIGGER g AFTER UPDATE OF a ON t ...
    private static string TableOf(List<SqliteToken> tokens)
    {
        var at = tokens.FindIndex(t => t.Is("ON"));
        if (at < 0 || at + 1 >= tokens.Count)
            return "";
        at++;
        return SqliteNames.Fold(at + 2 < tokens.Count && tokens[at + 1].Is('.') ? tokens[at + 2].Name : tokens[at].Name);
    }
}
