namespace Migrations.Running;

/// <summary>Writes a value of a row with its type, and reads it again.</summary>
internal static class RowValue
{
    private enum Kind : byte
    {
        Null,
        Boolean,
        Int16,
        Int32,
        Int64,
        Single,
        Double,
        Decimal,
        Text,
        Bytes,
        Guid,
        DateTime,
        DateTimeOffset,
        TimeSpan,
    }

    /// <summary>Writes one.</summary>
    public static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)Kind.Null);
                break;
            case bool yes:
                Begin(writer, Kind.Boolean).Write(yes);
                break;
            case short number:
                Begin(writer, Kind.Int16).Write(number);
                break;
            case int number:
                Begin(writer, Kind.Int32).Write(number);
                break;
            case long number:
                Begin(writer, Kind.Int64).Write(number);
                break;
            case float number:
                Begin(writer, Kind.Single).Write(number);
                break;
            case double number:
                Begin(writer, Kind.Double).Write(number);
                break;
            case decimal number:
                Begin(writer, Kind.Decimal).Write(number);
                break;
            case byte[] bytes:
                Begin(writer, Kind.Bytes).Write(bytes.Length);
                writer.Write(bytes);
                break;
            case Guid id:
                Begin(writer, Kind.Guid).Write(id.ToByteArray());
                break;
            default:
                WriteTimeOrText(writer, value);
                break;
        }
    }

    /// <summary>Reads the next one.</summary>
    public static object? Read(BinaryReader reader) =>
        (Kind)reader.ReadByte() switch
        {
            Kind.Boolean => reader.ReadBoolean(),
            Kind.Int16 => reader.ReadInt16(),
            Kind.Int32 => reader.ReadInt32(),
            Kind.Int64 => reader.ReadInt64(),
            Kind.Single => reader.ReadSingle(),
            Kind.Double => reader.ReadDouble(),
            Kind.Decimal => reader.ReadDecimal(),
            Kind.Text => reader.ReadString(),
            Kind.Bytes => reader.ReadBytes(reader.ReadInt32()),
            Kind.Guid => new Guid(reader.ReadBytes(16)),
            Kind.DateTime => DateTime.FromBinary(reader.ReadInt64()),
            Kind.DateTimeOffset => new DateTimeOffset(reader.ReadInt64(), new TimeSpan(reader.ReadInt64())),
            Kind.TimeSpan => new TimeSpan(reader.ReadInt64()),
            _ => null,
        };

    private static void WriteTimeOrText(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case DateTime moment:
                Begin(writer, Kind.DateTime).Write(moment.ToBinary());
                break;
            case DateTimeOffset moment:
                Begin(writer, Kind.DateTimeOffset).Write(moment.Ticks);
                writer.Write(moment.Offset.Ticks);
                break;
            case TimeSpan time:
                Begin(writer, Kind.TimeSpan).Write(time.Ticks);
                break;
            default:
                Begin(writer, Kind.Text).Write((string)value);
                break;
        }
    }

    private static BinaryWriter Begin(BinaryWriter writer, Kind kind)
    {
        writer.Write((byte)kind);
        return writer;
    }
}
