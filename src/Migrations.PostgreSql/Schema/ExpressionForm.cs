using System.Text;

namespace Migrations.PostgreSql;

/// <summary>
/// Brings what the server writes of an expression into a form that a dump and a reload do not change. Three texts change on that way, and
/// then no more: a list that is converted as a whole (<c>(ARRAY['a'::character varying])::text[]</c>) comes back with each element
/// converted, a condition whose first part is one of its own kind (<c>((a AND b) AND c)</c>) comes back without the inner parentheses, and
/// a conversion without a name, where names do not count (a later part of a UNION), comes back with the type's (<c>NULL::integer AS
/// int4</c>). That name is left out: where names count, each is written, so no two queries become alike by it.
/// </summary>
internal static class ExpressionForm
{
    /// <summary>The text in that form.</summary>
    public static string Of(string text)
    {
        if (
            !text.Contains("(ARRAY[", StringComparison.Ordinal)
            && !text.Contains("((", StringComparison.Ordinal)
            && !MayNameConversion(text)
        )
            return text;
        var at = 0;
        var parts = Read(Tokens(text), ref at);
        return Write(Settle(parts));
    }

    private static bool MayNameConversion(string text) =>
        text.Contains("::", StringComparison.Ordinal) && text.Contains(" AS ", StringComparison.Ordinal);

    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        foreach (var token in new PostgreSqlDialect().Tokenize(text))
        {
            var word = text.Substring(token.Start, token.Length);
            if (word is ":" && tokens.Count > 0 && tokens[^1] is ":")
                tokens[^1] = "::";
            else
                tokens.Add(word);
        }

        return tokens;
    }

    /// <summary>Reads tokens up to a closing bracket that was not opened here.</summary>
    private static List<Part> Read(List<string> tokens, ref int at)
    {
        var parts = new List<Part>();
        while (at < tokens.Count)
        {
            var token = tokens[at++];
            if (token is ")" or "]")
                break;
            parts.Add(token is "(" or "[" ? new Part(token, Read(tokens, ref at)) : new Part(token, null));
        }

        return parts;
    }

    private static List<Part> Settle(List<Part> parts)
    {
        var settled = parts.ConvertAll(p => p.Inner is null ? p : p with { Inner = Settle(p.Inner) });
        Distribute(settled);
        Unname(settled);
        Flatten(settled, "AND");
        Flatten(settled, "OR");
        return settled;
    }

    /// <summary><c>(ARRAY[x, y])::t[]</c> becomes <c>ARRAY[(x)::t, (y)::t]</c>.</summary>
    private static void Distribute(List<Part> parts)
    {
        for (var i = 0; i + 2 < parts.Count; i++)
        {
            if (
                parts[i] is not { Text: "(", Inner: [{ Text: "ARRAY" }, { Text: "[", Inner: { Count: > 0 } elements }] }
                || parts[i + 1].Text is not "::"
                || TypeEnd(parts, i + 2) is not { } end
            )
                continue;
            var type = parts.GetRange(i + 2, end - i - 2);
            parts.RemoveRange(i, end - i + 1);
            parts.Insert(i, new Part("[", Convert(elements, type)));
            parts.Insert(i, new Part("ARRAY", null));
        }
    }

    /// <summary>Where the brackets of an array type stand; null when what follows is no array type.</summary>
    private static int? TypeEnd(List<Part> parts, int at)
    {
        for (var i = at; i < parts.Count; i++)
        {
            if (parts[i] is { Text: "[" } bracket)
                return bracket.Inner is [] && i > at ? i : null;
            if (
                parts[i] is not ({ IsBlank: true } or { Text: "." or "(" })
                && !char.IsLetter(parts[i].Text[0])
                && parts[i].Text[0] is not ('"' or '_')
            )
                return null;
        }

        return null;
    }

    private static List<Part> Convert(List<Part> elements, List<Part> type)
    {
        var converted = new List<Part>();
        foreach (var element in Split(elements))
        {
            if (converted.Count > 0)
                converted.AddRange([new Part(",", null), new Part(" ", null)]);
            if (element is [{ Text: "ARRAY" }, { Text: "[", Inner: { } inner }])
                converted.AddRange([element[0], new Part("[", Convert(inner, type))]);
            else
                converted.AddRange([new Part("(", element), new Part("::", null), .. type]);
        }

        return converted;
    }

    private static List<List<Part>> Split(List<Part> elements)
    {
        List<List<Part>> split =
        [
            [],
        ];
        foreach (var part in elements)
        {
            if (part.Text is ",")
                split.Add([]);
            else if (split[^1].Count > 0 || !part.IsBlank)
                split[^1].Add(part);
        }

        return split;
    }

    /// <summary><c>(a AND b) AND c</c> becomes <c>a AND b AND c</c>; the server does so with the first part alone.</summary>
    private static void Flatten(List<Part> parts, string word)
    {
        if (
            parts is [{ Text: "(", Inner: { } first }, { IsBlank: true }, var next, ..]
            && string.Equals(next.Text, word, StringComparison.Ordinal)
            && first.Exists(p => string.Equals(p.Text, word, StringComparison.Ordinal))
            && first[0].Text is not ("SELECT" or "WITH")
        )
        {
            parts.RemoveAt(0);
            parts.InsertRange(0, first);
        }
    }

    /// <summary><c>x::integer AS int4</c> becomes <c>x::integer</c>.</summary>
    private static void Unname(List<Part> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Text is not "::")
                continue;
            var end = parts.FindIndex(i + 1, p => p.Text is "AS" or "," or "::");
            if (end < 0 || end + 2 >= parts.Count || parts[end].Text is not "AS")
                continue;
            var type = parts.GetRange(i + 1, end - i - 1).FindAll(p => p is { Inner: null, IsBlank: false }).ConvertAll(p => p.Text);
            if (string.Equals(CastName.Of(type), CastName.Unquoted(parts[end + 2].Text), StringComparison.Ordinal))
                parts.RemoveRange(end - 1, 4);
        }
    }

    private static string Write(List<Part> parts)
    {
        var text = new StringBuilder();
        Append(text, parts);
        return text.ToString();
    }

    private static void Append(StringBuilder text, List<Part> parts)
    {
        foreach (var part in parts)
        {
            text.Append(part.Text);
            if (part.Inner is null)
                continue;
            Append(text, part.Inner);
            text.Append(part.Text is "(" ? ')' : ']');
        }
    }

    /// <param name="Text">A token, or an opening bracket.</param>
    /// <param name="Inner">What stands between the brackets; null for a token.</param>
    private sealed record Part(string Text, List<Part>? Inner)
    {
        public bool IsBlank => char.IsWhiteSpace(Text[0]);
    }
}
