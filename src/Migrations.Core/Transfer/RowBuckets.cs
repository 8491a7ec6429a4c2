using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// The rows of a side by the hash of their key: of each bucket the sum of the hashes of its rows, so that the few buckets in which two
/// sides
/// differ are found without keeping or sorting a row.
/// </summary>
/// <param name="table">What is compared.</param>
internal sealed class RowBuckets(ComparedTable table)
{
    /// <summary>How many there are.</summary>
    public const int Count = 1 << 16;

    private readonly UInt128[] _sums = new UInt128[Count];
    private readonly int[] _starts = new int[table.Left.Columns.Count + 1];

    /// <summary>The digest of all rows.</summary>
    public TableDigest Digest { get; } = new();

    /// <summary>Adds rows.</summary>
    public void Add(RowBatch batch)
    {
        for (var i = 0; i < batch.Rows; i++)
        {
            var row = batch[i];
            var hash = TableDigest.Hash(row);
            _sums[BucketOf(row)] += hash;
            Digest.Add(hash, row.Length);
        }
    }

    /// <summary>Adds the rows of another part of the side.</summary>
    public void Add(RowBuckets other)
    {
        for (var i = 0; i < Count; i++)
            _sums[i] += other._sums[i];
        Digest.Add(other.Digest);
    }

    /// <summary>The bucket of a row.</summary>
    public int BucketOf(ReadOnlySpan<byte> row) => (int)((ulong)HashOfKey(row) & (Count - 1));

    /// <summary>The buckets in which two sides differ.</summary>
    public HashSet<int> Differing(RowBuckets other) => [.. Enumerable.Range(0, Count).Where(i => _sums[i] != other._sums[i])];

    /// <summary>The bytes of a row's key; of all of it where there is no key.</summary>
    public ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> row, Span<byte> room)
    {
        if (table.Key.Count == 0)
            return row;
        RowFields.Find(row, _starts);
        if (table.Key is [var only])
            return row[_starts[only].._starts[only + 1]];
        var length = 0;
        foreach (var place in table.Key)
            length += _starts[place + 1] - _starts[place];
        var key = length <= room.Length ? room[..length] : new byte[length];
        var at = 0;
        foreach (var place in table.Key)
        {
            var field = row[_starts[place].._starts[place + 1]];
            field.CopyTo(key[at..]);
            at += field.Length;
        }

        return key;
    }

    private UInt128 HashOfKey(ReadOnlySpan<byte> row)
    {
        Span<byte> room = stackalloc byte[256];
        return TableDigest.Hash(KeyOf(row, room));
    }
}
