using System.Globalization;

namespace Migrations.Foreign;

/// <summary>Values as other tools write them.</summary>
internal static class ForeignValue
{
    /// <summary>A truth value; numbers and words.</summary>
    public static bool IsTrue(string? text) => text is "1" or "true" or "t" or "True" or "TRUE";

    /// <summary>A whole number; null for any other text.</summary>
    public static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A moment, as text or as milliseconds since 1970; without a zone it is UTC. Null for any other text.</summary>
    public static DateTimeOffset? Moment(string? text)
    {
        if (Number(text) is { } milliseconds)
            return milliseconds is > 0 and < 253402300800000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment
        )
            ? moment
            : null;
    }
}
