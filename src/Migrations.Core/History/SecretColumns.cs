using Migrations.Sql;

namespace Migrations.History;

/// <summary>
/// Finds the values of columns that are named as secrets are: where an INSERT names its columns (<c>INSERT INTO users (name, password)
/// VALUES ('ann', '...')</c>, several rows of them, a SELECT in place of VALUES, the INSERT of a MERGE), a list of columns is assigned to,
/// or names what a query gives; and every literal of an expression that is assigned (<c>password = coalesce(x, '...')</c>).
/// </summary>
/// <param name="text">The text.</param>
/// <param name="tokens">The statement's tokens, without white space and comments.</param>
internal sealed class SecretColumns(string text, List<SqlToken> tokens)
{
    // What ends an expression.
    private static readonly string[] Ends =
    [
        ",",
        ")",
        "WHERE",
        "FROM",
        "RETURNING",
        "AND",
        "OR",
        "ORDER",
        "GROUP",
        "LIMIT",
        "ON",
        "UNION",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "LOOP",
    ];

    private readonly HashSet<int> _values = [];

    /// <summary>The places of the literals that are values of such columns.</summary>
    public IReadOnlySet<int> Find()
    {
        for (var at = 0; at < tokens.Count; at++)
        {
            if (Is(at, "INTO") || (Is(at, "INSERT") && Is(at + 1, "(")))
                ReadInsert(at + 1);
            else if (Is(at, "("))
                ReadList(at);
            else if (IsName(at) && SecretText.IsSecretName(NameAt(at)) && Assigned(at + 1) is { } value)
                ReadExpression(value);
        }

        return _values;
    }

    /// <summary>
    /// The places of such values in the lines of data behind a COPY: the fields of the text format, and whole lines of any other.
    /// </summary>
    /// <param name="data">The lines.</param>
    public IEnumerable<(int Start, int Length)> FindInData(string data)
    {
        var at = 0;
        while (at < tokens.Count && !Is(at, "("))
            at++;
        if (!Is(0, "COPY") || ReadColumns(ref at) is not { } secret)
            yield break;
        var isText = !tokens.Exists(t => t.In(text).ToString().ToUpperInvariant() is "CSV" or "DELIMITER" or "DELIMITERS");
        var line = 0;
        foreach (var content in data.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (content is not "\\.")
            {
                var field = line;
                foreach (var (value, i) in (isText ? content.Split('\t') : [content]).Select((v, i) => (v, i)))
                {
                    if (value is not "\\N" && (!isText || (i < secret.Count && secret[i])))
                        yield return (field, value.Length);
                    field += value.Length + 1;
                }
            }

            line = data.IndexOf('\n', line) + 1;
        }
    }

    // Behind the table's name, and its alias, stand the columns.
    private void ReadInsert(int at)
    {
        while (at < tokens.Count && !Is(at, "(") && !IsAny(at, "VALUES", "SELECT", "DEFAULT"))
            at++;
        if (ReadColumns(ref at) is not { } secret)
            return;
        ReadRows(at, secret);
    }

    // (name, password) = ('ann', '...'); users (name, password) AS (VALUES ...); (VALUES ...) AS users (name, password).
    private void ReadList(int open)
    {
        var at = open;
        for (at++; IsName(at) && (Is(at + 1, ",") || Is(at + 1, ")")); at += 2) { }

        if (at < open + 2 || !Is(at - 1, ")") || ReadColumns(ref open) is not { } secret)
            return;
        var alias = open - 2 * secret.Count - 2;
        if (Is(at, "="))
            ReadAssigned(Is(at + 1, "ROW") ? at + 2 : at + 1, secret);
        else if (Is(at, "AS"))
            ReadRows(at + 1, secret);
        else if (IsName(alias) && Is(alias - (Is(alias - 1, "AS") ? 2 : 1), ")"))
            ReadRows(Opening(alias - (Is(alias - 1, "AS") ? 2 : 1)) + 1, secret);
    }

    private void ReadAssigned(int at, List<bool> secret)
    {
        if (Is(at, "(") && IsAny(at + 1, "SELECT", "VALUES"))
            ReadRows(at + 1, secret);
        else if (Is(at, "("))
            ReadRow(at + 1, secret, isSelect: false);
    }

    private int Opening(int closing)
    {
        var depth = 0;
        for (var at = closing; at >= 0; at--)
        {
            depth +=
                Is(at, ")") ? 1
                : Is(at, "(") ? -1
                : 0;
            if (depth == 0)
                return at;
        }

        return closing;
    }

    // = x, := x, => x; and TO x, of a setting.
    private int? Assigned(int at)
    {
        var value = at;
        while (IsAny(value, "=", ":", ">"))
            value++;
        if (value == at && Is(at, "TO") && IsAny(0, "SET", "ALTER"))
            value++;
        return value > at && !(value == at + 1 && IsAny(at, ":", ">")) ? value : null;
    }

    /// <summary>Takes the literals of an expression, up to what does not belong to it.</summary>
    private void ReadExpression(int at)
    {
        for (var (depth, cases) = (0, 0); at < tokens.Count; at++)
        {
            if (depth == 0 && cases == 0 && IsAny(at, Ends))
                return;
            depth +=
                Is(at, "(") ? 1
                : Is(at, ")") ? -1
                : 0;
            cases +=
                Is(at, "CASE") ? 1
                : Is(at, "END") ? -1
                : 0;
            if (tokens[at].Kind == SqlTokenKind.Literal)
                _values.Add(at);
        }
    }

    private void ReadRows(int at, List<bool> secret)
    {
        while (IsAny(at, "OVERRIDING", "SYSTEM", "USER", "VALUE", "NOT", "MATERIALIZED", "("))
            at++;
        while (IsAny(at, "SELECT", "ALL"))
            at = Is(at, "ALL") ? at + 1 : ReadRow(at + 1, secret, isSelect: true);
        if (Is(at, "VALUES"))
            for (at++; Is(at, "("); at = Is(at, ",") ? at + 1 : tokens.Count)
                at = ReadRow(at + 1, secret, isSelect: false);
    }

    /// <summary>Which of the columns in parentheses are named as secrets are; null where none is.</summary>
    private List<bool>? ReadColumns(ref int at)
    {
        if (!Is(at, "("))
            return null;
        var secret = new List<bool>();
        for (at++; at < tokens.Count && !Is(at, ")"); at++)
        {
            if (!Is(at, ","))
                secret.Add(SecretText.IsSecretName(NameAt(at)));
        }

        at++;
        return secret.Contains(true) ? secret : null;
    }

    /// <summary>Reads the values of a row.</summary>
    /// <returns>The place behind it.</returns>
    private int ReadRow(int at, List<bool> secret, bool isSelect)
    {
        var (column, depth) = (0, 0);
        for (; at < tokens.Count; at++)
        {
            if (depth == 0 && (isSelect ? IsAny(at, "FROM", "UNION", "WHERE", ")") : Is(at, ")")))
                return at + 1;
            depth +=
                Is(at, "(") ? 1
                : Is(at, ")") ? -1
                : 0;
            if (depth == 0 && Is(at, ","))
                column++;
            else if (tokens[at].Kind == SqlTokenKind.Literal && column < secret.Count && secret[column])
                _values.Add(at);
        }

        return at;
    }

    private bool IsName(int at) => at >= 0 && at < tokens.Count && tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    private ReadOnlySpan<char> NameAt(int at) => tokens[at].In(text).Trim("\"`[]");

    private bool IsAny(int at, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Is(at, word))
                return true;
        }

        return false;
    }

    private bool Is(int at, string word) =>
        at >= 0 && at < tokens.Count && tokens[at].In(text).Equals(word, StringComparison.OrdinalIgnoreCase);
}
