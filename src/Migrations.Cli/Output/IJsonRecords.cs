using System.Text.Json.Serialization.Metadata;

namespace Migrations.Cli.Output;

/// <summary>Takes the records that JSON output consists of.</summary>
internal interface IJsonRecords
{
    /// <summary>Appends records to the array.</summary>
    /// <param name="records">The records.</param>
    /// <param name="type">How they are written.</param>
    void Write<T>(IEnumerable<T> records, Func<JsonContext, JsonTypeInfo<T>> type);
}
