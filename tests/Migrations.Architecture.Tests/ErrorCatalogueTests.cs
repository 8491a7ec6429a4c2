using System.Text.RegularExpressions;

namespace Migrations.Architecture.Tests;

/// <summary>Every error has a category, a section in the documentation, and a test that raises it.</summary>
public sealed partial class ErrorCatalogueTests
{
    public static TheoryData<ErrorId> Ids => [.. Enum.GetValues<ErrorId>()];

    private static readonly Lazy<string[]> Documentation = new(() => File.ReadAllLines(Repository.PathOf("docs", "errors.md")));

    // A test that makes the error itself, or sorts errors by it, has not seen it raised.
    private static readonly Lazy<HashSet<string>> Tested = new(() => SourceFile.All("tests")
        .Where(f => !f.Name.StartsWith("tests/Migrations.Architecture.Tests/", StringComparison.Ordinal))
        .SelectMany(f => f.CodeLines)
        .Where(line => !line.Contains(" when (", StringComparison.Ordinal))
        .SelectMany(line => Expected().Matches(line))
        .Select(match => match.Groups["id"].Value)
        .ToHashSet(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_has_a_category(ErrorId id) => Assert.True(Enum.IsDefined(ErrorCatalog.CategoryOf(id)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_documented(ErrorId id)
    {
        var section = Documentation.Value.SkipWhile(line => line != $"## {id}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).ToList();
        Assert.True(section.Exists(line => line.Length > 20), $"docs/errors.md has no section '## {id}' with text in it.");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_raised_by_a_test(ErrorId id) => Assert.True(Tested.Value.Contains(id.ToString()), $"No test expects ErrorId.{id}.");

    [Fact]
    public void The_documentation_names_no_error_that_does_not_exist()
    {
        var sections = Documentation.Value.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]).Where(name => !name.Contains(' ', StringComparison.Ordinal));
        Assert.All(sections, name => Assert.True(Enum.TryParse<ErrorId>(name, out _), $"docs/errors.md has a section for '{name}', which is no error."));
    }

    [GeneratedRegex(@"(?<!new \w+\()\bErrorId\.(?<id>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expected();
}
