namespace Migrations.Logging;

/// <summary>Text that can do nothing to a terminal.</summary>
public static class VisibleText
{
    /// <summary>Makes characters visible that could move the cursor, colour the screen or turn the reading order.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var c in text)
        {
            if (IsUnsafe(c))
                return string.Create(
                    text.Length,
                    text,
                    static (span, from) =>
                    {
                        for (var i = 0; i < span.Length; i++)
                            span[i] = IsUnsafe(from[i]) ? '\uFFFD' : from[i];
                    }
                );
        }

        return text;
    }

    private static bool IsUnsafe(char c) =>
        c is (< ' ' and not '\t') or (>= '\u007f' and <= '\u009f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
