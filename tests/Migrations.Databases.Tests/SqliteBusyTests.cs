using System.Diagnostics;
using Migrations.Events;
using Migrations.Sqlite;
using Migrations.Sqlite.Native;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>A run while other connections read and write the same file.</summary>
public sealed class SqliteBusyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingEventSink _events = new();

    public SqliteBusyTests() => Directory.CreateDirectory(_folder["migrations"]);

    private string Database => _folder["app.db"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE", TransactionMode.Each)]
    [InlineData("DELETE", TransactionMode.All)]
    [InlineData("DELETE", TransactionMode.None)]
    [InlineData("WAL", TransactionMode.Each)]
    [InlineData("WAL", TransactionMode.All)]
    [InlineData("WAL", TransactionMode.None)]
    public async Task Readers_and_a_writer_at_work_neither_stop_a_run_nor_see_half_of_it(string journal, TransactionMode mode)
    {
        using (var handle = Open())
        {
            handle.Execute($"PRAGMA journal_mode = {journal}");
            handle.Execute("CREATE TABLE log (n integer)");
        }

        for (var i = 1; i <= 15; i++)
            _folder.Write($"migrations/{i:000}_t.sql", $"CREATE TABLE t{i} (n integer);\nINSERT INTO t{i} VALUES (1), (2), (3);\n");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => WriteAsync(stop.Token));
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAsync(mode == TransactionMode.None, stop.Token))).ToList();

        var results = await Engine().ApplyAsync(new Planning.ApplyRequest { TransactionMode = mode });

        await stop.CancelAsync();
        Assert.Equal(15, results.Count);
        Assert.True(await writer > 0, "The writer did not get its turn.");
        Assert.True((await Task.WhenAll(readers)).Sum() > 0, "The readers did not get their turn.");
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_writer_that_stays_long_is_waited_for_in_several_tries(TransactionMode mode)
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (n integer);\n");
        await Engine().ApplyAsync();
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (n integer);\n");
        _folder.Write("migrations/003_c.sql", "CREATE TABLE c (n integer);\n");
        using var writer = Open();
        writer.Execute("BEGIN IMMEDIATE");
        var run = Task.Run(() => Engine(TimeSpan.FromMilliseconds(50)).ApplyAsync(new Planning.ApplyRequest { TransactionMode = mode }));
        await UntilAsync(() => _events.Of<StepRetried>().Count >= 2);
        writer.Execute("COMMIT");
        Assert.Equal(2, (await run).Count);
    }

    [Fact]
    public async Task A_reader_that_holds_up_the_commit_of_a_whole_run_is_waited_for_in_several_tries()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (n integer);\n");
        await Engine().ApplyAsync();
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (n integer);\nINSERT INTO b VALUES (1);\n");
        _folder.Write("migrations/003_c.sql", "INSERT INTO b VALUES (2);\n");
        using var reader = Open();
        reader.Execute("BEGIN");
        _ = reader.QueryInt64("SELECT count(*) FROM a");
        var run = Task.Run(() =>
            Engine(TimeSpan.FromMilliseconds(50)).ApplyAsync(new Planning.ApplyRequest { TransactionMode = TransactionMode.All })
        );
        await UntilAsync(() => _events.Of<StepRetried>().Count >= 2);
        reader.Execute("COMMIT");
        Assert.Equal(2, (await run).Count);
        using var handle = Open();
        Assert.Equal("1,2", handle.QueryText("SELECT group_concat(n) FROM b"));
        Assert.Equal(3, handle.QueryInt64("SELECT count(*) FROM migration_journal"));
    }

    [Fact]
    public async Task After_all_tries_a_whole_run_has_left_nothing()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (n integer);\n");
        using var writer = Open();
        writer.Execute("CREATE TABLE migration_free (n integer)");
        await Engine().ApplyAsync();
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (n integer);\n");
        writer.Execute("BEGIN IMMEDIATE");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            Engine(TimeSpan.FromMilliseconds(20), retries: 2)
                .ApplyAsync(new Planning.ApplyRequest { TransactionMode = TransactionMode.All })
        );
        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Equal([1, 2], _events.Of<StepRetried>().Select(r => r.Attempt));
        writer.Execute("COMMIT");
        Assert.Single(await Engine().ApplyAsync());
    }

    private Migrator Engine(TimeSpan? tableLockTimeout = null, int retries = 20)
    {
        var driver = new SqliteDriver();
        var session = new Databases.SessionOptions
        {
            Events = _events,
            TableLockRetries = retries,
            TableLockTimeout = tableLockTimeout ?? TimeSpan.FromSeconds(5),
        };
        return new Migrator(
            driver,
            driver.Parse(Database, _folder.Path)!,
            _folder["migrations"],
            new MigratorOptions { Session = session }
        );
    }

    private SqliteHandle Open()
    {
        var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, Database, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        handle.Watch.BusyTimeout = TimeSpan.FromSeconds(10);
        return handle;
    }

    private async Task<int> WriteAsync(CancellationToken stop)
    {
        using var handle = Open();
        for (var rows = 0; ; rows++)
        {
            if (stop.IsCancellationRequested && rows > 0)
                return rows;
            handle.Execute("INSERT INTO log VALUES (1)");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private async Task<int> ReadAsync(bool mayBeHalf, CancellationToken stop)
    {
        using var handle = Open();
        for (var looks = 0; ; looks++)
        {
            if (stop.IsCancellationRequested && looks > 0)
                return looks;
            handle.Execute("BEGIN");
            // A table is there with its rows and its history row, or not at all.
            var tables = handle.QueryInt64("SELECT count(*) FROM sqlite_master WHERE name GLOB 't[0-9]*'");
            var recorded =
                handle.QueryInt64("SELECT count(*) FROM sqlite_master WHERE name = 'migration_journal'") == 0
                    ? 0
                    : handle.QueryInt64("SELECT count(*) FROM migration_journal WHERE event = 'applied'");
            handle.Execute("COMMIT");
            Assert.True(mayBeHalf || tables == recorded, $"{tables} tables, {recorded} recorded.");
            await Task.Delay(2, CancellationToken.None);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); await Task.Delay(10))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not happen.");
    }
}
