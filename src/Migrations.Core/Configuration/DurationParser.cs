using System.Globalization;

namespace Migrations.Configuration;

/// <summary>Reads durations: <c>500ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>, <c>00:00:30</c>, or seconds without a unit.</summary>
public static class DurationParser
{
    /// <summary>The accepted forms, for messages.</summary>
    public const string Forms = "500ms, 5s, 2m, 1h, 00:00:30, or a number of seconds";

    /// <summary>
    /// Reads a duration; false when the text is not a duration, is negative or is longer than 24 days (what timers can wait).
    /// </summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        text = text.Trim();
        duration = TimeSpan.Zero;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"m\:ss"], CultureInfo.InvariantCulture, out duration)
                && IsUsable(duration.TotalMilliseconds);
        }

        var (digits, unit) = Split(text);
        var milliseconds = unit switch
        {
            "" or "s" => 1_000d,
            "ms" => 1d,
            "m" or "min" => 60_000d,
            "h" => 3_600_000d,
            _ => double.NaN,
        };
        if (
            !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !IsUsable(number * milliseconds)
        )
            return false;
        duration = TimeSpan.FromMilliseconds(number * milliseconds);
        return true;
    }

    private static (string Digits, string Unit) Split(string text)
    {
        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
            end--;
        return (text[..end].TrimEnd(), text[end..].ToLowerInvariant());
    }

    private static bool IsUsable(double milliseconds) => milliseconds is >= 0 and <= int.MaxValue;
}
