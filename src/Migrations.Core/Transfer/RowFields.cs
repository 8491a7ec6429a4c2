using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>The fields of a row in its canonical form.</summary>
internal static class RowFields
{
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Finds where each field begins, its length before it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="starts">Takes the places, and the end.</param>
    public static void Find(ReadOnlySpan<byte> row, Span<int> starts)
    {
        var at = sizeof(short);
        for (var i = 0; i < starts.Length - 1; i++)
        {
            starts[i] = at;
            var length = BinaryPrimitives.ReadInt32BigEndian(row[at..]);
            at += sizeof(int) + (length >= 0 ? length : Math.Max(0, -2 - length));
        }

        starts[^1] = at;
    }

    /// <summary>A field for people.</summary>
    public static string Show(ReadOnlySpan<byte> field, ColumnType type)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(field);
        var value = field[sizeof(int)..];
        if (length == -1)
            return "NULL";
        return length < -1 ? Stored(value) : Show(value, type.Kind);
    }

    private static string Show(ReadOnlySpan<byte> value, ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Integer => BinaryPrimitives.ReadInt64BigEndian(value).ToString(CultureInfo.InvariantCulture),
            ColumnKind.Boolean => value[0] == 0 ? "false" : "true",
            ColumnKind.Real => BinaryPrimitives.ReadDoubleBigEndian(value).ToString(CultureInfo.InvariantCulture),
            ColumnKind.Decimal => DecimalForm.Text(value),
            ColumnKind.Bytes => "x'" + Short(Convert.ToHexString(value)) + "'",
            ColumnKind.Date => Moment(BinaryPrimitives.ReadInt32BigEndian(value) * TimeSpan.TicksPerDay, "yyyy-MM-dd"),
            ColumnKind.Timestamp or ColumnKind.TimestampWithZone => Moment(
                BinaryPrimitives.ReadInt64BigEndian(value),
                "yyyy-MM-dd HH:mm:ss.FFFFFF"
            ),
            ColumnKind.Uuid => new Guid(value, bigEndian: true).ToString(),
            ColumnKind.Any => Stored(value),
            _ => $"'{Short(Encoding.UTF8.GetString(value))}'",
        };

    private static string Stored(ReadOnlySpan<byte> value) =>
        value[0] switch
        {
            (byte)'i' => Show(value[1..], ColumnKind.Integer),
            (byte)'r' => Show(value[1..], ColumnKind.Real),
            (byte)'t' => Show(value[1..], ColumnKind.Text),
            _ => Show(value[1..], ColumnKind.Bytes),
        };

    // Infinite moments lie beyond what can be written.
    private static string Moment(long count, string format)
    {
        var ticks = format.Length > 10 ? Math.Clamp(count, long.MinValue / 10, long.MaxValue / 10) * TimeSpan.TicksPerMicrosecond : count;
        return ticks > (DateTime.MaxValue - Epoch).Ticks || ticks < (DateTime.MinValue - Epoch).Ticks
            ? (ticks > 0 ? "infinity" : "-infinity")
            : Epoch.AddTicks(ticks).ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Short(string text) => text.Length <= 100 ? text : text[..99] + "…";
}
