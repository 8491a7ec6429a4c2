using Migrations.Sql;

namespace Migrations.History;

/// <summary>One statement, read for what stands where a secret is expected.</summary>
/// <param name="text">The text.</param>
/// <param name="tokens">The statement's tokens, without white space and comments.</param>
internal sealed class SecretStatement(string text, List<SqlToken> tokens)
{
    // What may follow PASSWORD without being one.
    private static readonly string[] NoSecrets =
    [
        "null",
        "default",
        "current",
        "text",
        "varchar",
        "character",
        "char",
        "bytea",
        "citext",
        "not",
        "do",
        "in",
        "is",
        "as",
        "and",
        "or",
        "from",
        "then",
        "end",
        "collate",
        "primary",
        "unique",
        "check",
        "references",
        "generated",
        "type",
        "drop",
        "set",
        "add",
        "valid",
        "login",
        "nologin",
        "superuser",
        "createdb",
        "createrole",
    ];

    private readonly bool _isRole = FindsRole(text, tokens);
    private readonly Lazy<IReadOnlySet<int>> _columnValues = new(() => new SecretColumns(text, tokens).Find());
    private bool? _isUpdateOfSecret;

    /// <summary>Whether it is a comment on an object.</summary>
    public bool IsComment => Is(0, "COMMENT");

    /// <summary>A token's text; empty beyond the last one.</summary>
    public string Text(int at) => at >= 0 && at < tokens.Count ? tokens[at].In(text).ToString() : "";

    /// <summary>Whether a token is this word or mark.</summary>
    public bool Is(int at, string word) =>
        at >= 0 && at < tokens.Count && tokens[at].In(text).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a token is one of these words.</summary>
    public bool IsAny(int at, string[] words) => words.Contains(Name(at), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a token is a literal.</summary>
    public bool IsLiteral(int at) => at < tokens.Count && tokens[at].Kind == SqlTokenKind.Literal;

    /// <summary>What a literal holds, as far as its first and last quote.</summary>
    public string Content(int at) => Text(at).TrimEnd('\'').TrimStart('E', 'e').TrimStart('\'');

    /// <summary>What the parts of a literal on following lines hold together.</summary>
    public string Joined(int at, int last) => string.Concat(Enumerable.Range(at, last - at + 1).Select(Content));

    /// <summary>Whether a token is the name of a function that is called, and is one of a secret: <c>set_password('ann',
    /// '...')</c>.</summary>
    public bool IsCallOfSecret(int at) =>
        at >= 0
        && tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName
        && !IsAny(at - 1, ["INTO", "TABLE", "ON", "EXISTS", "REFERENCES", "VIEW", "AS", ","])
        && SecretText.IsSecretName(Name(at));

    /// <summary>Whether a literal is the text of a message in which the next values stand, and speaks of a secret.</summary>
    public bool IsMessageAboutSecret(int at) =>
        (Is(at - 1, "RAISE") || Is(at - 2, "RAISE"))
        && Content(at).Contains('%', StringComparison.Ordinal)
        && SecretText.Mentions(Content(at));

    /// <summary>Where a token ends.</summary>
    public int EndAt(int at) => tokens[at].Start + tokens[at].Length;

    /// <summary>The token that is a secret because of the one at a position; null without one.</summary>
    public int? SecretAfter(int at, string[] pragmas, HashSet<string> variables)
    {
        if (Is(0, "PRAGMA") && IsAny(at, pragmas) && at <= 3)
            return Existing(at + (Is(at + 1, "=") || Is(at + 1, "(") ? 2 : 1));
        if ((Is(0, "ATTACH") && Is(at, "KEY")) || (Is(at - 1, "IDENTIFIED") && Is(at, "BY")))
            return Existing(at + 1);
        if (IsLiteral(at))
            return Is(at + 1, ",") && IsLiteral(at + 2) && SecretText.IsSecretName(Content(at)) ? at + 2 : null;
        var isVariable = variables.Contains(Text(at));
        if (
            at >= tokens.Count
            || tokens[at].Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedName)
            || !(isVariable || SecretText.IsSecretName(Name(at)))
        )
            return null;
        var (value, isAssigned) = Assigned(at + 1);
        if (IsLiteral(value))
            return !isVariable || isAssigned ? value : null;
        return
            !isVariable
            && value < tokens.Count
            && MayBeBare(at, isAssigned)
            && !NoSecrets.Contains(Text(value), StringComparer.OrdinalIgnoreCase)
            && !IsMark(value)
            ? value
            : null;
    }

    /// <summary>Whether a literal is the value of a column that is named as a secret is.</summary>
    public bool IsValueOfSecret(int at) => _columnValues.Value.Contains(at);

    /// <summary>
    /// Whether a literal is a secret by what comes behind it: <c>SET v = 'x' WHERE k = 'api_key'</c>, <c>'x' AS password</c>.
    /// </summary>
    public bool IsNamedBehind(int at) =>
        (Is(at - 1, "=") && IsUpdateOfSecret && !SecretText.IsSecretName(Content(at)))
        || (Is(at + 1, "AS") && SecretText.IsSecretName(Name(at + 2)));

    /// <summary>
    /// The last token of a secret: with what stands right behind it (a quote that was forgotten), and a literal's parts on following lines.
    /// </summary>
    public int EndOf(int at)
    {
        var first = at;
        while (at + 1 < tokens.Count && tokens[at + 1].Start == EndAt(at) && !IsMark(at + 1))
            at++;
        // A quote inside it was not doubled: where it ends is anyone's guess.
        if (IsLiteral(first) && at > first)
            return tokens.Count - 1;
        return IsLiteral(at) ? EndOfContinued(at) : at;
    }

    /// <summary>The last part of a literal that continues on following lines.</summary>
    public int EndOfContinued(int at)
    {
        while (IsLiteral(at + 1) && text.AsSpan(EndAt(at), tokens[at + 1].Start - EndAt(at)).Contains('\n'))
            at++;
        return at;
    }

    private bool IsUpdateOfSecret =>
        _isUpdateOfSecret ??=
            Is(0, "UPDATE")
            && Enumerable.Range(1, tokens.Count - 1).Any(at => Is(at - 1, "=") && IsLiteral(at) && SecretText.IsSecretName(Content(at)));

    private string Name(int at) => Text(at).Trim('"', '`', '[', ']');

    private int? Existing(int at) => at < tokens.Count ? at : null;

    private bool IsMark(int at) => Text(at) is "," or ")" or "(" or ";";

    // = 'x', := 'x', => 'x', TO 'x'; and a declaration: text DEFAULT 'x', text := 'x'.
    private (int At, bool IsAssigned) Assigned(int at)
    {
        var value = at;
        while (Is(value, "=") || Is(value, ":") || Is(value, ">") || Is(value, "TO"))
            value++;
        while (value > at && Is(value + 1, "(") && IsLiteral(value + 2))
            value += 2;
        for (var behind = at; value == at && behind < at + 6 && !Is(behind, ","); behind++)
        {
            if (Is(behind, "DEFAULT") && IsLiteral(behind + 1))
                return (behind + 1, true);
            if (Is(behind, ":") && Is(behind + 1, "="))
                return (behind + 2, true);
        }

        return (value, value > at);
    }

    // Words without quotes are secrets where nothing else can stand.
    private bool MayBeBare(int at, bool isAssigned) =>
        (_isRole && Is(at, "PASSWORD")) || (isAssigned && (Is(0, "SET") || (Is(0, "ALTER") && !Is(1, "TABLE")))) || IsInOptions(at);

    private bool IsInOptions(int at)
    {
        while (at > 0 && !Is(at, "("))
            at--;
        return at > 0 && Is(at - 1, "OPTIONS");
    }

    private static bool FindsRole(string text, List<SqlToken> tokens)
    {
        for (var at = 1; at < tokens.Count; at++)
        {
            if (IsWord(at, "ROLE", "USER", "GROUP") && IsWord(at - 1, "CREATE", "ALTER"))
                return true;
        }

        return false;

        bool IsWord(int index, params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (tokens[index].In(text).Equals(word, StringComparison.OrdinalIgnoreCase))
                    return true;
            }

            return false;
        }
    }
}
