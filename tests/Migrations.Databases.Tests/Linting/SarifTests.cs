using System.Text.Json;
using Json.Schema;
using Migrations.Linting;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Linting;

/// <summary>
/// SARIF files have what the format's schema lets them have: its objects as far as a report uses them, with no property more.
/// </summary>
public sealed class SarifTests : IDisposable
{
    private static readonly Lazy<JsonSchema> Schema = new(() =>
        JsonSchema.FromText(File.ReadAllText(Repository.Fixture("sarif", "used.schema.json")))
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SQLite", "m")]
    [InlineData("PostgreSQL", "m")]
    [InlineData("SQLite", "m/elsewhere")]
    [InlineData("PostgreSQL", "m/elsewhere")]
    public async Task A_report_is_valid(string engine, string root)
    {
        _folder.Write("m/001_a b#ü.sql", "CREATE TABLE t (a integer, b integer);\n");
        _folder.Write("m/002_b.sql", "/* ä */ DROP TABLE t;\n-- allow: nothing\nUPDATE x SET a = 1; BEGIN; VACUUM;\n");
        var driver = DatabaseDrivers.All.Single(d => d.Engine == engine);
        var found = await new ScriptLinter(driver, target: null, _folder["m"]).LintAsync();
        Assert.Contains(found, f => f.Rule == "drop-table");
        Assert.Contains(found, f => f.IsError);

        foreach (var findings in new[] { found, [] })
        {
            using var stream = new MemoryStream();
            SarifReport.Write(stream, findings, driver.Rules.Rules, _folder[root]);
            using var report = JsonDocument.Parse(stream.ToArray());
            Assert.Equal("", Problems(report));
            Assert.Equal(findings.Count, report.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("""{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "x" } }, "result": [] }] }""")]
    [InlineData("""{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "x" } }, "results": [{ "level": "info" }] }] }""")]
    public void What_the_format_does_not_have_is_noticed(string text)
    {
        using var report = JsonDocument.Parse(text);
        Assert.NotEqual("", Problems(report));
    }

    private static string Problems(JsonDocument report)
    {
        var options = new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
        var result = Schema.Value.Evaluate(report.RootElement, options);
        return result.IsValid
            ? ""
            : string.Join(
                '\n',
                (result.Details ?? [])
                    .Where(d => d.Errors is not null)
                    .Select(d => $"{d.InstanceLocation}: {string.Join(' ', d.Errors!.Values)}")
            );
    }
}
