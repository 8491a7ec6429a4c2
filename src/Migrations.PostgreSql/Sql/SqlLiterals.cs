using System.Globalization;
using System.Text;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads what literals say (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS"/>).
/// </summary>
internal static class SqlLiterals
{
    /// <summary>The value of a literal in quotes or dollar quotes.</summary>
    public static string ValueOf(string literal) =>
        literal switch
        {
            ['$', ..] when literal.IndexOf('$', 1) is > 0 and var end => Between(literal, end + 1, literal.Length - end - 1),
            ['\'', ..] => Unquoted(literal, 1),
            ['"', .., '"'] => literal[1..^1],
            ['u' or 'U', '&', '\'', ..] => WithoutEscapes(Unquoted(literal, 3)),
            ['e' or 'E', '\'', ..] => Unescaped(Unquoted(literal, 2)),
            [_, '\'', ..] => Unquoted(literal, 2),
            _ => literal,
        };

    /// <summary>A text with <c>\0041</c> and <c>\+000041</c>, as <c>U&amp;</c> brings them, read.</summary>
    public static string WithoutEscapes(string text)
    {
        if (text.StartsWith("U&\"", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        else if (text.StartsWith('"'))
            return text;
        var value = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var (digits, from) =
                text[at] != '\\' ? (0, 0)
                : at + 1 < text.Length && text[at + 1] == '+' ? (6, at + 2)
                : (4, at + 1);
            if (digits > 0 && TryNumber(text, from, digits, NumberStyles.AllowHexSpecifier, out var code))
            {
                value.Append(code);
                at = from + digits - 1;
            }
            else
            {
                value.Append(text[at]);
            }
        }

        return value.ToString();
    }

    private static string Unquoted(string literal, int from) =>
        Between(literal, from, literal.Length > from && literal[^1] == '\'' ? literal.Length - 1 : literal.Length)
            .Replace("''", "'", StringComparison.Ordinal);

    private static string Between(string text, int from, int to) => to > from ? text[from..to] : "";

    private static string Unescaped(string text)
    {
        var value = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                value.Append(text[at]);
                continue;
            }

            at++;
            var (from, digits, style) = text[at] switch
            {
                'x' => (at + 1, 2, NumberStyles.AllowHexSpecifier),
                'u' => (at + 1, 4, NumberStyles.AllowHexSpecifier),
                'U' => (at + 1, 8, NumberStyles.AllowHexSpecifier),
                _ => (at, 0, NumberStyles.None),
            };
            if (digits > 0 && TryNumber(text, from, digits, style, out var code))
            {
                value.Append(code);
                at = from + digits - 1;
            }
            else if (TryOctal(text, at, out var octal))
            {
                value.Append(octal);
                at += 2;
            }
            else
            {
                value.Append(
                    text[at] switch
                    {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'b' => '\b',
                        'f' => '\f',
                        var c => c,
                    }
                );
            }
        }

        return value.ToString();
    }

    private static bool TryNumber(string text, int from, int digits, NumberStyles style, out string character)
    {
        character = "";
        if (
            from + digits > text.Length
            || !int.TryParse(text.AsSpan(from, digits), style, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code)
        )
            return false;
        character = new Rune(code).ToString();
        return true;
    }

    private static bool TryOctal(string text, int from, out char character)
    {
        character = '\0';
        if (from + 3 > text.Length || text.AsSpan(from, 3).ContainsAnyExceptInRange('0', '7'))
            return false;
        character = (char)(((text[from] - '0') * 64) + ((text[from + 1] - '0') * 8) + text[from + 2] - '0');
        return true;
    }
}
