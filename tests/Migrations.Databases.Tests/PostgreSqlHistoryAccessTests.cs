using Migrations.Events;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Histories that others hide, lock or free, and errors that only look like those of a connection.</summary>
public sealed class PostgreSqlHistoryAccessTests() : Conformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData(
        "ALTER TABLE migration_journal ENABLE ROW LEVEL SECURITY; ALTER TABLE migration_journal FORCE ROW LEVEL "
            + "SECURITY; CREATE POLICY p ON migration_journal FOR INSERT WITH CHECK (true)"
    )]
    [InlineData(
        "ALTER TABLE migration_journal ENABLE ROW LEVEL SECURITY; ALTER TABLE migration_journal FORCE ROW LEVEL "
            + "SECURITY; CREATE POLICY p ON migration_journal USING (id > 1) WITH CHECK (true)"
    )]
    public async Task A_history_that_a_policy_hides_is_an_error(string policy)
    {
        await using var role = await Testing.PostgreSqlRole.OwnerOfAsync((Testing.PostgreSqlTestDatabase)Database);
        Migration(
            "001_a",
            "-- Transaction: none\nCREATE TABLE IF NOT EXISTS a (id integer);\nINSERT INTO a VALUES (1);\n",
            "DROP TABLE a;\n"
        );
        Migrator As() => new(Kind.Driver, Kind.Driver.Parse(role.Address, Folder)!, Folder, EngineOptions());
        await As().ApplyAsync();
        await Database.ExecuteAsync(policy);
        foreach (
            var call in (Func<Task>[])
                [
                    () => As().GetStatusAsync(),
                    () => As().GetSummaryAsync(),
                    () => As().GetHistoryAsync(),
                    () => As().ApplyAsync(),
                    () => As().UndoAsync(),
                    () => As().PlanApplyAsync(),
                    () => As().RepairAsync(),
                    () => As().BaselineAsync(new BaselineRequest { Target = "001" }),
                ]
        )
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.PermissionDenied, call);
            Assert.Contains("BYPASSRLS", error.NextStep.ToString(), StringComparison.Ordinal);
            Assert.Contains("NO FORCE ROW LEVEL SECURITY", error.NextStep.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("GRANT", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task Rows_that_a_policy_hides_are_no_less_lost()
    {
        await using var role = await Testing.PostgreSqlRole.OwnerOfAsync((Testing.PostgreSqlTestDatabase)Database);
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t text);\n", "DROP TABLE a;\n");
        var engine = new Migrator(Kind.Driver, Kind.Driver.Parse(role.Address, Folder)!, Folder, EngineOptions());
        await engine.ApplyAsync();
        await Database.ExecuteAsync(
            "INSERT INTO a SELECT g, 'x' FROM generate_series(1, 500) g; ANALYZE a; ALTER TABLE a ENABLE ROW LEVEL SECURITY; "
                + "ALTER TABLE a FORCE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (t = current_user)"
        );
        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => engine.UndoAsync());
        Assert.Contains(
            "removes table public.a (about 500 rows; row-level security hides rows from this role)",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("500", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Theory]
    [InlineData("SELECT pg_advisory_unlock_all(); INSERT INTO a VALUES (1); SELECT pg_sleep(2);")]
    [InlineData(
        "-- Transaction: none\nINSERT INTO a VALUES (1);\nDO $$BEGIN PERFORM pg_advisory_unlock_all(); PERFORM "
            + "pg_sleep(2); END$$;\nANALYZE a;\n"
    )]
    public async Task A_script_that_frees_the_lock_runs_once(string script)
    {
        await BeginAsync(script);
        var first = ApplyAsync();
        // The lock is free by now, but for what the step itself, or its started row, holds.
        await UntilAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(2)%' AND "
                + "wait_event = 'PgSleep'"
        );
        Assert.Equal(
            "0",
            await Database.ScalarAsync(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE "
                    + "datname = current_database()) AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'transactionid')"
            )
        );
        var second = await Record.ExceptionAsync(() => ApplyAsync());
        var own = await Record.ExceptionAsync(() => first);
        Assert.All((Exception?[])[own, second], e => Assert.True(e is null or LockException or StatementException, e?.ToString()));
        Assert.Contains(Events.Of<LockAwaited>(), w => w.Holder?.Migration == "002_b");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("summary")]
    [InlineData("history")]
    public async Task Reading_ends_its_wait_for_a_locked_history_and_says_for_whom(string what)
    {
        await BeginAsync("SELECT 1;\n");
        await using var other = await Database.ConnectAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "SET application_name = 'nightly job'; BEGIN; LOCK TABLE migration_journal";
        await command.ExecuteNonQueryAsync();
        var engine = Engine(o => o with { Session = o.Session with { TableLockTimeout = TimeSpan.FromMilliseconds(500) } });
        Func<Task> read = what switch
        {
            "status" => () => engine.GetStatusAsync(),
            "summary" => () => engine.GetSummaryAsync(),
            _ => () => engine.GetHistoryAsync(),
        };
        var error = await ThrowsAsync<MigrationException>(ErrorId.TableLockTimedOut, read);
        Assert.Contains("nightly job", error.Message, StringComparison.Ordinal);
        var limited = Engine(o =>
            o with
            {
                Session = o.Session with { TableLockTimeout = TimeSpan.FromSeconds(30), StatementTimeout = TimeSpan.FromMilliseconds(300) },
            }
        );
        await ThrowsAsync<MigrationException>(ErrorId.StatementTimedOut, () => limited.GetHistoryAsync());
    }

    [Theory]
    [InlineData("", "08006")]
    [InlineData("-- Transaction: none\n", "08006")]
    [InlineData("", "57P01")]
    [InlineData("-- Transaction: none\n", "25P03")]
    public async Task A_code_of_a_broken_connection_that_a_statement_raises_is_an_error_of_the_statement(string header, string code)
    {
        await BeginAsync($"{header}SELECT 1;\nDO $$BEGIN RAISE EXCEPTION 'remote is down' USING ERRCODE = '{code}'; END$$;\n");
        for (var i = 0; i < 2; i++)
        {
            var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
            Assert.Equal((code, header.Length == 0 ? 2 : 3), (error.Code, error.Location?.Line));
        }
    }

    private async Task UntilAsync(string count)
    {
        while (await Database.ScalarAsync(count) is "0")
            await Task.Delay(20);
    }
}
