using System.Globalization;
using System.Text;

namespace Migrations.Sqlite.Tests;

public sealed class LargeScriptTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_nul_byte_is_an_error_and_does_not_end_the_script_quietly()
    {
        var error = await _folder.FailAsync("CREATE TABLE a (x);\n\0CREATE TABLE b (x);");

        Assert.Equal(2, error.Location!.Line);
        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
    }

    [Fact]
    public async Task A_large_script_takes_time_in_proportion_and_no_memory_for_its_size()
    {
        var small = await MeasureAsync(2_000);
        var large = await MeasureAsync(40_000);

        Assert.True(large.Time < small.Time * 20 * 3, $"2,000 statements took {small.Time}, 40,000 took {large.Time}");
        Assert.InRange(large.Bytes, 0, small.Bytes + 200_000);
    }

    [Fact]
    public void The_window_does_not_grow_with_the_script()
    {
        using var window = new ScriptWindow(SelectScript(10_000));
        var size = window.Capacity;
        while (window.SkipBlank())
            window.Advance(window.FindEndOfStatement());

        Assert.Equal(window.Length, window.Offset);
        Assert.Equal(size, window.Capacity);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    public async Task Statements_longer_than_the_window_run_as_one(int length)
    {
        var sql = new StringBuilder("CREATE TABLE a (x);\n/*").Append('-', length).Append("*/INSERT INTO a VALUES ('").Append('x', length).Append("'), ('b');\nDELETE FROM a WHERE x = 'b';");

        var outcome = await _folder.RunAsync(sql.ToString());

        Assert.Equal(3, outcome.Statements);
        Assert.Equal(length.ToString(CultureInfo.InvariantCulture), _folder.Ask("SELECT sum(length(x)) FROM a"));
    }

    private async Task<(TimeSpan Time, long Bytes)> MeasureAsync(int statements)
    {
        var step = TestFolder.Step(SelectScript(statements));
        await using var session = await _folder.OpenReadyAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcome = await session.RunAsync(step, default);
        return (outcome.Duration, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private MigrationScript SelectScript(int statements)
    {
        var sql = new StringBuilder();
        for (var i = 0; i < statements; i++)
            sql.Append(CultureInfo.InvariantCulture, $"SELECT {i}, '").Append('x', 500).Append("';\n");
        return _folder.Script(sql.ToString());
    }
}
