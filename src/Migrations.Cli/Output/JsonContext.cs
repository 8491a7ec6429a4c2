using System.Text.Json.Serialization;
using Migrations.Reporting;

namespace Migrations.Cli.Output;

/// <summary>The JSON code of the records, generated when this is compiled: no reflection, so a native build needs nothing more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    GenerationMode = JsonSourceGenerationMode.Default
)]
[JsonSerializable(typeof(JsonStatus))]
[JsonSerializable(typeof(JsonSummary))]
[JsonSerializable(typeof(JsonEvent))]
[JsonSerializable(typeof(JsonProfile))]
[JsonSerializable(typeof(JsonResult))]
[JsonSerializable(typeof(JsonInitialization))]
[JsonSerializable(typeof(JsonScript))]
[JsonSerializable(typeof(JsonExport))]
[JsonSerializable(typeof(ExportedReport))]
[JsonSerializable(typeof(JsonRepair))]
[JsonSerializable(typeof(JsonCleared))]
[JsonSerializable(typeof(JsonAdoption))]
[JsonSerializable(typeof(JsonAdoptionUndo))]
[JsonSerializable(typeof(JsonFile))]
[JsonSerializable(typeof(JsonSetting))]
[JsonSerializable(typeof(JsonCheck))]
[JsonSerializable(typeof(JsonRehearsal))]
[JsonSerializable(typeof(JsonSchemaObject))]
[JsonSerializable(typeof(JsonSchemaSql))]
[JsonSerializable(typeof(JsonSchemaDiagram))]
[JsonSerializable(typeof(JsonDifference))]
[JsonSerializable(typeof(JsonGenerated))]
[JsonSerializable(typeof(JsonBackup))]
[JsonSerializable(typeof(JsonVerification))]
[JsonSerializable(typeof(JsonRestore))]
[JsonSerializable(typeof(JsonRetention))]
[JsonSerializable(typeof(JsonSalvage))]
[JsonSerializable(typeof(JsonTableCopy))]
[JsonSerializable(typeof(JsonCopyPlan))]
[JsonSerializable(typeof(JsonTableComparison))]
[JsonSerializable(typeof(JsonFinding))]
[JsonSerializable(typeof(JsonFleetRow))]
[JsonSerializable(typeof(JsonErrorLine))]
[JsonSerializable(typeof(JsonWarningLine))]
internal sealed partial class JsonContext : JsonSerializerContext;
