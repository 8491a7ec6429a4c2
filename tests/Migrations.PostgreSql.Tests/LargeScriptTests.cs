using System.Text;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Scripts of 20 MB: what is kept of them does not grow with their size.</summary>
public sealed class LargeScriptTests
{
    private const int Size = 20_000_000;

    [Theory]
    [InlineData("INSERT INTO t VALUES ('", "0123456789abcde\n", "');\n")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $b$ BEGIN\n", "-- a comment; with 'quotes'\n", "RETURN 1; END $b$;\n")]
    [InlineData("COPY t FROM stdin;\n", "1\tsome text; '\n", "\\.\n")]
    [InlineData("/*", " a comment; ", "*/ SELECT 1;\n")]
    public void A_large_part_of_a_script_is_analysed_without_a_copy_of_it(string start, string body, string end)
    {
        var text = new StringBuilder(start).Insert(start.Length, body, Size / body.Length).Append(end).ToString();
        var script = Scripts.Of(text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var analysis = PostgreSqlAnalyzer.Analyze(script);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Empty(analysis.Problems);
        // COPY data pass by in strings of up to 64 KB, of which none is kept.
        Assert.InRange(allocated, 0, start.StartsWith("COPY", StringComparison.Ordinal) ? 4L * Size : 1_000_000);
    }

    [Fact]
    public async Task It_runs()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var script = new StringBuilder("CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (0, '")
            .Append('x', 2_000_000)
            .Append("');\n")
            .Insert(0, "/* a; */ SELECT 1;\n", 2000)
            .Append("COPY t FROM stdin;\n")
            .Insert(0, "\n", 3);
        for (var i = 0; script.Length < 6_000_000; i++)
            script.Append(i).Append("\tsome text; '\n");
        script.Append("\\.\nUPDATE t SET a = -1 WHERE a = 7;\n");

        var outcome = await session.RunAsync(fixture.Step(script.ToString()), CancellationToken.None);

        var count = await fixture.Database.ScalarAsync("SELECT count(*) FROM t");
        Assert.Equal(
            (2004, $"{outcome.RowsAffected - 1}", "2000000"),
            (outcome.Statements, count, await fixture.Database.ScalarAsync("SELECT max(length(b)) FROM t"))
        );
    }
}
