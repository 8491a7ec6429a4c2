using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Writes SQL as UTF-8, values so that SQLite reads back exactly what is stored.</summary>
internal sealed class SqlTextWriter : IDisposable
{
    // Every library reads a number of so few digits right; not all are exact beyond (https://sqlite.org/floatingpoint.html).
    private const int SafeDigits = 15;
    private const int MantissaBits = 52;
    private const int LargestPower = 62;

    private readonly FileStream _file;
    private readonly bool _isUtf16;
    private readonly Encoding _encoding;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Opens an empty file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">The database's encoding, as <c>PRAGMA encoding</c> gives it.</param>
    public SqlTextWriter(string path, string? encoding)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
        _isUtf16 = encoding is not (null or "UTF-8");
        _encoding = encoding is "UTF-16be" ? Encoding.BigEndianUnicode : Encoding.Unicode;
    }

    /// <summary>How many bytes are written.</summary>
    public long Written { get; private set; }

    public void Write(string text)
    {
        foreach (var chunk in text.Chunk(4096))
            Write(Encoding.UTF8.GetBytes(chunk));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        while (bytes.Length > _buffer.Length - _length)
        {
            var part = bytes[..(_buffer.Length - _length)];
            part.CopyTo(_buffer.AsSpan(_length));
            _length += part.Length;
            bytes = bytes[part.Length..];
            Flush();
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Writes a value as a literal.</summary>
    public void WriteValue(SqliteStatement row, int column)
    {
        switch (row.TypeOf(column))
        {
            case SqliteType.Null:
                Write("NULL"u8);
                break;
            case SqliteType.Integer:
                WriteInteger(row.Int64(column));
                break;
            case SqliteType.Real:
                Write(Real(row.Double(column)));
                break;
            case SqliteType.Text:
                WriteText(row.Bytes(column));
                break;
            default:
                WriteHex(row.Bytes(column));
                break;
        }
    }

    /// <summary>A number as SQL of which every library makes the same bits.</summary>
    public static string Real(double value)
    {
        if (double.IsInfinity(value))
            return value > 0 ? "9e999" : "-9e999";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (text.Count(char.IsAsciiDigit) <= SafeDigits && Math.Abs(value) is 0 or (> 1e-15 and < 1e15))
            return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
        return Exactly(value);
    }

    public void Dispose()
    {
        using (_file)
            Flush();
    }

    // A whole number and powers of two: each of these is exact, and so are their products.
    private static string Exactly(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> MantissaBits) & 0x7FF);
        var mantissa = bits & ((1L << MantissaBits) - 1);
        if (exponent > 0)
            mantissa |= 1L << MantissaBits;
        var power = Math.Max(exponent, 1) - 1075;
        var zeros = System.Numerics.BitOperations.TrailingZeroCount(mantissa);
        (mantissa, power) = (mantissa >> zeros, power + zeros);
        var text = new StringBuilder(value < 0 ? "-" : "").Append(mantissa.ToString(CultureInfo.InvariantCulture)).Append(".0");
        for (var left = Math.Abs(power); left > 0; left -= LargestPower)
            text.Append(power < 0 ? '/' : '*')
                .Append((1L << Math.Min(left, LargestPower)).ToString(CultureInfo.InvariantCulture))
                .Append(".0");
        return text.ToString();
    }

    private void WriteInteger(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        Write(digits[..length]);
    }

    // A literal ends at a NUL, and may not be malformed. The sqlite3 shell reads a CR before a LF as part of the line's end, and other
    // programs any CR.
    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny((byte)0, (byte)'\r') || !Utf8.IsValid(text))
        {
            Write("CAST("u8);
            WriteHex(_isUtf16 ? _encoding.GetBytes(Encoding.UTF8.GetString(text)) : text);
            Write(" AS TEXT)"u8);
            return;
        }

        Write("'"u8);
        for (int quote; (quote = text.IndexOf((byte)'\'')) >= 0; text = text[(quote + 1)..])
        {
            Write(text[..(quote + 1)]);
            Write("'"u8);
        }

        Write(text);
        Write("'"u8);
    }

    private void WriteHex(ReadOnlySpan<byte> value)
    {
        Write("X'"u8);
        Span<byte> digits = stackalloc byte[512];
        while (value.Length > 0)
        {
            var part = value[..Math.Min(value.Length, digits.Length / 2)];
            for (var i = 0; i < part.Length; i++)
                (digits[2 * i], digits[(2 * i) + 1]) = ("0123456789ABCDEF"u8[part[i] >> 4], "0123456789ABCDEF"u8[part[i] & 15]);
            Write(digits[..(2 * part.Length)]);
            value = value[part.Length..];
        }

        Write("'"u8);
    }

    private void Flush()
    {
        _file.Write(_buffer, 0, _length);
        _length = 0;
    }
}
