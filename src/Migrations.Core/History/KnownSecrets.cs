namespace Migrations.History;

/// <summary>
/// Values that are secret wherever they occur: those of secret variables. One that was given once stays hidden as long as the process
/// lives, because a database may repeat it in any later message.
/// </summary>
internal static class KnownSecrets
{
    private const string Mask = "***";

    // The longest value that is taken for a part of other words.
    private const int LongestInWords = 2;
    private static string[] _values = [];

    /// <summary>Keeps values out of what is shown from now on.</summary>
    public static void Add(IEnumerable<string> values)
    {
        foreach (var value in values.Where(v => v.Length > 0))
        {
            // As it stands in quotes, too, and as a name, which a server writes in lower case and cuts.
            foreach (
                var form in new[] { value, Doubled(value, '\''), Doubled(value, '"'), Doubled(Doubled(value, '\''), '\\'), Cut(value) }
            )
                Add(form);
        }
    }

    /// <summary>A text without them.</summary>
    public static string Hide(string text)
    {
        foreach (var value in _values)
            text = Replace(text, value, Mask);
        return text;
    }

    /// <summary>A text with an asterisk for each of their characters, so that places in it stay the same.</summary>
    public static string Cover(string text)
    {
        foreach (var value in _values)
            text = Replace(text, value, new string('*', value.Length));
        return text;
    }

    // A few letters are in many words, and no secret: they are hidden only where they stand alone.
    private static string Replace(string text, string value, string mask)
    {
        if (value.Length > LongestInWords)
            return text.Replace(value, mask, StringComparison.OrdinalIgnoreCase);
        for (
            var at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = at < text.Length ? text.IndexOf(value, at, StringComparison.OrdinalIgnoreCase) : -1
        )
        {
            var end = at + value.Length;
            if (IsOfWord(text, at - 1, at) || IsOfWord(text, end - 1, end))
            {
                at++;
                continue;
            }

            text = string.Concat(text.AsSpan(0, at), mask, text.AsSpan(end));
            at += mask.Length;
        }

        return text;
    }

    /// <summary>Whether two neighbouring characters are of one word.</summary>
    private static bool IsOfWord(string text, int first, int second) =>
        first >= 0 && second < text.Length && IsWord(text[first]) && IsWord(text[second]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    // What PostgreSQL keeps of a name (https://www.postgresql.org/docs/current/sql-syntax-lexical.html).
    private static string Cut(string value)
    {
        const int MostBytes = 63;
        var length = 0;
        var bytes = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > MostBytes)
                return value[..length];
            length += rune.Utf16SequenceLength;
        }

        return value;
    }

    private static string Doubled(string value, char quote) =>
        value.Replace(quote.ToString(), new string(quote, 2), StringComparison.Ordinal);

    private static void Add(string value)
    {
        var known = _values;
        while (!known.Contains(value, StringComparer.Ordinal))
        {
            // The longer one first: it may have the shorter in it.
            string[] more = [.. known.Append(value).OrderByDescending(v => v.Length)];
            var seen = Interlocked.CompareExchange(ref _values, more, known);
            if (ReferenceEquals(seen, known))
                return;
            known = seen;
        }
    }
}
