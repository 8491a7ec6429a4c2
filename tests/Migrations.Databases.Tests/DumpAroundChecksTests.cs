using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>PostgreSQL's own dump of a database, taken before and after the declared checks of the sample, is the same text.</summary>
public sealed class DumpAroundChecksTests() : Conformance(DatabaseKind.PostgreSql)
{
    private const string MovesSequence = "a project without a number gets one";

    [Fact]
    public async Task The_checks_of_the_sample_leave_the_dump_as_it_was()
    {
        await UseSampleAsync();
        var before = await DumpAsync();

        var results = await AskAsync();

        var after = await DumpAsync();
        Assert.Equal(15, results.Count);
        Assert.All(results, r => Assert.True(r.Status == CheckStatus.Pass, $"{r.Name}: {r.Message}"));
        // These make the database refuse what they try, in the middle of what they have written.
        Assert.Equal(
            ["a priority out of range is rejected", "a task needs a project", "an unknown status is rejected"],
            results.Where(r => r.Expected!.StartsWith("error", StringComparison.Ordinal)).Select(r => r.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(before.Text, after.Text);
        foreach (var table in (string[])["projects", "milestones", "tasks", "migration_journal"])
        {
            Assert.Contains($"COPY public.{table} (", before.Text, StringComparison.Ordinal);
            Assert.Contains(before.SequencePositions, p => p.Contains($"'public.{table}_id_seq'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_check_that_moves_a_sequence_says_so_and_leaves_all_else_as_it_was()
    {
        await UseSampleAsync();
        WriteMovingCheck();
        var before = await DumpAsync();

        var results = await AskAsync();

        var after = await DumpAsync();
        var warned = Assert.Single(results, r => r.Status != CheckStatus.Pass);
        Assert.Equal((MovesSequence, CheckStatus.Warn), (warned.Name, warned.Status));
        Assert.Matches(
            "The sequence public.projects_id_seq moved on from [0-9]+ to [0-9]+; a rollback does not take it back.",
            warned.Message
        );
        Assert.Equal(before.WithoutSequencePositions, after.WithoutSequencePositions);
        var moved = Assert.Single(after.SequencePositions.Except(before.SequencePositions, StringComparer.Ordinal));
        Assert.Contains("public.projects_id_seq", moved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_copy_not_even_a_sequence_moves()
    {
        await UseSampleAsync();
        WriteMovingCheck();
        var before = await DumpAsync();

        var results = await AskAsync(onCopy: true);

        Assert.Equal(16, results.Count);
        Assert.DoesNotContain(results, r => r.Status is CheckStatus.Fail or CheckStatus.NotRun);
        Assert.Equal(before.Text, (await DumpAsync()).Text);
    }

    private void WriteMovingCheck() =>
        Write(
            "checks/sequence.sql",
            $"-- check: {MovesSequence}\n-- expect: value true\nINSERT INTO projects (name) VALUES ('Numbered'), ('Numbered "
                + "too');\nSELECT (max(id) > 0)::text FROM projects;\n"
        );

    private Task<IReadOnlyList<CheckResult>> AskAsync(bool onCopy = false) =>
        Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared], OnCopy = onCopy });

    private Task<PostgreSqlDump> DumpAsync() => PostgreSqlDump.OfAsync((PostgreSqlTestDatabase)Database);

    private async Task UseSampleAsync()
    {
        var sample = Repository.PathOf("samples", "dashboard-postgresql");
        foreach (var file in Directory.EnumerateFiles(sample, "*.sql", SearchOption.AllDirectories))
            Write(Path.GetRelativePath(sample, file), await File.ReadAllTextAsync(file));
        await ApplyAsync();
    }
}
