using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>A token that means something: no white space, no comment.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
internal sealed record SqliteToken(SqlTokenKind Kind, string Text)
{
    /// <summary>The text without quotes.</summary>
    public string Name => Kind is SqlTokenKind.QuotedName or SqlTokenKind.Literal ? SqliteNames.Unquote(Text) : Text;

    /// <summary>Whether it is this key word, without quotes.</summary>
    public bool Is(string word) => Kind == SqlTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is this mark.</summary>
    public bool Is(char mark) => Kind is SqlTokenKind.Symbol or SqlTokenKind.Semicolon && Text.Length == 1 && Text[0] == mark;
}

/// <summary>A place among the tokens of a text.</summary>
/// <param name="tokens">The tokens.</param>
internal sealed class SqliteTokenCursor(IReadOnlyList<SqliteToken> tokens)
{
    private static readonly SqliteToken End = new(SqlTokenKind.WhiteSpace, "");

    private int _at;

    /// <summary>Whether all tokens are passed.</summary>
    public bool IsAtEnd => _at >= tokens.Count;

    /// <summary>The token here; an empty one at the end.</summary>
    public SqliteToken Current => Ahead(0);

    /// <summary>A later token.</summary>
    public SqliteToken Ahead(int count) => _at + count < tokens.Count ? tokens[_at + count] : End;

    /// <summary>The tokens of a text that mean something.</summary>
    public static List<SqliteToken> Read(string text)
    {
        var found = new List<SqliteToken>();
        foreach (var (token, _) in ReadPlaced(text))
            found.Add(token);
        return found;
    }

    /// <summary>The tokens of a text that mean something, with where they begin.</summary>
    public static IEnumerable<(SqliteToken Token, int At)> ReadPlaced(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var length = SqliteLexer.Scan(text.AsSpan(at), out var kind, out _);
            if (!SqliteLexer.IsBlank(kind))
                yield return (new SqliteToken(kind, text.Substring(at, length)), at);
            at += length;
        }
    }

    /// <summary>The token here, passing it.</summary>
    public SqliteToken Take()
    {
        var token = Current;
        _at++;
        return token;
    }

    /// <summary>Passes a key word if it is the one.</summary>
    public bool Skip(string word)
    {
        if (!Current.Is(word))
            return false;
        _at++;
        return true;
    }

    /// <summary>Passes a mark if it is the one.</summary>
    public bool Skip(char mark)
    {
        if (!Current.Is(mark))
            return false;
        _at++;
        return true;
    }

    /// <summary>A name without quotes, passing it; of <c>schema.name</c> the second.</summary>
    public string TakeName()
    {
        var name = Take().Name;
        return Skip('.') ? Take().Name : name;
    }

    /// <summary>The tokens between the parenthesis here and the one that closes it, passing both.</summary>
    public List<SqliteToken> TakeParenthesised()
    {
        var inner = new List<SqliteToken>();
        if (!Skip('('))
            return inner;
        for (var depth = 1; !IsAtEnd; inner.Add(Take()))
        {
            depth +=
                Current.Is('(') ? 1
                : Current.Is(')') ? -1
                : 0;
            if (depth == 0)
                break;
        }

        _ = Skip(')');
        return inner;
    }

    /// <summary>All tokens from here on.</summary>
    public List<SqliteToken> TakeRest()
    {
        var rest = tokens.Skip(_at).ToList();
        _at = tokens.Count;
        return rest;
    }

    /// <summary>Passes <c>CREATE ... name</c> of a stored definition.</summary>
    /// <returns>The name without quotes.</returns>
    public string SkipCreate(string what)
    {
        while (!IsAtEnd && !Take().Is(what)) { }

        if (Skip("IF"))
            _ = Skip("NOT") && Skip("EXISTS");
        return TakeName();
    }

    /// <summary>Cuts a list at the commas that stand outside parentheses.</summary>
    public static IEnumerable<List<SqliteToken>> SplitAtCommas(List<SqliteToken> list)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < list.Count; i++)
        {
            depth +=
                list[i].Is('(') ? 1
                : list[i].Is(')') ? -1
                : 0;
            if (depth != 0 || !list[i].Is(','))
                continue;
            yield return list.GetRange(start, i - start);
            start = i + 1;
        }

        yield return list.GetRange(start, list.Count - start);
    }
}
