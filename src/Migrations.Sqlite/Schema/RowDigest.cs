using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// A digest of rows that does not depend on their order: the sum, modulo 2^128, of the first 128 bits of each row's SHA-256. A row that is
/// there twice counts twice, which an exclusive or would not see.
/// </summary>
internal sealed class RowDigest : IDisposable
{
    // A longer value stands in the row by its own hash, so that large ones are never copied.
    private const int LongestCopied = 4096;

    private byte[] _row = ArrayPool<byte>.Shared.Rent(4 * LongestCopied);
    private int _length;
    private UInt128 _sum;

    /// <summary>Adds the row that is read.</summary>
    /// <returns>The first 64 bits of its hash.</returns>
    public long Add(SqliteStatement row, int columns)
    {
        _length = 0;
        for (var i = 0; i < columns; i++)
            Append(row, i);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_row.AsSpan(0, _length), hash);
        _sum += BinaryPrimitives.ReadUInt128LittleEndian(hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>The digest in lower-case hexadecimal.</summary>
    public override string ToString() => _sum.ToString("x32", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_row);
        _row = [];
    }

    // Type and length come first, so that no two rows give the same bytes.
    private void Append(SqliteStatement row, int column)
    {
        var type = row.TypeOf(column);
        switch (type)
        {
            case SqliteType.Null:
                Head(type);
                break;
            case SqliteType.Integer:
                BinaryPrimitives.WriteInt64LittleEndian(Head(type, sizeof(long)), row.Int64(column));
                break;
            case SqliteType.Real:
                BinaryPrimitives.WriteDoubleLittleEndian(Head(type, sizeof(double)), row.Double(column));
                break;
            default:
                Append(type, row.Bytes(column));
                break;
        }
    }

    private void Append(SqliteType type, ReadOnlySpan<byte> value)
    {
        var isLong = value.Length > LongestCopied;
        var content = Head(type, sizeof(int) + (isLong ? SHA256.HashSizeInBytes : value.Length));
        BinaryPrimitives.WriteInt32LittleEndian(content, value.Length);
        if (isLong)
            SHA256.HashData(value, content[sizeof(int)..]);
        else
            value.CopyTo(content[sizeof(int)..]);
    }

    private Span<byte> Head(SqliteType type, int length = 0)
    {
        if (_length + length + 1 > _row.Length)
            Grow(_length + length + 1);
        _row[_length] = (byte)type;
        var content = _row.AsSpan(_length + 1, length);
        _length += length + 1;
        return content;
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size * 2);
        _row.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_row);
        _row = larger;
    }
}
