namespace Migrations.Sqlite.Tests;

public sealed class KeptJournalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Journal => _folder.Database + "-journal";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_journals_file_lives_as_long_as_the_run()
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            Assert.True(File.Exists(Journal));
            Assert.All(File.ReadAllBytes(Journal).Take(8), b => Assert.Equal(0, b));
            await session.RunAsync(_folder.Step("INSERT INTO a VALUES (1);"), default);
        }

        Assert.False(File.Exists(Journal));
        Assert.Equal("delete", _folder.Ask("PRAGMA journal_mode"));
        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task A_write_ahead_log_stays_one()
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            ((SqliteSession)session).Handle.Execute("PRAGMA journal_mode=WAL");
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            Assert.False(File.Exists(Journal));
        }

        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task What_a_script_chooses_stays()
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            await session.RunAsync(_folder.Step("PRAGMA journal_mode=WAL;", MigrationHeader.Empty with { Transaction = true }), default);
        }

        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task The_journal_of_another_writer_is_left_to_it()
    {
        var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
        await using var other = await _folder.OpenAsync();
        var handle = ((SqliteSession)other).Handle;
        handle.Execute("BEGIN IMMEDIATE");
        handle.Execute("INSERT INTO a VALUES (1)");

        await session.DisposeAsync();

        Assert.True(File.Exists(Journal));
        handle.Execute("ROLLBACK");
        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM a"));
        Assert.Equal("ok", _folder.Ask("PRAGMA integrity_check"));
    }
}
