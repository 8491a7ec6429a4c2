namespace Migrations.Sqlite.Tests;

/// <summary>What scripts leave on the connection, and what others leave in the history.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TEMP TRIGGER g AFTER INSERT ON main.a BEGIN INSERT INTO log VALUES (new.x); END;")]
    [InlineData("create  temporary /* x */ trigger g AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.x); END;")]
    [InlineData("CREATE TABLE temp.log (x);")]
    [InlineData("CREATE\nTEMP TABLE log (x);")]
    public async Task What_a_script_leaves_temporary_does_not_touch_what_the_next_writes(string sql)
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x); CREATE TABLE log (x);"), default);
        await session.RunAsync(_folder.Step(sql), default);
        await session.RunAsync(_folder.Step("INSERT INTO a VALUES (1); INSERT INTO log VALUES (2);"), default);

        Assert.Equal("2", _folder.Ask("SELECT group_concat(x) FROM main.log"));
    }

    [Fact]
    public async Task A_time_that_is_none_is_told_with_its_row()
    {
        await _folder.RunAsync("CREATE TABLE a (x);");
        await using var session = await _folder.OpenReadyAsync();
        _folder.Ask("UPDATE migration_journal SET applied_at = 'yesterday'");

        var error = await Assert.ThrowsAsync<MigrationException>(() => session.History.ReadAsync(default));

        Assert.Equal(ErrorId.HistoryTableConflict, error.Id);
        Assert.Contains("'yesterday'", error.Message, StringComparison.Ordinal);
    }
}
