using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Migrations.Cli.Output;

/// <summary>Writes one array of records to standard output.</summary>
internal sealed class JsonRecordWriter : IDisposable
{
    private readonly SafeJsonStream _output;

    public JsonRecordWriter(Terminal terminal)
    {
        _output = new SafeJsonStream(terminal);
        Array = new Utf8JsonWriter(
            _output,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        Array.WriteStartArray();
    }

    /// <summary>Writes into the array.</summary>
    public Utf8JsonWriter Array { get; }

    /// <summary>How records are written.</summary>
    public JsonContext Json { get; } =
        new(new JsonSerializerOptions(JsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Appends records to the array.</summary>
    /// <param name="records">The records.</param>
    /// <param name="type">How they are written; asked only when there is one, because working it out takes 20 ms that a call with nothing
    /// to say has better uses for.</param>
    public void Write<T>(IEnumerable<T> records, Func<JsonContext, JsonTypeInfo<T>> type)
    {
        foreach (var record in records)
        {
            JsonSerializer.Serialize(Array, record, type(Json));
            if (Array.BytesPending > 32_768)
                Array.Flush();
        }
    }

    /// <summary>Appends the records of another array. Safe to call from several threads, as long as nothing else is.</summary>
    public void Append(MemoryStream array)
    {
        using var read = JsonDocument.Parse(array.GetBuffer().AsMemory(0, (int)array.Length));
        lock (_output)
        {
            foreach (var record in read.RootElement.EnumerateArray())
                record.WriteTo(Array);
            Array.Flush();
        }
    }

    /// <summary>Ends the array.</summary>
    public void Complete()
    {
        Array.WriteEndArray();
        Array.Flush();
        _output.WriteByte((byte)'\n');
        _output.Flush();
    }

    public void Dispose() => Array.Dispose();
}
