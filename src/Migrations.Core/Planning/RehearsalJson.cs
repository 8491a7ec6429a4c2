using System.Text.Json.Serialization;

namespace Migrations.Planning;

/// <summary>The JSON code of kept verdicts, generated when this is compiled.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, RehearsalVerdict>))]
internal sealed partial class RehearsalJson : JsonSerializerContext;
