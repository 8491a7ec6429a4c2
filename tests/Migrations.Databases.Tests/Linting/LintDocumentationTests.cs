using Migrations.Sql;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Linting;

/// <summary>The page about the rules says of each what the program says.</summary>
public sealed class LintDocumentationTests
{
    private static readonly Dictionary<string, string> Sections = Read();

    public static TheoryData<string> Engines => ["SQLite", "PostgreSQL"];

    [Theory]
    [MemberData(nameof(Engines))]
    public void It_has_each_rule_with_the_words_of_the_program(string engine)
    {
        foreach (var rule in RulesOf(engine))
        {
            Assert.True(Sections.TryGetValue(rule.Id, out var section), $"docs/lint.md has no section {rule.Id}.");
            foreach (var text in (string[])[rule.Why, rule.Harmless, rule.Rewrite, rule.Link, engine])
                Assert.Contains(text, section, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_has_no_rule_that_the_program_does_not_have() =>
        Assert.Empty(Sections.Keys.Except(DatabaseDrivers.All.SelectMany(d => d.Rules.Rules).Select(r => r.Id)));

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_id_is_one_rule(string engine) =>
        Assert.Empty(RulesOf(engine).GroupBy(r => r.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));

    private static IReadOnlyList<LintRule> RulesOf(string engine) => DatabaseDrivers.All.Single(d => d.Engine == engine).Rules.Rules;

    private static Dictionary<string, string> Read()
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "lint.md"));
        return text.Split("\n### ").Skip(1).ToDictionary(s => s.Split('\n')[0].Trim('`'), s => s.Split("\n## ")[0], StringComparer.Ordinal);
    }
}
