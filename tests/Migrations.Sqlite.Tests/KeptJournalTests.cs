using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

/// <summary>The rollback journal's file lives as long as a run, and is taken for durable only when it is.</summary>
public sealed class KeptJournalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Journal => _folder.Database + "-journal";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_journals_file_lives_as_long_as_the_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Journals are kept on Linux only.");
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            Assert.All(File.ReadAllBytes(Journal).Take(8), b => Assert.Equal(0, b));
            await session.RunAsync(_folder.Step("INSERT INTO a VALUES (1);"), default);
            Assert.True(File.Exists(Journal));
        }

        Assert.False(File.Exists(Journal));
        Assert.Equal("delete", _folder.Ask("PRAGMA journal_mode"));
        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task The_last_step_deletes_it()
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);

        await session.RunAsync(_folder.Step("INSERT INTO a VALUES (1);") with { IsLast = true }, default);

        Assert.False(File.Exists(Journal));
        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task It_is_deleted_after_a_failure_too()
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            await Assert.ThrowsAsync<StatementException>(() =>
                session.RunAsync(_folder.Step("SELECT nothing;") with { IsLast = true }, default)
            );
        }

        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public async Task A_write_ahead_log_stays_one()
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            ((SqliteSession)session).Connection.Handle.Execute("PRAGMA journal_mode=WAL");
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            Assert.False(File.Exists(Journal));
        }

        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_script_chooses_stays(bool thenLast)
    {
        await using (var session = await _folder.OpenReadyAsync())
        {
            await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
            await session.RunAsync(_folder.Step("PRAGMA journal_mode=WAL;", MigrationHeader.Empty with { Transaction = true }), default);
            if (thenLast)
                await session.RunAsync(_folder.Step("INSERT INTO a VALUES (1);") with { IsLast = true }, default);
        }

        Assert.Equal("wal", _folder.Ask("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task The_journal_of_another_writer_is_left_to_it()
    {
        var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x);"), default);
        await using var other = await _folder.OpenAsync();
        var handle = ((SqliteSession)other).Connection.Handle;
        handle.Execute("BEGIN IMMEDIATE");
        handle.Execute("INSERT INTO a VALUES (1)");

        await session.DisposeAsync();

        Assert.True(File.Exists(Journal));
        handle.Execute("ROLLBACK");
        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM a"));
        Assert.Equal("ok", _folder.Ask("PRAGMA integrity_check"));
    }

    [Fact]
    public void Its_name_is_on_the_disk_once_a_transaction_that_waited_for_it_is_committed()
    {
        using var run = Keep();

        run.Write("CREATE TABLE a (x)");
        Assert.False(run.Journal.IsNameOnDisk);
        run.Commit();

        Assert.True(run.Journal.IsNameOnDisk);
        run.Write("INSERT INTO a VALUES (1)");
        Assert.True(run.Journal.IsNameOnDisk);
    }

    [Fact]
    public void A_transaction_that_is_rolled_back_says_nothing_of_its_name()
    {
        using var run = Keep();
        run.Write("CREATE TABLE a (x)");
        run.Handle.Execute("ROLLBACK");
        run.Journal.OnBegin(isLast: false);
        run.Journal.OnCommitted();

        Assert.False(run.Journal.IsNameOnDisk);
    }

    [Fact]
    public void A_script_that_forbids_waiting_for_the_disk_says_nothing_of_its_name()
    {
        using var run = Keep();
        run.Handle.Execute("PRAGMA synchronous=OFF");
        run.Write("CREATE TABLE a (x)");
        run.Commit();

        Assert.False(run.Journal.IsNameOnDisk);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_took_its_place_is_another(bool exists)
    {
        using var run = Keep();
        run.Write("CREATE TABLE a (x)");
        run.Commit();

        File.Delete(Journal);
        if (exists)
            File.WriteAllBytes(Journal, []); // Of a writer that was killed before it wrote. It often gets the number of the deleted file.

        Assert.False(run.Journal.IsNameOnDisk);
        run.Write("INSERT INTO a VALUES (1)");
        Assert.False(run.Journal.IsNameOnDisk);
        run.Commit();
        Assert.True(run.Journal.IsNameOnDisk);
        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM a"));
    }

    [Fact]
    public void Another_writer_deletes_it_and_both_go_on()
    {
        using var run = Keep();
        run.Write("CREATE TABLE a (x)");
        run.Commit();

        _ = _folder.Ask("INSERT INTO a VALUES (1) RETURNING x");
        Assert.False(File.Exists(Journal));
        run.Write("INSERT INTO a VALUES (2)");
        run.Commit();

        Assert.Equal("2", _folder.Ask("SELECT count(*) FROM a"));
        Assert.Equal("ok", _folder.Ask("PRAGMA integrity_check"));
    }

    [Fact]
    public void One_connection_of_a_process_keeps_it()
    {
        using var run = Keep();
        run.Write("CREATE TABLE a (x)");
        run.Commit();

        using var second = Keep();
        second.Write("INSERT INTO a VALUES (1)");
        second.Commit();

        Assert.Equal(("persist", "delete"), (run.Handle.QueryText("PRAGMA journal_mode"), second.Handle.QueryText("PRAGMA journal_mode")));
        Assert.False(second.Journal.IsNameOnDisk);
    }

    private Run Keep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Journals are kept on Linux only.");
        var path = RealPath.Of(_folder.Database);
        var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, path, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        handle.Execute("PRAGMA synchronous=FULL");
        return new Run(handle, new KeptJournal(handle, path));
    }

    private sealed record Run(SqliteHandle Handle, KeptJournal Journal) : IDisposable
    {
        public void Write(string sql)
        {
            Journal.OnBegin(isLast: false);
            Handle.Execute("BEGIN IMMEDIATE");
            Handle.Execute(sql);
        }

        public void Commit()
        {
            Handle.Execute("COMMIT");
            Journal.OnCommitted();
        }

        public void Dispose()
        {
            Journal.Dispose();
            Handle.Dispose();
        }
    }
}
