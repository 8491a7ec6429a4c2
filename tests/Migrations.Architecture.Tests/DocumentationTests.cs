using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Migrations.Architecture.Tests;

/// <summary>
/// Links lead somewhere, files that are named exist, examples of C# compile, and every block of SQL belongs to a file that a test runs.
/// </summary>
public sealed partial class DocumentationTests
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using Microsoft.AspNetCore.Builder;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.Logging;
        """;

    public static TheoryData<string> Pages => [.. MarkdownPage.All.Select(p => p.Name), "stress/README.md"];

    /// <summary>Page and line of each block of C#.</summary>
    public static TheoryData<string, int> Examples
    {
        get
        {
            var examples = new TheoryData<string, int>();
            foreach (var block in MarkdownPage.All.SelectMany(p => p.Blocks).Where(b => b.Language == "csharp"))
                examples.Add(block.Page, block.Line);
            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_links_lead_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        Assert.Empty(
            Link()
                .Matches(File.ReadAllText(Repository.PathOf(page)))
                .Select(m => m.Groups["target"].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Leads(folder, page, target))
                .Select(target => $"{page}: {target}")
        );
    }

    [Fact]
    public void The_files_of_the_architecture_exist()
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "architecture.md"));
        var named = FileName().Matches(text).Select(m => m.Groups["file"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(named.Count > 15);
        var there = SourceFile.All("src").Select(f => "/" + f.Name).ToList();
        var missing = named
            .Where(n => !there.Exists(f => f.EndsWith("/" + n, StringComparison.Ordinal)))
            .Concat(FolderName().Matches(text).Select(m => m.Groups["folder"].Value).Where(n => !IsFolder(n, there)))
            .ToList();
        Assert.Empty(missing);
    }

    private static bool IsFolder(string name, IReadOnlyList<string> files) =>
        files.Any(f => f.Contains($"/{name}/", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_compiles(string page, int line)
    {
        var text = MarkdownPage.Read(page).Blocks.Single(b => b.Line == line).Text;
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var errors = CSharpCompilation
            .Create(
                "Example",
                [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(text)],
                platform.Select(path => MetadataReference.CreateFromFile(path)),
                new CSharpCompilationOptions(
                    OutputKind.ConsoleApplication,
                    nullableContextOptions: NullableContextOptions.Enable,
                    // The libraries were built against an older platform than the one that runs the tests.
                    specificDiagnosticOptions: [KeyValuePair.Create("CS1701", ReportDiagnostic.Suppress)]
                )
            )
            .GetDiagnostics()
            .Where(d => d.Severity >= DiagnosticSeverity.Warning);
        Assert.Empty(errors.Select(d => $"{page}:{line + 1 + d.Location.GetLineSpan().StartLinePosition.Line}: {d.GetMessage()}"));
    }

    [Fact]
    public void A_block_of_SQL_names_its_file_or_is_run_on_a_server() =>
        Assert.Empty(
            MarkdownPage
                .All.SelectMany(p => p.Blocks)
                .Where(b => b is { Language: "sql", File: null, NotRun: null } && b.Page != "docs/permissions.md")
                .Select(b => b.Place)
        );

    [Fact]
    public void The_README_is_short() => Assert.InRange(File.ReadAllLines(Repository.PathOf("README.md")).Length, 50, 249);

    private static bool Leads(string folder, string page, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? Repository.PathOf(page) : Path.GetFullPath(Path.Combine(folder, parts[0]));
        if (parts.Length == 1 || !File.Exists(path))
            return File.Exists(path) || Directory.Exists(path);
        return File.ReadLines(path).Where(l => l.StartsWith('#')).Any(l => AnchorOf(l.TrimStart('#').Trim()) == parts[1]);
    }

    /// <summary>As GitHub makes it: lower case, without punctuation, a hyphen for each space.</summary>
    private static string AnchorOf(string heading) =>
        new([.. heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c)]);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<file>[\w./]+\.cs)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\| `(?<folder>[A-Z]\w+)`", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FolderName();
}
