using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// Reads the days and moments that SQLite's own functions do not know, as PostgreSQL writes them
/// (<see href="https://www.postgresql.org/docs/current/datatype-datetime.html"/>): infinite ones, those before the year 1 and those
/// after 9999.
/// </summary>
internal static partial class FarMoment
{
    private const long MicrosecondsOfDay = 86_400_000_000;

    // Days from 0000-03-01 to 2000-01-01.
    private const long EpochDay = 730_425;

    /// <summary>Adds one to a row.</summary>
    /// <returns>False when the text has another form; nothing was added.</returns>
    public static bool TryAdd(RowBatch batch, ReadOnlySpan<byte> text, ColumnKind kind)
    {
        var isDay = kind == ColumnKind.Date;
        if (text.SequenceEqual("infinity"u8) || text.SequenceEqual("-infinity"u8))
        {
            Add(batch, text[0] == '-' ? (isDay ? int.MinValue : long.MinValue) : (isDay ? int.MaxValue : long.MaxValue), isDay);
            return true;
        }

        if (text.Length > 50 || Pattern().Match(Encoding.ASCII.GetString(text)) is not { Success: true } parts)
            return false;
        if (parts.Groups["time"].Success == isDay || parts.Groups["zone"].Success != (kind == ColumnKind.TimestampWithZone))
            return false;
        long year = Number(parts, "year");
        var days = DayOf(parts.Groups["bc"].Success ? 1 - year : year, Number(parts, "month"), Number(parts, "day"));
        Add(batch, isDay ? days : (days * MicrosecondsOfDay) + TimeOf(parts), isDay);
        return true;
    }

    private static void Add(RowBatch batch, long value, bool isDay)
    {
        if (isDay)
            BinaryPrimitives.WriteInt32BigEndian(batch.Add(sizeof(int)), (int)value);
        else
            batch.Add(value);
    }

    // A year that begins in March ends with the day that may be missing.
    private static long DayOf(long year, int month, int day)
    {
        if (month <= 2)
            year--;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146_097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - EpochDay;
    }

    private static long TimeOf(Match parts) =>
        (((Number(parts, "hour") * 60L) + Number(parts, "minute")) * 60 + Number(parts, "second")) * 1_000_000
        + int.Parse(parts.Groups["part"].Value.PadRight(6, '0'), CultureInfo.InvariantCulture);

    private static int Number(Match parts, string name) => int.Parse(parts.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<year>\d{4,6})-(?<month>\d\d)-(?<day>\d\d)"
            + @"(?<time> (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(\.(?<part>\d{1,6}))?)?(?<zone>\+00)?(?<bc> BC)?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Pattern();
}
