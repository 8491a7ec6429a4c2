using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Writes the values of a row as SQLite stores them in the canonical form of a column's type.</summary>
internal static class RowEncoder
{
    private const long LargestExact = 1L << 53;
    private const long NegativeZero = long.MinValue;
    private const long NotANumber = 0x7FF8000000000000;
    private const int UuidLength = 36;
    private const int LongestNumber = 40;

    /// <summary>Adds a value to a row.</summary>
    /// <returns>False when the type cannot hold it; nothing was added.</returns>
    public static bool TryAdd(RowBatch batch, SqliteStatement row, int column, ColumnType type)
    {
        var storage = row.TypeOf(column);
        if (storage == SqliteType.Null)
        {
            batch.AddNull();
            return true;
        }

        return type.Kind switch
        {
            ColumnKind.Integer => TryInteger(batch, row, column, storage, type),
            ColumnKind.Boolean => TryBoolean(batch, row, column, storage),
            ColumnKind.Real => TryReal(batch, row, column, storage, type),
            ColumnKind.Decimal => TryDecimal(batch, row, column, storage, type),
            ColumnKind.Text => TryText(batch, row, column, storage, type.Precision),
            ColumnKind.Json => storage == SqliteType.Text && TryText(batch, row, column, storage, longest: null),
            ColumnKind.Bytes => TryBytes(batch, row, column, storage),
            ColumnKind.Uuid => storage == SqliteType.Text && TryUuid(batch, row.Bytes(column)),
            ColumnKind.Any => AddAny(batch, row, column, storage),
            _ => storage == SqliteType.Text && TryMoment(batch, row.Bytes(column), type.Kind),
        };
    }

    /// <summary>Adds a value that its type cannot hold.</summary>
    public static void AddUnfit(RowBatch batch, SqliteStatement row, int column)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        switch (row.TypeOf(column))
        {
            case SqliteType.Integer:
                BinaryPrimitives.WriteInt64BigEndian(number, row.Int64(column));
                batch.AddUnfit((byte)'i', number);
                break;
            case SqliteType.Real:
                BinaryPrimitives.WriteDoubleBigEndian(number, row.Double(column));
                batch.AddUnfit((byte)'r', number);
                break;
            case SqliteType.Text:
                batch.AddUnfit((byte)'t', row.Bytes(column));
                break;
            default:
                batch.AddUnfit((byte)'b', row.Bytes(column));
                break;
        }
    }

    /// <summary>Whether a text can be stored by an engine that keeps no NUL and nothing but UTF-8.</summary>
    public static bool IsCleanText(ReadOnlySpan<byte> text) => !text.Contains((byte)0) && Utf8.IsValid(text);

    /// <summary>Whether a text is a UUID that prints back the same: small letters, dashes in their places.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != UuidLength)
            return false;
        for (var i = 0; i < UuidLength; i++)
        {
            var isDash = i is 8 or 13 or 18 or 23;
            if (isDash ? text[i] != '-' : text[i] is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
                return false;
        }

        return true;
    }

    /// <summary>Writes a real as the shortest decimal that stands for it.</summary>
    public static ReadOnlySpan<byte> Shortest(double value, Span<byte> room)
    {
        _ = value.TryFormat(room, out var length, default, CultureInfo.InvariantCulture);
        return room[..length];
    }

    private static bool TryInteger(RowBatch batch, SqliteStatement row, int column, SqliteType storage, ColumnType type)
    {
        if (storage != SqliteType.Integer || (type.Precision is { } bits && !FitsBits(row.Int64(column), bits)))
            return false;
        batch.Add(row.Int64(column));
        return true;
    }

    private static bool FitsBits(long value, int bits) => value >= -(1L << (bits - 1)) && value < 1L << (bits - 1);

    private static bool TryBoolean(RowBatch batch, SqliteStatement row, int column, SqliteType storage)
    {
        if (storage != SqliteType.Integer || row.Int64(column) is not (0 or 1))
            return false;
        batch.Add(1)[0] = (byte)row.Int64(column);
        return true;
    }

    private static bool TryReal(RowBatch batch, SqliteStatement row, int column, SqliteType storage, ColumnType type)
    {
        if (storage == SqliteType.Text && row.Bytes(column) is var text && (text.SequenceEqual("NaN"u8) || text.SequenceEqual("-0"u8)))
        {
            // What a column of reals cannot keep is kept as text.
            batch.Add(text[0] == '-' ? NegativeZero : NotANumber);
            return true;
        }

        if (storage is not (SqliteType.Real or SqliteType.Integer))
            return false;
        if (storage == SqliteType.Integer && row.Int64(column) is < -LargestExact or > LargestExact)
            return false;
        // A type of fewer bits must hold the very same number.
        if (type.Precision is not null && (double)(float)row.Double(column) != row.Double(column))
            return false;
        BinaryPrimitives.WriteDoubleBigEndian(batch.Add(sizeof(double)), row.Double(column));
        return true;
    }

    private static bool TryDecimal(RowBatch batch, SqliteStatement row, int column, SqliteType storage, ColumnType type)
    {
        Span<byte> room = stackalloc byte[LongestNumber];
        var text = storage switch
        {
            SqliteType.Real => Shortest(row.Double(column), room),
            SqliteType.Blob => default,
            _ => row.Bytes(column),
        };
        if (type.Precision is { } precision && !DecimalForm.Fits(text, precision, type.Scale ?? 0))
            return false;
        return DecimalForm.TryAdd(batch, text) || (type.Precision is null && DecimalForm.TryAddSpecial(batch, text));
    }

    private static bool TryText(RowBatch batch, SqliteStatement row, int column, SqliteType storage, int? longest)
    {
        if (storage == SqliteType.Blob)
        {
            var blob = row.Bytes(column);
            if (2 + (2L * blob.Length) > longest)
                return false;
            var field = batch.Add(checked(2 + (2 * blob.Length)));
            "\\x"u8.CopyTo(field);
            for (var i = 0; i < blob.Length; i++)
                _ = blob[i].TryFormat(field.Slice(2 + (2 * i), 2), out _, "x2", CultureInfo.InvariantCulture);
            return true;
        }

        // Of a number, SQLite's own text.
        var text = row.Bytes(column);
        if ((storage == SqliteType.Text && !IsCleanText(text)) || (text.Length > longest && CountCharacters(text) > longest))
            return false;
        batch.Add(text);
        return true;
    }

    // A character begins with any byte that is no continuation.
    private static int CountCharacters(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var b in text)
            count += (b & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }

    private static bool TryBytes(RowBatch batch, SqliteStatement row, int column, SqliteType storage)
    {
        if (storage is not (SqliteType.Blob or SqliteType.Text))
            return false;
        batch.Add(row.Bytes(column));
        return true;
    }

    private static bool TryUuid(RowBatch batch, ReadOnlySpan<byte> text)
    {
        if (!IsUuid(text))
            return false;
        var field = batch.Add(16);
        for (int i = 0, at = 0; i < UuidLength; i++)
        {
            if (text[i] == '-')
                continue;
            var digit = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;
            field[at / 2] = (byte)(at % 2 == 0 ? digit << 4 : field[at / 2] | digit);
            at++;
        }

        return true;
    }

    private static bool TryMoment(RowBatch batch, ReadOnlySpan<byte> text, ColumnKind kind)
    {
        var form = MomentText.Read(text, out var microseconds);
        if (form == MomentTextForm.None)
            return FarMoment.TryAdd(batch, text, kind);
        var fits = kind switch
        {
            ColumnKind.Date => form == MomentTextForm.Day,
            ColumnKind.TimestampWithZone => form == MomentTextForm.Zoned,
            _ => form is MomentTextForm.Blank or MomentTextForm.Letter or MomentTextForm.Day,
        };
        if (!fits)
            return false;
        if (kind == ColumnKind.Date)
            BinaryPrimitives.WriteInt32BigEndian(batch.Add(sizeof(int)), (int)(microseconds / 86_400_000_000));
        else
            batch.Add(microseconds);
        return true;
    }

    private static bool AddAny(RowBatch batch, SqliteStatement row, int column, SqliteType storage)
    {
        Span<byte> field;
        switch (storage)
        {
            case SqliteType.Integer:
                field = batch.Add(1 + sizeof(long));
                BinaryPrimitives.WriteInt64BigEndian(field[1..], row.Int64(column));
                field[0] = (byte)'i';
                break;
            case SqliteType.Real:
                field = batch.Add(1 + sizeof(double));
                BinaryPrimitives.WriteDoubleBigEndian(field[1..], row.Double(column));
                field[0] = (byte)'r';
                break;
            default:
                var bytes = row.Bytes(column);
                field = batch.Add(1 + bytes.Length);
                bytes.CopyTo(field[1..]);
                field[0] = storage == SqliteType.Text ? (byte)'t' : (byte)'b';
                break;
        }

        return true;
    }
}
