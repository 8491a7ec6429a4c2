using System.Globalization;

namespace Migrations.Sqlite;

/// <summary>The form of a text that stands for a day or a moment.</summary>
internal enum MomentTextForm
{
    /// <summary>Anything else.</summary>
    None,

    /// <summary><c>2025-03-01</c>.</summary>
    Day,

    /// <summary><c>2025-03-01 12:30:00.5</c>.</summary>
    Blank,

    /// <summary><c>2025-03-01T12:30:00.5</c>.</summary>
    Letter,

    /// <summary>Either of them with <c>Z</c> or an offset.</summary>
    Zoned,
}

/// <summary>
/// Reads ISO days and moments, as SQLite's own functions write them (<see href="https://sqlite.org/lang_datefunc.html"/>). Seconds may be
/// missing, and have six decimals at most: what a microsecond cannot hold is no moment here.
/// </summary>
internal static class MomentText
{
    /// <summary>The first day of the canonical forms.</summary>
    public static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private const int DayLength = 10;

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="microseconds">Microseconds since 2000-01-01, in UTC where the text has an offset.</param>
    public static MomentTextForm Read(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (!TryDay(text, out var day))
            return MomentTextForm.None;
        microseconds = (day - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (text.Length == DayLength)
            return MomentTextForm.Day;
        var form = text[DayLength] switch
        {
            (byte)' ' => MomentTextForm.Blank,
            (byte)'T' => MomentTextForm.Letter,
            _ => MomentTextForm.None,
        };
        var rest = text[(DayLength + 1)..];
        if (form == MomentTextForm.None || !TryTime(ref rest, out var time))
            return MomentTextForm.None;
        microseconds += time;
        if (rest.IsEmpty)
            return form;
        if (!TryOffset(rest, out var offset))
            return MomentTextForm.None;
        microseconds -= offset;
        return MomentTextForm.Zoned;
    }

    /// <summary>Writes a moment, with decimals where it has any.</summary>
    public static string Write(long microseconds, bool isZoned)
    {
        var moment = Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        return moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + (isZoned ? "+00:00" : "");
    }

    /// <summary>Writes a day.</summary>
    public static string WriteDay(int days) => Epoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool TryDay(ReadOnlySpan<byte> text, out DateTime day)
    {
        day = default;
        if (text.Length < DayLength || text[4] != '-' || text[7] != '-')
            return false;
        if (!TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var of))
            return false;
        if (year < 1 || month is < 1 or > 12 || of < 1 || of > DateTime.DaysInMonth(year, month))
            return false;
        day = new DateTime(year, month, of, 0, 0, 0, DateTimeKind.Unspecified);
        return true;
    }

    private static bool TryTime(ref ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 5 || text[2] != ':' || !TryNumber(text[..2], out var hour) || !TryNumber(text[3..5], out var minute))
            return false;
        text = text[5..];
        var second = 0;
        if (text.Length > 0 && text[0] == ':')
        {
            if (text.Length < 3 || !TryNumber(text[1..3], out second))
                return false;
            text = text[3..];
            if (!TryFraction(ref text, out microseconds))
                return false;
        }

        microseconds += (((hour * 60L) + minute) * 60 + second) * 1_000_000;
        return hour < 24 && minute < 60 && second < 60;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty || text[0] != '.')
            return true;
        var digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end && end < 0 ? text.Length - 1 : end;
        if (digits is 0 or > 6 || !TryNumber(text.Slice(1, digits), out var fraction))
            return false;
        microseconds = fraction;
        for (var i = digits; i < 6; i++)
            microseconds *= 10;
        text = text[(digits + 1)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.SequenceEqual("Z"u8))
            return true;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        if (!TryNumber(text[1..3], out var hours) || !TryNumber(text[4..6], out var minutes) || hours > 15 || minutes > 59)
            return false;
        microseconds = ((hours * 60L) + minutes) * 60_000_000 * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            number = (number * 10) + digit - '0';
        }

        return true;
    }
}
