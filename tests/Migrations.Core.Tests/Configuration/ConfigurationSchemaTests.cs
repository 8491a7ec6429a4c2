using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Migrations.Configuration;
using Migrations.Core.Tests.Folders;
using Xunit;

namespace Migrations.Core.Tests.Configuration;

/// <summary>The published schema says of a file what the reader says of it.</summary>
public sealed partial class ConfigurationSchemaTests
{
    private static readonly string Root = FindRoot();

    private static readonly Lazy<JsonSchema> Schema = new(() =>
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Root, "docs", "migrations.schema.json")))
    );

    public static TheoryData<string> Examples
    {
        get
        {
            var data = new TheoryData<string> { ConfigurationTemplate.Text };
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "samples"), "migrations.json", SearchOption.AllDirectories))
                data.Add(File.ReadAllText(file));
            foreach (var page in Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            {
                foreach (var block in Block().Matches(File.ReadAllText(page)).Select(m => m.Groups["text"].Value).Where(IsConfiguration))
                    data.Add(block);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_valid(string text)
    {
        Assert.True(IsValid(text), text);
        using var folder = new TemporaryFolder();
        Assert.NotNull(ConfigurationFile.Open(folder.Write("migrations.json", text), folder.Path));
    }

    [Theory]
    [InlineData("""{ "pathh": "x" }""")]
    [InlineData("""{ "path": "" }""")]
    [InlineData("""{ "services": { "a": { } } }""")]
    [InlineData("""{ "services": { "a b": { "path": "x" } } }""")]
    [InlineData("""{ "services": { "a": { "path": "x", "confirm": true } } }""")]
    [InlineData("""{ "environments": { "a": { "confirm": "yes" } } }""")]
    [InlineData("""{ "environments": { "a": { "services": {} } } }""")]
    [InlineData("""{ "timeouts": { "lock": "soon" } }""")]
    [InlineData("""{ "backup": { "keepLast": 0 } }""")]
    [InlineData("""{ "layout": "other" }""")]
    [InlineData("""{ "variables": { "a-b": "x" } }""")]
    [InlineData("""{ "variables": { "a": null } }""")]
    [InlineData("""{ "environments": { "e": { "schemaFile": "" } } }""")]
    public void What_the_reader_refuses_is_not_valid(string text)
    {
        Assert.False(IsValid(text), text);
        using var folder = new TemporaryFolder();
        var path = folder.Write("migrations.json", text);
        Assert.Equal(ErrorId.ConfigurationInvalid, Assert.Throws<MigrationException>(() => ConfigurationFile.Open(path, folder.Path)).Id);
    }

    private static bool IsValid(string text)
    {
        using var document = JsonDocument.Parse(
            text,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        return Schema.Value.Evaluate(document.RootElement).IsValid;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Migrations.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    // Other pages show records of the output, too.
    private static bool IsConfiguration(string block) => block.Contains("\"environments\"", StringComparison.Ordinal);

    [GeneratedRegex(@"```json\r?\n(?<text>\{.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
