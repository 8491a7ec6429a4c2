namespace Migrations.Architecture.Tests;

/// <summary>Every error has a category, a section in the documentation, and a test that raises it.</summary>
public sealed class ErrorCatalogueTests
{
    public static TheoryData<ErrorId> Ids => [.. Enum.GetValues<ErrorId>()];

    private static readonly Lazy<string[]> Documentation = new(() => File.ReadAllLines(Repository.PathOf("docs", "errors.md")));

    private static readonly Lazy<HashSet<string>> Tested = new(() =>
        SourceFile
            .All("tests")
            .Where(f => !f.Name.StartsWith("tests/Migrations.Architecture.Tests/", StringComparison.Ordinal))
            .SelectMany(f => ExpectedErrors.Of(File.ReadAllText(f.Path)))
            .ToHashSet(StringComparer.Ordinal)
    );

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_has_a_category(ErrorId id) => Assert.True(Enum.IsDefined(ErrorCatalog.CategoryOf(id)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_documented(ErrorId id)
    {
        var section = Documentation
            .Value.SkipWhile(line => line != $"## {id}")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .ToList();
        Assert.True(section.Exists(line => line.Length > 20), $"docs/errors.md has no section '## {id}' with text in it.");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_is_raised_by_a_test(ErrorId id) => Assert.True(Tested.Value.Contains(id.ToString()), $"No test expects ErrorId.{id}.");

    [Fact]
    public void The_documentation_names_no_error_that_does_not_exist()
    {
        var sections = Documentation
            .Value.Where(l => l.StartsWith("## ", StringComparison.Ordinal))
            .Select(l => l[3..])
            .Where(name => !name.Contains(' ', StringComparison.Ordinal));
        Assert.All(
            sections,
            name => Assert.True(Enum.TryParse<ErrorId>(name, out _), $"docs/errors.md has a section for '{name}', which is no error.")
        );
    }

    [Theory]
    [InlineData("[Fact] void T() => Throws(ErrorId.A, () => Run());", true)]
    [InlineData("[Fact] async Task T() { var e = await Run(); Assert.Equal((ErrorId.A, 1), (e.Id, e.Line)); }", true)]
    [InlineData("[Fact] void T() => Assert.Contains(Run(), p => p.Id == ErrorId.A);", true)]
    [InlineData("[Theory] [InlineData(ErrorId.A)] void T(ErrorId id) => Assert.Equal(id, Run().Id);", true)]
    [InlineData(
        "TheoryData<string, ErrorId> Rows => new() { { \"\", ErrorId.A } }; [Theory] [MemberData(nameof(Rows))] void "
            + "T(string s, ErrorId id) => FailsAsync(id, s);",
        true
    )]
    [InlineData("[Fact] void T() { /* ErrorId.A */ var id = \"ErrorId.A\"; }", false)]
    [InlineData("[Fact] void T() { try { Run(); } catch (MigrationException e) when (e.Id == ErrorId.A) { } }", false)]
    [InlineData("[Fact] void T() => Assert.NotNull(Judge(new MigrationException(ErrorId.A)));", false)]
    [InlineData("[Fact] void T() { var e = new MigrationException(ErrorId.A); Assert.Equal(ErrorId.A, e.Id); }", false)]
    [InlineData("[Theory] [InlineData(ErrorId.A)] void T(ErrorId id) => Run(id);", false)]
    [InlineData("TheoryData<ErrorId> Rows => [ErrorId.A];", false)]
    public void Only_what_a_test_demands_counts(string members, bool expected) =>
        Assert.Equal(expected ? ["A"] : [], ExpectedErrors.Of($"class C {{ {members} }}"));
}
