using Migrations.Sql;

namespace Migrations.History;

/// <summary>
/// Finds the values of columns that are named as secrets are, where an INSERT names its columns: <c>INSERT INTO users (name, password)
/// VALUES ('ann', '...')</c>, several rows of them, a SELECT in place of VALUES, the INSERT of a MERGE.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="tokens">The statement's tokens, without white space and comments.</param>
internal sealed class SecretColumns(string text, List<SqlToken> tokens)
{
    private readonly HashSet<int> _values = [];

    /// <summary>The places of the literals that are values of such columns.</summary>
    public IReadOnlySet<int> Find()
    {
        for (var at = 0; at < tokens.Count; at++)
        {
            if (Is(at, "INTO") || (Is(at, "INSERT") && Is(at + 1, "(")))
                ReadInsert(at + 1);
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
        while (IsAny(at, "OVERRIDING", "SYSTEM", "USER", "VALUE", "("))
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
                secret.Add(SecretText.IsSecretName(tokens[at].In(text).Trim("\"`[]")));
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
