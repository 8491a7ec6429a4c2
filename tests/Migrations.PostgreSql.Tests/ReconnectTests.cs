using Migrations.Databases;
using Migrations.History;
using Migrations.Sql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What may have happened while the connection was gone.</summary>
public sealed class ReconnectTests
{
    // Runs in the commit, takes the cancellation for an error of its own, and does not look whether its client is still there.
    private const string StubbornCommit = """
        SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'client_connection_check_interval';
        CREATE TABLE t (a int);
        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            FOR i IN 1..10 LOOP BEGIN PERFORM pg_sleep(0.5); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP;
            {0}
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
        INSERT INTO t VALUES (1);
        """;

    [Fact]
    public async Task A_run_that_was_overtaken_while_it_was_disconnected_stops_before_its_next_step()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = new PostgreSqlProxy(fixture.Database.Server.Host, fixture.Database.Server.Port);
        var first = await fixture.OpenAsync(address: AddressOf(fixture, proxy));
        await first.LockAsync(CancellationToken.None);
        await first.History.EnsureAsync(CancellationToken.None);
        await first.History.ReadLastIdAsync(CancellationToken.None);
        var second = await fixture.OpenAsync();
        var opens = new TaskCompletionSource();
        proxy.CutsAt = tag =>
        {
            if (tag is not "COMMIT")
                return false;
            proxy.CutsAt = _ => false;
            proxy.Opens = opens.Task;
            return true;
        };

        // The commit gets through, its answer does not; and before the first run is back, another has done what came next.
        var running = first.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
        await using (await second.LockAsync(CancellationToken.None))
            await second.RunAsync(
                fixture.Step("CREATE TABLE u (a int); INSERT INTO u VALUES (1)", "002_b") with
                {
                    Entry = fixture.Entry("002_b", JournalEvent.Applied) with { RunId = Guid.NewGuid() },
                },
                CancellationToken.None
            );
        opens.SetResult();

        Assert.Equal(1, (await running).Statements);
        var error = await Assert.ThrowsAsync<LockException>(() =>
            first.RunAsync(fixture.Step("INSERT INTO u VALUES (1)", "002_b"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        error = await Assert.ThrowsAsync<LockException>(() =>
            first.History.AppendAsync(fixture.Entry("002_b", JournalEvent.Progress), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Equal("1", await fixture.Database.ScalarAsync("SELECT count(*) FROM u"));
        Assert.Equal(["001_test", "002_b"], (await second.History.ReadAsync(CancellationToken.None)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_run_that_nobody_overtook_goes_on_after_it_was_disconnected()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.History.ReadLastIdAsync(CancellationToken.None);
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            session.RunAsync(fixture.Step("SELECT pg_terminate_backend(pg_backend_pid())", "002_b"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        await session.RunAsync(fixture.Step("INSERT INTO t VALUES (1)", "002_b"), CancellationToken.None);
        Assert.Equal("1", await fixture.Database.ScalarAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_cut_while_the_schema_is_looked_at_is_a_broken_connection(bool inOneTransaction)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await using var other = await fixture.Database.ConnectAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN; LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();

        var step = fixture.Step("CREATE TABLE t (a int)") with { IsLast = true };
        if (inOneTransaction)
            await session.BeginRunAsync([step], CancellationToken.None);
        var run = session.RunAsync(step, CancellationToken.None);
        command.CommandText =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while ((long)(await command.ExecuteScalarAsync())! == 0 && !run.IsCompleted)
            await Task.Delay(20);

        var error = await Assert.ThrowsAsync<MigrationException>(() => run);
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        command.CommandText = "ROLLBACK";
        await command.ExecuteNonQueryAsync();
        Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM pg_tables WHERE tablename = 't'"));
    }

    [Fact]
    public async Task A_run_without_its_lock_stops_before_its_next_statement_outside_a_transaction_too()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.History.AppendAsync(fixture.Entry("001_test", JournalEvent.Started), CancellationToken.None);
        await session.ExecuteAsync(
            fixture.Step("SELECT 1"),
            new ScriptStatement(0, "SELECT pg_advisory_unlock_all()", new ScriptLocation("x", 1)),
            CancellationToken.None
        );
        var error = await Assert.ThrowsAsync<LockException>(() =>
            session.History.AppendAsync(fixture.Entry("001_test", JournalEvent.Started), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Single(await session.History.ReadAsync(CancellationToken.None));
        // What failed is still told.
        await session.History.AppendAsync(fixture.Entry("001_test", JournalEvent.Failed), CancellationToken.None);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("RAISE EXCEPTION 'no';", false)]
    public async Task A_commit_that_did_not_heed_its_cancellation_is_reported_as_it_ended(string atEnd, bool isCommitted)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var run = session.RunAsync(fixture.Step(string.Format(StubbornCommit, atEnd)), cancel.Token);
        if (isCommitted)
            Assert.True((await run).Statements > 0);
        else
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(
            isCommitted ? "1" : null,
            await fixture.Database.ScalarAsync("SELECT count(*) FROM pg_class WHERE relname = 't' HAVING count(*) > 0")
        );
        Assert.Equal(isCommitted ? 1 : 0, (await session.History.ReadAsync(CancellationToken.None)).Count);
        Assert.NotNull(await session.Inspector.FindLockHolderAsync(CancellationToken.None));
    }

    private static string AddressOf(DriverFixture fixture, PostgreSqlProxy proxy)
    {
        var server = fixture.Database.Server;
        return $"postgres://{Uri.EscapeDataString(server.User)}:{Uri.EscapeDataString(server.Password)}"
            + $"@127.0.0.1:{proxy.Port}/{fixture.Database.Name}";
    }
}
