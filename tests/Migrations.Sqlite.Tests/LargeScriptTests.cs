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
    public async Task A_script_of_20_megabytes_takes_no_managed_memory_for_its_size()
    {
        var sql = new StringBuilder(
            "CREATE TABLE a (id INTEGER, t TEXT);\nCREATE TRIGGER d AFTER DELETE ON a BEGIN DELETE FROM a WHERE t = ';'; END;\n"
        );
        sql.Append("INSERT INTO a VALUES (0, '").Append('x', 2_000_000).Append("');\n");
        for (var i = 1; sql.Length < 20_000_000; i++)
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO a VALUES\n")
                .AppendJoin(",\n", Enumerable.Range(0, 100).Select(n => $"({i}, 'text {n}; of no interest')"))
                .Append(";\n");
        var script = _folder.Script(sql.ToString());
        await using var session = await _folder.OpenReadyAsync();

        var before = GC.GetAllocatedBytesForCurrentThread();
        await session.RunAsync(TestFolder.Step(script), default);

        // Both passes, reading and running: some buffers, whatever the size.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        Assert.Equal("2000000", _folder.Ask("SELECT max(length(t)) FROM a"));
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
        var sql = new StringBuilder("CREATE TABLE a (x);\n/*")
            .Append('-', length)
            .Append("*/INSERT INTO a VALUES ('")
            .Append('x', length)
            .Append("'), ('b');\nDELETE FROM a WHERE x = 'b';");

        var outcome = await _folder.RunAsync(sql.ToString());

        Assert.Equal(3, outcome.Statements);
        Assert.Equal(length.ToString(CultureInfo.InvariantCulture), _folder.Ask("SELECT sum(length(x)) FROM a"));
    }

    private MigrationScript SelectScript(int statements)
    {
        var sql = new StringBuilder();
        for (var i = 0; i < statements; i++)
            sql.Append(CultureInfo.InvariantCulture, $"SELECT {i}, '").Append('x', 500).Append("';\n");
        return _folder.Script(sql.ToString());
    }
}
