using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Migrations.Architecture.Tests;

/// <summary>
/// Words that read as translated occur in no page of the documentation (CONTRIBUTING.md has those to write in their place). In the texts
/// and comments of the sources their number may only fall: whoever removes some lowers the number here.
/// </summary>
public sealed partial class WordTests
{
    /// <summary>Pages that have none of the words.</summary>
    public static TheoryData<string> Pages =>
        [
            .. MarkdownPage.All.Select(p => p.Name),
            "stress/README.md",
            .. Below("docs", "examples"),
            .. Below("samples"),
            .. Below("en-US").Where(f => f.EndsWith(".help.txt", StringComparison.Ordinal)),
        ];

    /// <summary>For each project how often the words stand in its texts, and how often in its comments.</summary>
    public static TheoryData<string, int, int> Projects =>
        new()
        {
            { "Migrations.Cli", 0, 0 },
            { "Migrations.Core", 0, 0 },
            { "Migrations.Loader", 0, 0 },
            { "Migrations.PostgreSql", 3, 0 },
            { "Migrations.PowerShell", 0, 0 },
            { "Migrations.Sqlite", 0, 59 },
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_none_of_them(string page)
    {
        var lines = File.ReadAllLines(Repository.PathOf(page));
        Assert.Empty(
            lines.SelectMany(
                (line, i) => Listed().Matches(Quoted().Replace(line, "")).Select(m => $"{page}:{i + 1}: '{m.Value}' in: {line.Trim()}")
            )
        );
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void They_become_fewer(string project, int texts, int comments)
    {
        var roots = SourceFile.All("src", project).Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f.Path)).GetRoot()).ToList();
        var inTexts = roots
            .SelectMany(r => r.DescendantTokens())
            .Where(t => t.Parent is LiteralExpressionSyntax or InterpolatedStringTextSyntax)
            .Sum(t => Listed().Count(t.ValueText));
        var inComments = roots
            .SelectMany(r => r.DescendantTrivia())
            .Where(t => t.ToString().TrimStart().StartsWith("//", StringComparison.Ordinal) || t.HasStructure)
            .Sum(t => Listed().Count(t.ToFullString()));
        Assert.True(
            inTexts <= texts && inComments <= comments,
            $"{project} has {inTexts} of the words in its texts and {inComments} in its comments, and may have {texts} and {comments}."
        );
    }

    [Theory]
    [InlineData("Nobody can be asked.", 1)]
    [InlineData("It tells what was told, mends it, and makes it anew: so many words are put by, of which there is none.", 7)]
    [InlineData("An amendment is recommended; `mend` is the field of old.", 0)]
    public void They_are_found(string text, int count) => Assert.Equal(count, Listed().Count(Quoted().Replace(text, "")));

    private static IEnumerable<string> Below(params string[] folder) =>
        Directory
            .EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex(
        @"\b(tell|tells|told|mend|mends|mended|mending|anew|so many|put by|(is|are) none|nobody|be it)\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Listed();

    /// <summary>Names in backquotes are what they are.</summary>
    [GeneratedRegex("`[^`]*`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
