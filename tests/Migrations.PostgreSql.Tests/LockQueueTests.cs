using Migrations.Events;
using Migrations.Testing;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Runs that others stand in the way of, and that stand in the way of others.</summary>
public sealed class LockQueueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingEventSink _events = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task A_run_steps_back_with_growing_pauses_and_says_who_is_in_the_way(TransactionMode mode)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        _folder.Write("001_a.sql", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\n");
        _folder.Write("002_alter.sql", "ALTER TABLE t ADD b int;\n");
        await using var holder = (NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var select = new NpgsqlCommand("SELECT a, 'geheim' FROM t", holder, transaction))
            await select.ExecuteNonQueryAsync();

        var run = Engine(database, retries: 20).ApplyAsync(new Planning.ApplyRequest { TransactionMode = mode });
        await UntilAsync(() => _events.Of<StepRetried>().Count >= 4);
        // Stepped back means stepped back: while it pauses it holds nothing, and in one transaction nothing of it is there.
        if (mode == TransactionMode.All)
            Assert.DoesNotContain("a", await database.TablesAsync());
        await transaction.RollbackAsync();

        Assert.Equal(["001_a", "002_alter"], (await run).Select(r => r.Name));
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM migration_journal"));
        var retries = _events.Of<StepRetried>();
        Assert.All(retries, r => Assert.Equal(("002_alter", 20), (r.Migration, r.Attempts)));
        Assert.Equal(Enumerable.Range(1, retries.Count), retries.Select(r => r.Attempt));
        Assert.True(retries[3].Delay > retries[0].Delay, $"{retries[3].Delay} after {retries[0].Delay}");
        Assert.Contains(
            retries,
            r =>
                r.Blocker is { } blocker
                && blocker.Contains($"backend {holder.ProcessID} ", StringComparison.Ordinal)
                && blocker.Contains("transaction open for 00:00:0", StringComparison.Ordinal)
                && blocker.Contains("SELECT a, '...' FROM t", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task After_all_tries_a_whole_run_has_left_nothing_and_the_error_names_who_is_in_the_way()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        _folder.Write("001_a.sql", "CREATE TABLE a (id integer);\n");
        _folder.Write("002_alter.sql", "ALTER TABLE t ADD b int;\n");
        await using var holder = (NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var select = new NpgsqlCommand("SELECT a FROM t", holder, transaction))
            await select.ExecuteNonQueryAsync();

        var error = await Assert.ThrowsAsync<StatementException>(() =>
            Engine(database, retries: 2).ApplyAsync(new Planning.ApplyRequest { TransactionMode = TransactionMode.All })
        );

        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Contains($"backend {holder.ProcessID} ", error.Blocker, StringComparison.Ordinal);
        Assert.Contains(error.Blocker!, error.Message, StringComparison.Ordinal);
        Assert.Equal(["001_a", "002_alter"], error.NotApplied);
        Assert.Equal(2, _events.Of<StepRetried>().Count);
        Assert.DoesNotContain("a", await database.TablesAsync());
    }

    [Fact]
    public async Task A_deadlock_and_a_serialization_failure_are_repeated_in_one_transaction_for_all_too()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE SEQUENCE tries");
        _folder.Write("001_a.sql", "CREATE TABLE a (id integer);\n");
        _folder.Write(
            "002_b.sql",
            """
            DO $$ BEGIN
                CASE nextval('tries')
                WHEN 1 THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
                WHEN 2 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';
                ELSE NULL;
                END CASE;
            END $$;
            """
        );
        Assert.Equal(
            2,
            (await Engine(database, retries: 5).ApplyAsync(new Planning.ApplyRequest { TransactionMode = TransactionMode.All })).Count
        );
        Assert.Equal([1, 2], _events.Of<StepRetried>().Select(r => r.Attempt));
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    public async Task An_autovacuum_is_waited_for_until_it_yields_however_short_the_wait_is(TransactionMode mode)
    {
        // On a server of its own: it works so slowly that it never ends by itself.
        var settings = new Dictionary<string, string>
        {
            ["autovacuum_naptime"] = "1s",
            ["autovacuum_vacuum_cost_delay"] = "100ms",
            ["autovacuum_vacuum_cost_limit"] = "1",
            ["deadlock_timeout"] = "700ms",
        };
        using var server = PostgreSqlServer.Start(new PostgreSqlSetup { Settings = settings });
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        await database.ExecuteAsync(
            "CREATE TABLE t AS SELECT g AS a, repeat('x', 200) AS b FROM generate_series(1, 100000) g; ALTER TABLE t SET "
                + "(autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1, autovacuum_analyze_threshold = 1000000); "
                + "DELETE FROM t WHERE a % 2 = 0"
        );
        _folder.Write("001_alter.sql", "ALTER TABLE t ADD c int;\n");
        for (
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await database.ScalarAsync("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM%public.t%'") is null;
            await Task.Delay(100)
        )
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "No autovacuum came.");

        Assert.Single(await Engine(database, retries: 5).ApplyAsync(new Planning.ApplyRequest { TransactionMode = mode }));

        Assert.Contains(_events.Of<StepRetried>(), r => r.Blocker?.Contains("deadlock_timeout, 0.7 s", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_lost_lock_is_no_failure_of_the_migration_that_did_not_run()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        _folder.Write("001_a.sql", "SELECT pg_advisory_unlock_all();\n");
        _folder.Write("002_b.sql", "CREATE TABLE b (id integer);\n");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine(database, retries: 0).ApplyAsync());
        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Equal(["001_a|applied"], await database.RowsAsync("SELECT name, event FROM migration_journal"));
    }

    [Fact]
    public async Task An_index_is_built_concurrently_while_five_other_runs_wait()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 1000)");
        _folder.Write("001_index.sql", "CREATE INDEX CONCURRENTLY t_a ON t (a);\n");
        _folder.Write("002_b.sql", "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\n");
        // The build waits for this transaction; meanwhile the others come and wait for the lock.
        await using var holder = (NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO t VALUES (0)", holder, transaction))
            await insert.ExecuteNonQueryAsync();
        var runs = Enumerable.Range(0, 6).Select(_ => Task.Run(() => Engine(database, retries: 0).ApplyAsync())).ToList();
        await UntilAsync(() => _events.Of<LockAwaited>().Count >= 5);
        await Task.Delay(300);
        await transaction.CommitAsync();

        var results = await Task.WhenAll(runs);
        Assert.Equal(2, results.Sum(r => r.Count));
        Assert.Equal("True", await database.ScalarAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass"));
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM b"));
    }

    [Fact]
    public async Task An_invalid_index_of_a_killed_build_is_named_when_it_is_dropped()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE SCHEMA s; CREATE TABLE s.\"T;\" (a int); INSERT INTO s.\"T;\" VALUES (1), (1)");
        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY \"I;\" ON s.\"T;\" (a)"));
        await database.ExecuteAsync("DELETE FROM s.\"T;\"");
        _folder.Write("001_index.sql", "CREATE UNIQUE INDEX CONCURRENTLY \"I;\" ON s.\"T;\" (a);\n");
        Assert.Single(await Engine(database, retries: 0).ApplyAsync());
        Assert.Contains("s.\"I;\" was INVALID", Assert.Single(_events.Of<WarningRaised>()).Message, StringComparison.Ordinal);
        Assert.Equal("True", await database.ScalarAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 's.\"I;\"'::regclass"));
    }

    private Migrator Engine(PostgreSqlTestDatabase database, int retries)
    {
        var driver = new PostgreSqlDriver();
        var session = new Databases.SessionOptions
        {
            Events = _events,
            TableLockTimeout = TimeSpan.FromMilliseconds(150),
            TableLockRetries = retries,
        };
        return new Migrator(driver, driver.Parse(database.Address, _folder.Path)!, _folder.Path, new MigratorOptions { Session = session });
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(20))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "What was waited for did not happen.");
    }
}
