using System.Text.Json;
using Migrations.Folders;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>
/// Writes findings as SARIF 2.1.0, which GitHub and Azure DevOps show beside the lines
/// (<see href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"/>).
/// </summary>
public static class SarifReport
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";

    /// <summary>Writes the file. An existing one is replaced.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="rules">The rules that were looked for.</param>
    /// <param name="root">The folder that paths in it start from: that of the repository.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<LintFinding> findings, IReadOnlyList<LintRule> rules, string root)
    {
        ReplacedFile.Demand(path, "The report", "{");
        try
        {
            using var stream = File.Create(path);
            Write(stream, findings, rules, root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The report '{path}' could not be written: {e.Message}",
                "Specify a file in an existing, writable folder.",
                e
            );
        }
    }

    /// <summary>Writes to a stream.</summary>
    public static void Write(Stream stream, IReadOnlyList<LintFinding> findings, IReadOnlyList<LintRule> rules, string root)
    {
        ArgumentNullException.ThrowIfNull(findings);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("$schema", Schema);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, rules);
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject("SRCROOT");
        json.WriteString("uri", new Uri(Path.GetFullPath(root).TrimEnd('/', '\\') + "/").AbsoluteUri);
        json.WriteEndObject();
        json.WriteEndObject();
        // Columns are counted as .NET counts characters.
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in findings)
            WriteResult(json, finding, rules, root);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, IReadOnlyList<LintRule> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "migrations");
        json.WriteString("version", JournalRecorder.ToolVersion);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            WriteText(json, "shortDescription", rule.Why);
            WriteText(json, "fullDescription", $"{rule.Why} Harmless: {rule.Harmless}");
            WriteText(json, "help", rule.Rewrite);
            json.WriteString("helpUri", rule.Link);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", "warning");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, LintFinding finding, IReadOnlyList<LintRule> rules, string root)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule);
        for (var i = 0; i < rules.Count; i++)
        {
            if (string.Equals(rules[i].Id, finding.Rule, StringComparison.Ordinal))
                json.WriteNumber("ruleIndex", i);
        }

        json.WriteString("level", finding.IsError ? "error" : "warning");
        WriteText(json, "message", $"{finding.Message} {finding.Advice}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WritePlace(json, finding, root);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, LintFinding finding, string root)
    {
        var relative = Path.GetRelativePath(root, finding.File);
        var isInside = !Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal);
        json.WriteStartObject("artifactLocation");
        json.WriteString(
            "uri",
            isInside ? string.Join('/', relative.Split('/', '\\').Select(Uri.EscapeDataString)) : new Uri(finding.File).AbsoluteUri
        );
        if (isInside)
            json.WriteString("uriBaseId", "SRCROOT");
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", finding.Line);
        if (finding.Column is { } column)
            json.WriteNumber("startColumn", column);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
