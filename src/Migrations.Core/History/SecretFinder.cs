using Migrations.Sql;

namespace Migrations.History;

/// <summary>
/// Finds the secrets of statements: what follows a name of a secret, what stands in connection strings and URLs, keys of encryption; in
/// bodies, literals and comments too. In doubt it takes too much: what it finds is only hidden, never left out of what runs.
/// </summary>
/// <param name="dialect">How the text is read.</param>
internal sealed class SecretFinder(ISqlDialect dialect)
{
    private static readonly string[] KeyFunctions =
    [
        "pgp_sym_encrypt",
        "pgp_sym_encrypt_bytea",
        "pgp_sym_decrypt",
        "pgp_sym_decrypt_bytea",
        "pgp_pub_decrypt",
        "encrypt",
        "decrypt",
        "encrypt_iv",
        "decrypt_iv",
        "hmac",
        "crypt",
    ];

    private static readonly string[] KeyPragmas = ["key", "rekey", "hexkey", "hexrekey", "textkey", "textrekey"];

    private readonly HashSet<string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SecretSpan> _found = [];

    /// <summary>The secrets of a text, in order; none overlaps another.</summary>
    public IReadOnlyList<SecretSpan> Find(string text)
    {
        Find(text, 0, closing: 0);
        if (_variables.Count > 0)
            Find(text, 0, closing: 0);
        var found = new List<SecretSpan>();
        foreach (var span in _found.Where(s => s.Length > 0).OrderBy(s => s.Start).ThenByDescending(s => s.Length))
        {
            var end = found.Count == 0 ? -1 : found[^1].Start + found[^1].Length;
            if (span.Start == end && !span.IsLiteral && !found[^1].IsLiteral)
                found[^1] = found[^1] with { Length = found[^1].Length + span.Length };
            else if (span.Start >= end)
                found.Add(span);
        }

        return found;
    }

    private void Find(string text, int offset, int closing)
    {
        var statement = new List<SqlToken>();
        SecretColumns? copy = null;
        foreach (var token in dialect.Tokenize(text))
        {
            if (token.Kind == SqlTokenKind.Comment)
                AddText(token.In(text).ToString(), offset + token.Start);
            else if (token.Kind == SqlTokenKind.Shell)
                AddData(token.In(text).ToString(), offset + token.Start, copy);
            else if (token.Kind == SqlTokenKind.Semicolon)
            {
                copy = new SecretColumns(text, [.. statement]);
                FindInStatement(text, statement, offset, closing);
            }
            else if (token.Kind != SqlTokenKind.WhiteSpace)
                statement.Add(token);
        }

        FindInStatement(text, statement, offset, closing);
    }

    private void FindInStatement(string text, List<SqlToken> tokens, int offset, int closing)
    {
        var reader = new SecretStatement(text, tokens);
        var (isOpen, keyDepth, depth) = (false, -1, 0);
        for (var at = 0; at < tokens.Count; at++)
        {
            depth +=
                reader.Is(at, "(") ? 1
                : reader.Is(at, ")") ? -1
                : 0;
            keyDepth = keyDepth >= 0 && depth < keyDepth ? -1 : keyDepth;
            if (reader.Is(at, "(") && (reader.IsAny(at - 1, KeyFunctions) || reader.IsCallOfSecret(at - 1)) && keyDepth < 0)
                keyDepth = depth;
            if (reader.SecretAfter(at, KeyPragmas, _variables) is { } secret)
            {
                var last = reader.EndOf(secret);
                Take(text, tokens, secret, last, offset, closing);
                at = Math.Max(at, reader.IsLiteral(at) ? at : last);
            }
            else if (reader.IsLiteral(at))
            {
                var last = reader.EndOfContinued(at);
                if (
                    isOpen
                    || keyDepth >= 0
                    || reader.IsNamedBehind(at)
                    || reader.IsValueOfSecret(at)
                    || (last > at && SecretText.MayHold(reader.Joined(at, last)))
                )
                    Take(text, tokens, at, last, offset, closing);
                else
                    FindInLiteral(tokens[at].In(text).ToString(), offset + tokens[at].Start, closing, reader.IsComment);
                isOpen |= SecretText.LeavesOpen(reader.Content(at)) || reader.IsMessageAboutSecret(at);
                at = last;
            }
            else if (isOpen && tokens[at].Kind == SqlTokenKind.Word && !reader.Is(at + 1, "(") && !reader.Is(at, "USING"))
            {
                _variables.Add(reader.Text(at));
            }
        }

        tokens.Clear();
    }

    // Each literal whole; anything else as it stands.
    private void Take(string text, List<SqlToken> tokens, int from, int to, int offset, int closing)
    {
        for (var at = from; at <= to; at++)
        {
            var token = tokens[at];
            if (token.Kind != SqlTokenKind.Literal || (at > from && tokens[at - 1].Start + tokens[at - 1].Length == token.Start))
                _found.Add(new SecretSpan(offset + token.Start, token.Length, IsLiteral: false));
            else if (offset == 0)
                _found.Add(new SecretSpan(token.Start, token.Length, IsLiteral: true));
            else if (Inside(token.In(text), closing) is { } inside)
                _found.Add(new SecretSpan(offset + token.Start + inside.From, inside.To - inside.From, IsLiteral: false));
        }
    }

    private void FindInLiteral(string literal, int offset, int closing, bool isComment)
    {
        if (!SecretText.MayHold(literal) && !(isComment && SecretText.Mentions(literal)))
            return;
        if (Inside(literal, closing) is not { } inside)
            return;
        var content = literal[inside.From..inside.To];
        if (isComment && SecretText.Mentions(content))
        {
            _found.Add(new SecretSpan(offset + inside.From, content.Length, IsLiteral: false));
            return;
        }

        AddText(content, offset + inside.From);
        // A doubled quote is one to the inner statement; the blank keeps the places, and stands before the closing one inside the literal.
        if (literal[0] == '$')
            Find(content, offset + inside.From, closing);
        else
            Find(
                content.Replace("''", " '", StringComparison.Ordinal).Replace("\\'", " '", StringComparison.Ordinal),
                offset + inside.From,
                closing + 1
            );
    }

    private void AddData(string data, int offset, SecretColumns? copy)
    {
        foreach (var (start, length) in copy?.FindInData(data) ?? [])
            _found.Add(new SecretSpan(offset + start, length, IsLiteral: false));
    }

    private void AddText(string text, int offset)
    {
        if (!SecretText.MayHold(text))
            return;
        foreach (var (start, length) in SecretText.Find(text))
            _found.Add(new SecretSpan(offset + start, length, IsLiteral: false));
    }

    // What is between the quotes; a nested literal's are doubled, or more. Null where there is nothing between them, or they do not close.
    private static (int From, int To)? Inside(ReadOnlySpan<char> literal, int closing)
    {
        var isDollar = literal[0] == '$';
        var from = (isDollar ? literal[1..].IndexOf('$') + 1 : literal.IndexOf('\'')) + 1;
        var to = literal.Length - (isDollar ? from : 1 + closing);
        if (!isDollar && (literal.Length == from || literal[^1] != '\''))
            to = literal.Length;
        return from > 0 && to > from ? (from, to) : null;
    }
}
