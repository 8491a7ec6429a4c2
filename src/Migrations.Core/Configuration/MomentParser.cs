using System.Globalization;

namespace Migrations.Configuration;

/// <summary>Reads moments: a date, a date with a time, or how long ago (<c>7d</c>, <c>24h</c>).</summary>
public static class MomentParser
{
    /// <summary>The accepted forms, for messages.</summary>
    public const string Forms = "2026-11-01, 2026-11-01T14:30, 2026-11-01T14:30:00Z, or how long ago: 7d, 24h, 30m";

    private static readonly string[] WithoutOffset =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] WithOffset =
    [
        "yyyy-MM-dd'T'HH:mmzzz",
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'",
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <summary>Reads a moment; false when the text is not one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">What "ago" counts from; a time without an offset from UTC has the offset of this one.</param>
    /// <param name="moment">The moment.</param>
    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (DateTime.TryParseExact(text, WithoutOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            moment = new DateTimeOffset(time, now.Offset);
            return true;
        }

        if (
            DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment)
            || !TryParseAge(text, out var age)
        )
            return moment != default;
        moment = now - age;
        return true;
    }

    // A number alone would be seconds to the parser of durations, and is more likely meant as a date.
    private static bool TryParseAge(string text, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        if (text.Length < 2 || !char.IsAsciiLetter(text[^1]))
            return false;
        if (char.ToLowerInvariant(text[^1]) != 'd')
            return DurationParser.TryParse(text, out age);
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days > 36_500)
            return false;
        age = TimeSpan.FromDays(days);
        return true;
    }
}
