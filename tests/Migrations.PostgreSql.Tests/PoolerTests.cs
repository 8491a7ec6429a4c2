using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>A real PgBouncer, in each of its modes.</summary>
public sealed class PoolerTests : IDisposable
{
    private static readonly MigrationHeader NoTransaction = new() { Transaction = false };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task Two_runs_at_once_apply_each_migration_once_and_leave_no_lease(string mode)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server, mode);
        for (var i = 1; i <= 8; i++)
            _folder.Write(
                $"{i:000}_t.sql",
                $"SET search_path = pg_catalog;\nCREATE TABLE public.t{i} (id integer);\nINSERT INTO public.t{i} VALUES (1);\n"
            );
        _folder.Write("009_index.sql", "CREATE INDEX CONCURRENTLY t1_id ON t1 (id);\n");
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Engine(pooler, fixture).ApplyAsync())));
        Assert.Equal(9, runs.Sum(r => r.Count));
        Assert.Equal("9", await fixture.Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
        if (mode is "transaction")
            Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM migration_lock"));
        Assert.Equal("True", await fixture.Database.ScalarAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 't1_id'::regclass"));
        // Nothing that a run set stays on the pooler's backends.
        Assert.Equal(
            "\"$user\", public|0",
            Assert.Single(await AskAsync(pooler, fixture, "SELECT current_setting('search_path'), current_setting('lock_timeout')"))
        );
    }

    [Fact]
    public async Task The_lease_names_its_holder_since_when_and_the_migration()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server);
        var first = await BeginAsync(fixture, pooler);
        var running = first.RunAsync(fixture.Step("SELECT pg_sleep(3)", "007_long"), CancellationToken.None);
        var second = await fixture.OpenAsync(o => o with { LockTimeout = TimeSpan.FromSeconds(1) }, pooler.UrlOf(fixture.Database.Name));
        await UntilAsync(async () => (await second.Inspector.FindLockHolderAsync(CancellationToken.None))?.Migration is "007_long");
        var error = await Assert.ThrowsAsync<LockException>(() => second.LockAsync(CancellationToken.None));
        Assert.Equal(ErrorId.LockTimedOut, error.Id);
        Assert.Equal(
            (Environment.ProcessId, Environment.MachineName, "007_long"),
            (error.Holder!.ProcessId!.Value, error.Holder.Host, error.Holder.Migration)
        );
        Assert.InRange(error.Holder.Since!.Value, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow);
        await running;
    }

    [Fact]
    public async Task A_lost_lease_stops_the_run_before_its_next_statement()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server);
        var session = await BeginAsync(fixture, pooler);
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
        await fixture.Database.ExecuteAsync("UPDATE migration_lock SET token = gen_random_uuid()");
        var error = await Assert.ThrowsAsync<LockException>(() =>
            session.RunAsync(fixture.Step("INSERT INTO t VALUES (1)"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        error = await Assert.ThrowsAsync<LockException>(() =>
            session.History.AppendAsync(fixture.Entry("002_b", JournalEvent.Started), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Equal("0", await fixture.Database.ScalarAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task The_heart_beats_while_a_step_runs()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server);
        var session = await BeginAsync(fixture, pooler);
        const string Beat = "SELECT extract(epoch FROM beat)::text FROM migration_lock";
        var before = await fixture.Database.ScalarAsync(Beat);
        var running = session.RunAsync(fixture.Step("SELECT pg_sleep(7)"), CancellationToken.None);
        await Task.Delay(500);
        var atStart = await fixture.Database.ScalarAsync(Beat);
        Assert.NotEqual(before, atStart);
        await running;
        Assert.NotEqual(atStart, await fixture.Database.ScalarAsync(Beat));
    }

    [Fact]
    public async Task A_script_without_a_transaction_that_needs_a_session_is_refused_and_limits_are_warned_of()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server);
        var session = await BeginAsync(fixture, pooler);
        var step = fixture.Step(
            "CREATE TABLE t (a int);\nSET search_path = pg_catalog;\nCREATE TABLE u (a int);",
            header: NoTransaction with
            {
                StatementTimeout = TimeSpan.FromMinutes(1),
            }
        );
        var statements = new PostgreSqlDialect().Split(step.Script).ToList();
        await session.ExecuteAsync(step, statements[0], CancellationToken.None);
        var error = await Assert.ThrowsAsync<MigrationException>(() => session.ExecuteAsync(step, statements[1], CancellationToken.None));
        Assert.Equal((ErrorId.PoolerUnsuitable, 2), (error.Id, error.Location!.Line));
        Assert.Contains(fixture.Events.Of<WarningRaised>(), w => w.Message.Contains("time limits", StringComparison.Ordinal));
        Assert.Equal("0", Assert.Single(await AskAsync(pooler, fixture, "SELECT current_setting('statement_timeout')")));
    }

    [Fact]
    public async Task Statement_mode_is_refused_at_once_and_leaves_no_lease()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server, "statement");
        _folder.Write("001_t.sql", "CREATE TABLE t (id integer);\n");

        var error = await Assert.ThrowsAsync<MigrationException>(() => Engine(pooler, fixture).ApplyAsync());

        Assert.Equal(ErrorId.PoolerUnsuitable, error.Id);
        Assert.Contains("pooler in statement mode", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("t", await fixture.Database.TablesAsync());
        Assert.DoesNotContain("migration_lock", await fixture.Database.TablesAsync());
        var session = await fixture.OpenAsync(address: pooler.UrlOf(fixture.Database.Name));
        error = await Assert.ThrowsAsync<MigrationException>(() => session.Inspector.ReadSchemaAsync(CancellationToken.None));
        Assert.Equal(ErrorId.PoolerUnsuitable, error.Id);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task A_restore_through_a_pooler_is_refused_before_anything_starts(string mode)
    {
        Prerequisite.PgDump();
        await using var fixture = await DriverFixture.CreateAsync();
        using var pooler = PgBouncer.Start(fixture.Database.Server, mode);
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        var driver = new PostgreSqlDriver();
        var manager = new BackupManager(driver, driver.Parse(pooler.UrlOf(fixture.Database.Name), _folder.Path)!);
        var backup = await manager.BackUpAsync(new Backup.BackupRequest { Folder = _folder.Path });

        var error = await Assert.ThrowsAsync<MigrationException>(() => manager.RestoreAsync(backup));

        Assert.Equal(ErrorId.PoolerUnsuitable, error.Id);
        Assert.Contains("Connect to the server itself", error.NextStep.ToString(), StringComparison.Ordinal);
        _folder.Write("001_u.sql", "CREATE TABLE u (id integer);\n");
        error = await Assert.ThrowsAsync<MigrationException>(() =>
            Engine(pooler, fixture)
                .ApplyAsync(
                    new Planning.ApplyRequest
                    {
                        Backup = new Backup.BackupRequest { Folder = _folder.Path },
                        RestoreOnFailure = true,
                    }
                )
        );
        Assert.Equal(ErrorId.PoolerUnsuitable, error.Id);
        await fixture.Database.ExecuteAsync("DROP TABLE IF EXISTS migration_lock, migration_journal");
        Assert.Equal(["t"], await fixture.Database.TablesAsync());
    }

    private static async Task<IDatabaseSession> BeginAsync(DriverFixture fixture, PgBouncer pooler)
    {
        var session = await fixture.OpenAsync(address: pooler.UrlOf(fixture.Database.Name));
        await session.LockAsync(CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        Assert.Contains("migration_lock", await fixture.Database.TablesAsync());
        return session;
    }

    private static async Task<List<string>> AskAsync(PgBouncer pooler, DriverFixture fixture, string sql)
    {
        var url = new Uri(pooler.UrlOf(fixture.Database.Name));
        var builder = new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port,
            Username = fixture.Database.Server.User,
            Password = "x",
            Database = fixture.Database.Name,
            Pooling = false,
        };
        await using var connection = new Npgsql.NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)));
        return rows;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "What was waited for did not happen.");
    }

    private Migrator Engine(PgBouncer pooler, DriverFixture fixture)
    {
        var driver = new PostgreSqlDriver();
        return new Migrator(driver, driver.Parse(pooler.UrlOf(fixture.Database.Name), _folder.Path)!, _folder.Path);
    }
}
