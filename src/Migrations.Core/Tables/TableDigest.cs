using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Migrations.Tables;

/// <summary>
/// A digest of rows in their canonical form that does not depend on their order: the sum, modulo 2^128, of a 128-bit hash of each
/// (MurmurHash3 x64). A row that is there twice counts twice, which an exclusive or would not see. It finds what went wrong, not what
/// someone forged.
/// </summary>
public sealed class TableDigest
{
    private const ulong First = 0x87c37b91114253d5;
    private const ulong Second = 0x4cf5ad432745937f;

    private UInt128 _sum;

    /// <summary>How many rows were added.</summary>
    public long Rows { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds all rows of a batch.</summary>
    public void Add(RowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var i = 0; i < batch.Rows; i++)
            _sum += Hash(batch[i]);
        Rows += batch.Rows;
        Bytes += batch.Length;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="length">How many bytes it has.</param>
    internal void Add(UInt128 hash, int length)
    {
        _sum += hash;
        Rows++;
        Bytes += length;
    }

    /// <summary>Adds what another has added.</summary>
    public void Add(TableDigest other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _sum += other._sum;
        Rows += other.Rows;
        Bytes += other.Bytes;
    }

    /// <summary>The digest in lower-case hexadecimal.</summary>
    public override string ToString() => _sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The hash of some bytes.</summary>
    public static UInt128 Hash(ReadOnlySpan<byte> data)
    {
        ulong one = 0,
            two = 0;
        var rest = data;
        for (; rest.Length >= 16; rest = rest[16..])
        {
            one ^= MixFirst(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            one = (BitOperations.RotateLeft(one, 27) + two) * 5 + 0x52dce729;
            two ^= MixSecond(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
            two = (BitOperations.RotateLeft(two, 31) + one) * 5 + 0x38495ab5;
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        rest.CopyTo(tail);
        two ^= MixSecond(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        one ^= MixFirst(BinaryPrimitives.ReadUInt64LittleEndian(tail));
        one ^= (ulong)data.Length;
        two ^= (ulong)data.Length;
        one += two;
        two += one;
        (one, two) = (Finish(one), Finish(two));
        one += two;
        two += one;
        return new UInt128(two, one);
    }

    private static ulong MixFirst(ulong block) => BitOperations.RotateLeft(block * First, 31) * Second;

    private static ulong MixSecond(ulong block) => BitOperations.RotateLeft(block * Second, 33) * First;

    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
