using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Migrations.Tables;

/// <summary>
/// The canonical form of decimal numbers: 16 bits each for the count of digits, the weight of the first, the sign and the count of decimal
/// places, then the digits to the base of 10,000, without zeros at either end. It is what PostgreSQL sends
/// (<see href="https://www.postgresql.org/docs/current/datatype-numeric.html"/>), with as few decimal places as the number needs: 1.50 is
/// 1.5.
/// </summary>
public static class DecimalForm
{
    private const int Head = 8;
    private const int Negative = 0x4000;
    private const int NotANumber = 0xC000;
    private const int PlusInfinity = 0xD000;
    private const int MinusInfinity = 0xF000;
    private const int GroupLength = 4;
    private const int MostDigits = 131_072;

    /// <summary>Adds a decimal number to a row.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="text">ASCII: a sign, digits, a point and an exponent, as far as they are needed.</param>
    /// <returns>False when it is no such number; nothing was added.</returns>
    public static bool TryAdd(RowBatch batch, ReadOnlySpan<byte> text)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!TryRead(text, out var isNegative, out var digits, out var places))
            return false;
        // Groups of four digits, counted from the point.
        var whole = digits.Length - places;
        var weight = whole > 0 ? (whole + GroupLength - 1) / GroupLength - 1 : -((-whole) / GroupLength) - 1;
        var lead = (weight + 1) * GroupLength - whole;
        var padded = new string('0', Math.Max(0, lead)) + digits;
        padded = padded.PadRight((padded.Length + GroupLength - 1) / GroupLength * GroupLength, '0');
        var count = digits.Length == 0 ? 0 : padded.Length / GroupLength;
        var field = batch.Add(Head + (count * sizeof(short)));
        Write(field, count, digits.Length == 0 ? 0 : weight, isNegative && digits.Length > 0, Math.Max(0, places));
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteInt16BigEndian(
                field[(Head + (i * sizeof(short)))..],
                short.Parse(padded.AsSpan(i * GroupLength, GroupLength), NumberStyles.None, CultureInfo.InvariantCulture)
            );
        return true;
    }

    /// <summary>Adds what is no number but a value of PostgreSQL's decimals: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    /// <returns>False when it is something else; nothing was added.</returns>
    public static bool TryAddSpecial(RowBatch batch, ReadOnlySpan<byte> text)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sign =
            text.SequenceEqual("NaN"u8) ? NotANumber
            : text.SequenceEqual("Infinity"u8) ? PlusInfinity
            : text.SequenceEqual("-Infinity"u8) ? MinusInfinity
            : 0;
        if (sign == 0)
            return false;
        var field = batch.Add(Head);
        field.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(field[4..], (ushort)sign);
        return true;
    }

    /// <summary>Whether a number has no more digits than a precision and a scale allow.</summary>
    public static bool Fits(ReadOnlySpan<byte> text, int precision, int scale) =>
        TryRead(text, out _, out var digits, out var places) && places <= scale && digits.Length - places <= precision - scale;

    /// <summary>Adds a number in PostgreSQL's form, brought to the canonical one; NaN and infinities as they are.</summary>
    public static void Add(RowBatch batch, ReadOnlySpan<byte> sent)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int count = BinaryPrimitives.ReadInt16BigEndian(sent);
        int weight = BinaryPrimitives.ReadInt16BigEndian(sent[2..]);
        int sign = BinaryPrimitives.ReadUInt16BigEndian(sent[4..]);
        if (sign is not (0 or Negative))
        {
            batch.Add(sent);
            return;
        }

        while (count > 0 && Digit(sent, count - 1) == 0)
            count--;
        var field = batch.Add(Head + (count * sizeof(short)));
        var places = count == 0 ? 0 : (count - 1 - weight) * GroupLength - ZerosAtEnd(Digit(sent, count - 1));
        Write(field, count, count == 0 ? 0 : weight, sign == Negative && count > 0, Math.Max(0, places));
        sent.Slice(Head, count * sizeof(short)).CopyTo(field[Head..]);
    }

    /// <summary>The number as digits, without an exponent; <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c> for those.</summary>
    public static string Text(ReadOnlySpan<byte> form)
    {
        int count = BinaryPrimitives.ReadInt16BigEndian(form);
        int weight = BinaryPrimitives.ReadInt16BigEndian(form[2..]);
        int sign = BinaryPrimitives.ReadUInt16BigEndian(form[4..]);
        int places = BinaryPrimitives.ReadUInt16BigEndian(form[6..]);
        if (sign is not (0 or Negative))
            return sign == PlusInfinity ? "Infinity"
                : sign == MinusInfinity ? "-Infinity"
                : "NaN";
        var text = new StringBuilder();
        for (var group = Math.Max(weight, 0); group >= 0; group--)
            text.Append(DigitAt(form, count, weight - group).ToString("0000", CultureInfo.InvariantCulture));
        var whole = text.ToString().TrimStart('0');
        text.Clear().Append(sign == Negative ? "-" : "").Append(whole.Length == 0 ? "0" : whole);
        if (places == 0)
            return text.ToString();
        var start = text.Append('.').Length;
        for (var group = -1; text.Length - start < places; group--)
            text.Append(DigitAt(form, count, weight - group).ToString("0000", CultureInfo.InvariantCulture));
        return text.ToString(0, start + places);
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out bool isNegative, out string digits, out int places)
    {
        (isNegative, digits, places) = (false, "", 0);
        if (text.Length > MostDigits)
            return false;
        var number = Encoding.ASCII.GetString(text);
        var exponent = 0;
        if (number.IndexOfAny(['e', 'E']) is var e and > 0)
        {
            if (!int.TryParse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                return false;
            number = number[..e];
        }

        isNegative = number.StartsWith('-');
        number = number.TrimStart('+', '-');
        var point = number.IndexOf('.', StringComparison.Ordinal);
        digits = point < 0 ? number : number.Remove(point, 1);
        if (digits.Length == 0 || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0 || Math.Abs(exponent) > MostDigits)
            return false;
        places = (point < 0 ? 0 : digits.Length - point) - exponent;
        digits = digits.TrimStart('0');
        var end = digits.TrimEnd('0');
        places = digits.Length == 0 ? 0 : places - (digits.Length - end.Length);
        digits = end;
        return true;
    }

    private static void Write(Span<byte> field, int count, int weight, bool isNegative, int places)
    {
        BinaryPrimitives.WriteInt16BigEndian(field, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(field[2..], (short)weight);
        BinaryPrimitives.WriteInt16BigEndian(field[4..], isNegative ? (short)Negative : (short)0);
        BinaryPrimitives.WriteUInt16BigEndian(field[6..], (ushort)places);
    }

    private static int Digit(ReadOnlySpan<byte> form, int index) =>
        BinaryPrimitives.ReadInt16BigEndian(form[(Head + (index * sizeof(short)))..]);

    private static int DigitAt(ReadOnlySpan<byte> form, int count, int index) => index >= 0 && index < count ? Digit(form, index) : 0;

    private static int ZerosAtEnd(int digit) =>
        digit % 10 != 0 ? 0
        : digit % 100 != 0 ? 1
        : digit % 1000 != 0 ? 2
        : 3;
}
