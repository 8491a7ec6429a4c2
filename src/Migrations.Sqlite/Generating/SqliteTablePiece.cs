using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>A column or a constraint as a CREATE TABLE writes it.</summary>
/// <param name="Text">Its text on one line, without comments.</param>
/// <param name="Tokens">Its tokens.</param>
internal sealed record SqliteTablePiece(string Text, IReadOnlyList<SqliteToken> Tokens)
{
    private static readonly string[] ConstraintWords = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

    /// <summary>Whether it is a column, and not a constraint of the table.</summary>
    public bool IsColumn => !Array.Exists(ConstraintWords, Tokens[0].Is);

    /// <summary>The column's name without quotes.</summary>
    public string Column => Tokens[0].Name;

    /// <summary>Whether it names something.</summary>
    public bool Names(string name) => Tokens.Any(t => IsName(t, name));

    /// <summary>Whether it has one of some words outside parentheses.</summary>
    public bool Has(params ReadOnlySpan<string> words)
    {
        var depth = 0;
        foreach (var token in Tokens)
        {
            depth +=
                token.Is('(') ? 1
                : token.Is(')') ? -1
                : 0;
            foreach (var word in words)
            {
                if (depth == 0 && token.Is(word))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether a token is this name.</summary>
    public static bool IsName(SqliteToken token, string name) =>
        token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName or SqlTokenKind.Literal && SqliteNames.Comparer.Equals(token.Name, name);

    /// <summary>A column or a constraint as it is written elsewhere; null where the text is neither.</summary>
    public static SqliteTablePiece? Of(string text) => Cut($"({text}\n)").Pieces is [var first, ..] ? first : null;

    /// <summary>A text without comments and line ends.</summary>
    public static string OnOneLine(string text)
    {
        var line = new StringBuilder();
        var end = 0;
        foreach (var (token, at) in SqliteTokenCursor.ReadPlaced(text))
        {
            line.Append(line.Length > 0 && at > end ? " " : "").Append(token.Text);
            end = at + token.Text.Length;
        }

        return line.ToString();
    }

    /// <summary>What stands in the parentheses behind a word.</summary>
    public string Within(string word)
    {
        var tokens = SqliteTokenCursor.ReadPlaced(Text).ToList();
        var open = tokens.FindIndex(t => t.Token.Is(word)) + 1;
        var close = Behind(tokens, open) - 1;
        return open < tokens.Count && tokens[open].Token.Is('(') ? Text[(tokens[open].At + 1)..tokens[close].At].Trim() : "";
    }

    /// <summary>
    /// Its text without a word, and without the value that belongs to it.
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="hasValue">Whether a value belongs to it: a literal with its sign, or what is in parentheses.</param>
    public string Without(string word, bool hasValue = false)
    {
        var tokens = SqliteTokenCursor.ReadPlaced(Text).ToList();
        var first = tokens.FindIndex(t => t.Token.Is(word));
        if (first < 0)
            return Text;
        var next = first + 1;
        if (hasValue && next < tokens.Count)
            next =
                tokens[next].Token.Is('(') ? Behind(tokens, next)
                : tokens[next].Token.Is('-') || tokens[next].Token.Is('+') ? next + 2
                : next + 1;
        var rest = next < tokens.Count ? Text[tokens[next].At..] : "";
        return $"{Text[..tokens[first].At].TrimEnd()} {rest}".TrimEnd();
    }

    // The place behind the parenthesis that closes the one at a place.
    private static int Behind(List<(SqliteToken Token, int At)> tokens, int open)
    {
        for (var (at, depth) = (open, 0); at < tokens.Count; at++)
        {
            depth +=
                tokens[at].Token.Is('(') ? 1
                : tokens[at].Token.Is(')') ? -1
                : 0;
            if (depth == 0)
                return at + 1;
        }

        return tokens.Count;
    }

    /// <summary>Cuts a CREATE TABLE as SQLite stores it.</summary>
    /// <returns>What stands behind its name, and the columns and constraints.</returns>
    public static (string Body, IReadOnlyList<SqliteTablePiece> Pieces) Cut(string sql)
    {
        var pieces = new List<SqliteTablePiece>();
        var (text, tokens) = (new StringBuilder(), new List<SqliteToken>());
        var (open, depth, at) = (-1, 0, 0);
        while (at < sql.Length)
        {
            var length = SqliteLexer.Scan(sql.AsSpan(at), out var kind, out _);
            var token = new SqliteToken(kind, sql.Substring(at, length));
            if (token.Is(')'))
                depth--;
            if (depth == 1 && token.Is(',') || depth == 0 && open >= 0 && tokens.Count > 0)
                Add();
            else if (depth > 0)
                Take(token);
            if (token.Is('(') && depth++ == 0 && open < 0)
                open = at;
            at += length;
            if (open >= 0 && depth == 0)
                break;
        }

        return (open < 0 ? "" : sql[open..], pieces);

        void Add()
        {
            if (tokens.Count > 0)
                pieces.Add(new SqliteTablePiece(text.ToString().Trim(), [.. tokens]));
            text.Clear();
            tokens.Clear();
        }

        void Take(SqliteToken token)
        {
            if (SqliteLexer.IsBlank(token.Kind))
            {
                if (text.Length > 0 && text[^1] != ' ')
                    text.Append(' ');
                return;
            }

            text.Append(token.Text);
            tokens.Add(token);
        }
    }
}
