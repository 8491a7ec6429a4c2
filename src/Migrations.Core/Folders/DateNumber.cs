using System.Globalization;

namespace Migrations.Folders;

/// <summary>
/// Numbers that are dates with separators: <c>20240101_120000</c>, <c>2024_01_01_120000</c> (Laravel), <c>2024-01-01-120000</c> and
/// <c>2024-01-01-120000-0000</c> (diesel). They count as the time stamp that they are, so that they are ordered as times.
/// </summary>
internal static class DateNumber
{
    private const int DateDigits = 8,
        MinuteDigits = 12,
        TimeDigits = 14;
    private const string Separators = "_-";
    private const string DieselFraction = "-0000";

    /// <summary>The length of the date at the start of a name; 0 without a date, or when it consists of digits only.</summary>
    public static int Length(ReadOnlySpan<char> name)
    {
        var separator = name.Length > 4 && Separators.Contains(name[4], StringComparison.Ordinal) ? name[4] : '\0';
        var date = DateLength(name, separator);
        if (date == 0)
            return 0;
        var time = TimeLength(name[date..], separator);
        if (time == 0)
            return separator == '\0' ? 0 : date;
        var end = date + time;
        return separator == '-' && IsGroup(name, end, 4) ? end + DieselFraction.Length : end;
    }

    /// <summary>Whether all of a number is such a date.</summary>
    public static bool Is(string number) => number.Length > 0 && Length(number) == number.Length;

    /// <summary>The time stamp, in 14 digits; behind a point the fraction, which comes after the same second without one.</summary>
    public static string TimeStamp(string number)
    {
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        return digits.Length > TimeDigits ? digits[..TimeDigits] + ".1" + digits[TimeDigits..] : digits.PadRight(TimeDigits, '0');
    }

    /// <summary>The date that follows, written like the latest; with a time, also where that had none.</summary>
    /// <param name="latest">The newest of a folder.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="ahead">How many to leave out.</param>
    public static string Next(string latest, DateTime now, int ahead)
    {
        var count = latest.Count(char.IsAsciiDigit);
        var hasFraction = count > TimeDigits;
        var pattern =
            hasFraction ? latest[..^DieselFraction.Length]
            : count == DateDigits ? latest + latest[4] + "000000"
            : latest;
        var format = count == MinuteDigits ? "yyyyMMddHHmm" : "yyyyMMddHHmmss";
        var step = count == MinuteDigits ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1);
        var written = TimeStamp(pattern)[..format.Length];
        var next = (now + (step * ahead)).ToString(format, CultureInfo.InvariantCulture);
        if (
            DateTime.TryParseExact(written, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && string.CompareOrdinal(next, written) <= 0
        )
            next = (time + (step * (ahead + 1))).ToString(format, CultureInfo.InvariantCulture);
        var digit = 0;
        return string.Concat(pattern.Select(c => char.IsAsciiDigit(c) ? next[digit++] : c)) + (hasFraction ? DieselFraction : "");
    }

    private static int DateLength(ReadOnlySpan<char> name, char separator)
    {
        var gap = separator == '\0' ? 0 : 1;
        var length = DateDigits + (2 * gap);
        if (
            name.Length < length
            || (gap > 0 && name[7] != separator)
            || !IsBetween(name[..4], 1900, 2999)
            || !IsBetween(name.Slice(4 + gap, 2), 1, 12)
            || !IsBetween(name.Slice(6 + (2 * gap), 2), 1, 31)
        )
        {
            return 0;
        }

        return length < name.Length && char.IsAsciiDigit(name[length]) ? 0 : length;
    }

    /// <summary>
    /// The time behind a date: <c>_120000</c>, <c>T120000</c> or <c>_12_00_00</c>; without seconds only where the date has no hyphens.
    /// </summary>
    private static int TimeLength(ReadOnlySpan<char> rest, char separator)
    {
        if (rest.Length < 5 || !(Separators.Contains(rest[0], StringComparison.Ordinal) || rest[0] is 'T' or 't'))
            return 0;
        foreach (var (gap, parts) in ((int, int)[])[(0, 3), (1, 3), (0, 2)])
        {
            var length = 1 + (2 * parts) + (gap * (parts - 1));
            if (
                rest.Length >= length
                && (parts == 3 || separator != '-')
                && IsTime(rest[1..length], gap)
                && (rest.Length == length || !char.IsAsciiDigit(rest[length]))
            )
                return length;
        }

        return 0;
    }

    private static bool IsTime(ReadOnlySpan<char> text, int gap)
    {
        for (var at = 0; at < text.Length; at += 2 + gap)
        {
            if (
                !IsBetween(text.Slice(at, 2), 0, at == 0 ? 23 : 59)
                || (gap > 0 && at + 2 < text.Length && !Separators.Contains(text[at + 2], StringComparison.Ordinal))
            )
                return false;
        }

        return true;
    }

    private static bool IsBetween(ReadOnlySpan<char> text, int least, int most) =>
        !text.ContainsAnyExceptInRange('0', '9')
        && int.Parse(text, CultureInfo.InvariantCulture) is var value
        && value >= least
        && value <= most;

    private static bool IsGroup(ReadOnlySpan<char> name, int at, int digits) =>
        name.Length > at + digits && name[at] == '-' && !name.Slice(at + 1, digits).ContainsAnyExceptInRange('0', '9');
}
