using Migrations.Linting;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Linting;

/// <summary>Each rule finds its bad script at its line, and leaves the good one and tables of the same run alone.</summary>
public abstract class RuleTests(DatabaseKind kind, IReadOnlyList<RuleCase> cases) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Each_rule_has_a_script()
    {
        string[] elsewhere = ["no-down", "destructive-down", "allow-invalid"];
        Assert.Equal(
            kind.Driver.Rules.Rules.Select(r => r.Id).Except(elsewhere).Order(StringComparer.Ordinal),
            cases.Select(c => c.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task CheckAsync(RuleCase test)
    {
        var found = await RulesAsync(test.Before, test.Bad);
        Assert.True(found.Contains(test.Rule), $"Not found in {test.Bad}: {string.Join(", ", found)}");
        var harmless = await RulesAsync(test.Before, test.Good);
        Assert.False(harmless.Contains(test.Rule), $"Found in {test.Good}: {string.Join(", ", harmless)}");
    }

    /// <summary>What is found in a script when all that it works on is made in the same file.</summary>
    protected async Task CheckNewAsync(RuleCase test, IReadOnlyList<string> always)
    {
        var found = await RulesAsync("SELECT 1;", test.Before + "\n" + test.Bad);
        Assert.Equal(always.Contains(test.Rule) ? [test.Rule] : [], found.Where(r => r == test.Rule).Distinct());
    }

    private async Task<List<string>> RulesAsync(string before, string script) => [.. (await FindAsync(before, script)).Select(f => f.Rule)];

    /// <summary>What is found in a script.</summary>
    protected async Task<IReadOnlyList<LintFinding>> FindAsync(string before, string script)
    {
        _folder.Write("m/001_before.sql", before);
        _folder.Write("m/002_it.sql", script);
        var found = await new ScriptLinter(kind.Driver, target: null, _folder["m"]).LintAsync(new LintRequest { Names = ["2"] });
        Assert.All(found, f => Assert.EndsWith("002_it.sql", f.File, StringComparison.Ordinal));
        Assert.All(found, f => Assert.InRange(f.Line, 1, script.Split('\n').Length));
        return found;
    }
}
