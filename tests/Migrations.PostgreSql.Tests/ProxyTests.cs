using System.Collections.Concurrent;
using Migrations.Databases;
using Migrations.History;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What only shows on the wire.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task A_migration_is_one_round_trip()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        var session = await fixture.OpenAsync(address: AddressOf(fixture, proxy));
        Assert.Equal(0, proxy.RoundTrips);
        await session.History.ReadAsync(CancellationToken.None);
        Assert.Equal(1, proxy.RoundTrips);
        await session.LockAsync(CancellationToken.None);
        // And it is looked whether a statement still runs that has freed the lock, what the server counts, and whether it can look after
        // its client.
        Assert.Equal(4, proxy.RoundTrips);
        await session.History.EnsureAsync(CancellationToken.None);
        var before = proxy.RoundTrips;
        for (var i = 0; i < 5; i++)
            await session.RunAsync(
                fixture.Step($"BEGIN; CREATE TABLE t{i} (a int); INSERT INTO t{i} VALUES (1); SELECT * FROM t{i}; COMMIT"),
                CancellationToken.None
            );
        Assert.Equal(5, proxy.RoundTrips - before);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(1, "COMMENT ON TABLE migration_journal IS NULL")]
    // Where the history has no migration, that of another tool is looked for.
    [InlineData(2, "DELETE FROM migration_journal")]
    [InlineData(2, "DROP TABLE migration_journal")]
    [InlineData(2, "DROP TABLE migration_journal; CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")]
    [InlineData(1, "CREATE TABLE schema_migrations (version varchar PRIMARY KEY)")]
    public async Task Where_a_database_stands_is_read_in_one_round_trip(int expected, string? change)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "CREATE TABLE a (id int)");
        var driver = new PostgreSqlDriver();
        var migrator = new Migrator(driver, driver.Parse(AddressOf(fixture, proxy), folder.Path)!, folder.Path);
        await migrator.ApplyAsync();
        if (change is not null)
            await fixture.Database.ExecuteAsync(change);
        var before = proxy.RoundTrips;
        await migrator.GetStatusAsync();
        Assert.Equal(expected, proxy.RoundTrips - before);
        // Who holds the lock is asked besides, of both kinds of lock.
        await migrator.GetSummaryAsync();
        Assert.Equal(expected + (expected + 2), proxy.RoundTrips - before);
    }

    [Theory]
    [InlineData("TRUNCATE migration_journal; COMMENT ON TABLE migration_journal IS NULL", "COMMENT")]
    [InlineData("COMMENT ON TABLE migration_journal IS E'Migration history. First schema of the runs:\n = gone'", "SELECT 0", "COMMENT")]
    [InlineData("DROP TABLE IF EXISTS migration_journal", "CREATE TABLE", "COMMENT")]
    public async Task Wherever_the_connection_breaks_before_the_first_step_that_is_reported(string before, params string[] reached)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        await (await fixture.OpenAsync()).History.EnsureAsync(CancellationToken.None);
        var (at, seen) = (0, 0);
        var tags = new ConcurrentQueue<string>();
        do
        {
            at++;
            await fixture.Database.ExecuteAsync(before);
            proxy.CutsAt = _ => false;
            var session = await fixture.OpenAsync(address: AddressOf(fixture, proxy));
            seen = 0;
            var cut = at;
            proxy.CutsAt = tag =>
            {
                tags.Enqueue(tag);
                return Interlocked.Increment(ref seen) == cut;
            };
            var error = await Record.ExceptionAsync(() => PrepareAsync(session));
            Assert.True(error is null == (seen < at), $"{at}: {error}");
            Assert.True(error is null or MigrationException { Id: ErrorId.ConnectionFailed }, $"{at}: {error}");
        } while (seen >= at);
        Assert.Subset(tags.ToHashSet(StringComparer.Ordinal), reached.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>What a run does before its first step, with something applied.</summary>
    private static async Task PrepareAsync(IDatabaseSession session)
    {
        await session.History.ReadAsync(CancellationToken.None);
        await session.LockAsync(CancellationToken.None);
        await session.History.CheckSchemaAsync(service: null, isApplied: true, CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_step_whose_commit_got_through_counts_although_the_connection_broke()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        var session = await BeginAsync(fixture, proxy);
        CutOnce(proxy, "COMMIT");
        var outcome = await session.RunAsync(fixture.Step("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)"), CancellationToken.None);
        Assert.Equal((2, 2), (outcome.RowsAffected, outcome.Statements));
        // The session goes on, with its lock.
        Assert.NotNull(await session.Inspector.FindLockHolderAsync(CancellationToken.None));
        await session.RunAsync(fixture.Step("DROP TABLE t", "002_b"), CancellationToken.None);
        Assert.Equal(["001_test", "002_b"], (await session.History.ReadAsync(CancellationToken.None)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_step_that_was_not_committed_when_the_connection_broke_has_failed()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        var session = await BeginAsync(fixture, proxy);
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE t (a int);
            CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER kill AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kill();
            """
        );
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            session.RunAsync(fixture.Step("INSERT INTO t VALUES (1)"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM t"));
        await session.History.AppendAsync(fixture.Entry("001_test", JournalEvent.Failed), CancellationToken.None);
        Assert.Equal(JournalEvent.Failed, Assert.Single(await session.History.ReadAsync(CancellationToken.None)).Event);
    }

    [Fact]
    public async Task When_nobody_can_be_asked_the_outcome_is_unknown()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var proxy = Before(fixture);
        var session = await BeginAsync(fixture, proxy);
        var stopping = Task.CompletedTask;
        proxy.CutsAt = tag =>
        {
            if (string.Equals(tag, "COMMIT", StringComparison.Ordinal))
                stopping = proxy.DisposeAsync().AsTask();
            return string.Equals(tag, "COMMIT", StringComparison.Ordinal);
        };
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None)
        );
        await stopping;
        Assert.Equal(ErrorId.OutcomeUnknown, error.Id);
    }

    [Fact]
    public async Task The_commit_of_a_whole_run_is_looked_up_too()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = Before(fixture);
        var session = await BeginAsync(fixture, proxy);
        var step = fixture.Step("CREATE TABLE t (a int)");
        await using var run = await session.BeginRunAsync([step], CancellationToken.None);
        await session.RunAsync(step, CancellationToken.None);
        CutOnce(proxy, "COMMIT");
        await run.CommitAsync(CancellationToken.None);
        Assert.Equal(["migration_journal", "t"], await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task Behind_a_pooler_a_row_is_the_lock()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = new PostgreSqlProxy(fixture.Database.Server.Host, fixture.Database.Server.Port) { HidesBackends = true };
        var first = await BeginAsync(fixture, proxy);
        var second = await fixture.OpenAsync(o => o with { LockTimeout = TimeSpan.FromMilliseconds(200) }, AddressOf(fixture, proxy));
        Assert.Equal(
            "0",
            await fixture.Database.ScalarAsync(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE "
                    + "datname = current_database())"
            )
        );
        var error = await Assert.ThrowsAsync<LockException>(() => second.LockAsync(CancellationToken.None));
        Assert.Equal((ErrorId.LockTimedOut, Environment.ProcessId), (error.Id, error.Holder?.ProcessId));
        await first.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);

        // A holder whose heart stands still loses the row, but not in the middle of a step.
        var running = first.RunAsync(fixture.Step("SELECT pg_sleep(1)", "002_b"), CancellationToken.None);
        await Task.Delay(200);
        await fixture.Database.ExecuteAsync("UPDATE migration_lock SET beat = now() - interval '1 hour'");
        await Assert.ThrowsAsync<LockException>(() => second.LockAsync(CancellationToken.None));
        await running;
        await using (await second.LockAsync(CancellationToken.None))
            Assert.Equal(
                ErrorId.LockLost,
                (
                    await Assert.ThrowsAsync<LockException>(() =>
                        first.RunAsync(fixture.Step("CREATE TABLE u (a int)"), CancellationToken.None)
                    )
                ).Id
            );
        Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM migration_lock"));
    }

    [Fact]
    public async Task Several_runs_behind_a_pooler_may_make_the_table_of_the_lock_at_once()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var fixture = await DriverFixture.CreateAsync();
            await using var proxy = new PostgreSqlProxy(fixture.Database.Server.Host, fixture.Database.Server.Port)
            {
                HidesBackends = true,
            };
            var address = AddressOf(fixture, proxy);
            var sessions = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => fixture.OpenAsync(o => o with { HistorySchema = "history" }, address))
            );
            await Task.WhenAll(
                sessions.Select(async session =>
                {
                    await using (await session.LockAsync(CancellationToken.None))
                        await Task.Yield();
                })
            );
            Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM history.migration_lock"));
        }
    }

    private static PostgreSqlProxy Before(DriverFixture fixture) => new(fixture.Database.Server.Host, fixture.Database.Server.Port);

    private static string AddressOf(DriverFixture fixture, PostgreSqlProxy proxy)
    {
        var server = fixture.Database.Server;
        return $"postgres://{Uri.EscapeDataString(server.User)}:{Uri.EscapeDataString(server.Password)}"
            + $"@127.0.0.1:{proxy.Port}/{fixture.Database.Name}";
    }

    private static async Task<IDatabaseSession> BeginAsync(DriverFixture fixture, PostgreSqlProxy proxy)
    {
        var session = await fixture.OpenAsync(address: AddressOf(fixture, proxy));
        await session.LockAsync(CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        return session;
    }

    private static void CutOnce(PostgreSqlProxy proxy, string tag)
    {
        var cut = 0;
        proxy.CutsAt = seen => string.Equals(seen, tag, StringComparison.Ordinal) && Interlocked.Exchange(ref cut, 1) == 0;
    }
}
