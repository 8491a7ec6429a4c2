using System.Buffers.Binary;

namespace Migrations.Tables;

/// <summary>
/// Whole rows in their canonical form, one behind the other: the number of fields (16 bits), then of each the length (32 bits, -1 for
/// NULL) and the value. Numbers have their highest byte first. It is the form that PostgreSQL reads and writes
/// (<see href="https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT">COPY BINARY</see>), so that rows go there
/// without being touched again.
/// </summary>
/// <remarks>
/// Integer: 64 bits. Real: the 64 bits of IEEE 754. Boolean: one byte. Text and JSON: UTF-8. Bytes: themselves. Date: days since 2000-01-01
/// (32 bits). Timestamps: microseconds since then (64 bits). UUID: 16 bytes. Decimal: see <see cref="DecimalForm"/>. Any: a byte for the
/// class (i, r, t, b), then as above. A value that its type cannot hold has the length -2 - n, a byte for its class and n - 1 bytes.
/// </remarks>
public sealed class RowBatch
{
    /// <summary>A batch is full when it holds this many bytes.</summary>
    public const int Size = 256 * 1024;

    private byte[] _bytes = new byte[Size + (Size / 4)];
    private int[] _ends = new int[1024];
    private int _start;

    /// <summary>How many rows it holds.</summary>
    public int Rows { get; private set; }

    /// <summary>How many bytes they take.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the next row should go into another batch.</summary>
    public bool IsFull => Length >= Size;

    /// <summary>All rows.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>One row.</summary>
    public ReadOnlySpan<byte> this[int row] => _bytes.AsSpan(row == 0 ? 0 : _ends[row - 1], _ends[row] - (row == 0 ? 0 : _ends[row - 1]));

    /// <summary>Empties it.</summary>
    public void Clear() => (Rows, Length, _start) = (0, 0, 0);

    /// <summary>Begins a row.</summary>
    /// <param name="fields">How many fields it will have.</param>
    public void BeginRow(int fields)
    {
        _start = Length;
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), (short)fields);
    }

    /// <summary>Ends a row.</summary>
    public void EndRow()
    {
        if (Rows == _ends.Length)
            Array.Resize(ref _ends, Rows * 2);
        _ends[Rows++] = Length;
    }

    /// <summary>Drops the row that was begun.</summary>
    public void DropRow() => Length = _start;

    /// <summary>Adds a whole row in this form.</summary>
    public void AddRow(ReadOnlySpan<byte> row)
    {
        row.CopyTo(Take(row.Length));
        EndRow();
    }

    /// <summary>Adds NULL to the row.</summary>
    public void AddNull() => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), -1);

    /// <summary>Adds a field to the row.</summary>
    /// <returns>Where its value goes.</returns>
    public Span<byte> Add(int length)
    {
        var field = Take(sizeof(int) + length);
        BinaryPrimitives.WriteInt32BigEndian(field, length);
        return field[sizeof(int)..];
    }

    /// <summary>Adds a field with this value to the row.</summary>
    public void Add(ReadOnlySpan<byte> value) => value.CopyTo(Add(value.Length));

    /// <summary>Adds a number of 64 bits to the row.</summary>
    public void Add(long value) => BinaryPrimitives.WriteInt64BigEndian(Add(sizeof(long)), value);

    /// <summary>Adds a value that the column's type cannot hold, so that it equals no value that fits.</summary>
    /// <param name="storage">A letter for its class.</param>
    /// <param name="value">The value as it is stored.</param>
    public void AddUnfit(byte storage, ReadOnlySpan<byte> value)
    {
        var field = Take(sizeof(int) + 1 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(field, -3 - value.Length);
        field[sizeof(int)] = storage;
        value.CopyTo(field[(sizeof(int) + 1)..]);
    }

    private Span<byte> Take(int length)
    {
        if (Length + length > _bytes.Length)
            Array.Resize(ref _bytes, checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _bytes.Length, (long)Length + length))));
        var taken = _bytes.AsSpan(Length, length);
        Length += length;
        return taken;
    }
}
