namespace Migrations.History;

/// <summary>
/// Values that are secret wherever they occur: those of secret variables. One that was given once stays hidden as long as the process
/// lives, because a database may repeat it in any later message.
/// </summary>
internal static class KnownSecrets
{
    private const string Mask = "***";
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
            text = text.Replace(value, Mask, StringComparison.OrdinalIgnoreCase);
        return text;
    }

    /// <summary>A text with an asterisk for each of their characters, so that places in it stay the same.</summary>
    public static string Cover(string text)
    {
        foreach (var value in _values)
            text = text.Replace(value, new string('*', value.Length), StringComparison.OrdinalIgnoreCase);
        return text;
    }

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
