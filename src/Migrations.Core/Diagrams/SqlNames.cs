namespace Migrations.Diagrams;

/// <summary>Reads names and words out of definitions in normal form. Pure.</summary>
internal static class SqlNames
{
    /// <summary>The parts of a name with dots, without quotes.</summary>
    public static IReadOnlyList<string> Parts(string name) => [.. Split(name, c => c == '.').Select(Plain)];

    /// <summary>The names of a list in parentheses, without quotes; empty where the text has none.</summary>
    /// <param name="text">A text that begins with the parenthesis.</param>
    public static IReadOnlyList<string> List(string text)
    {
        var list = text.TrimStart();
        return list.StartsWith('(') ? [.. Split(Inside(list), c => c == ',').Select(part => Plain(part.Trim()))] : [];
    }

    /// <summary>The words of a text: parentheses and quotes keep together what is in them.</summary>
    public static IReadOnlyList<string> Words(string text) => [.. Split(text, char.IsWhiteSpace).Where(word => word.Length > 0)];

    private static string Plain(string name) =>
        name.Length >= 2 && name[0] == '"' && name[^1] == '"' ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;

    private static string Inside(string text)
    {
        var end = Scan(text, (c, depth) => c == ')' && depth == 0).FirstOrDefault(text.Length);
        return text[1..end];
    }

    private static List<string> Split(string text, Func<char, bool> isBorder)
    {
        var parts = new List<string>();
        var start = 0;
        foreach (var border in Scan(text, (c, depth) => depth == 0 && isBorder(c)))
        {
            parts.Add(text[start..border]);
            start = border + 1;
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>The places of characters outside quotes; of a closing parenthesis the depth behind it.</summary>
    private static IEnumerable<int> Scan(string text, Func<char, int, bool> isWanted)
    {
        var (depth, quote) = (0, '\0');
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (quote != '\0')
            {
                // A doubled quote closes and opens again.
                quote = c == quote ? '\0' : quote;
                continue;
            }

            if (c is '"' or '\'')
                quote = c;
            depth += c switch
            {
                '(' or '[' => 1,
                ')' or ']' => -1,
                _ => 0,
            };
            if (isWanted(c, depth))
                yield return at;
        }
    }
}
