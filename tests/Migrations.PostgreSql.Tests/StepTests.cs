using Migrations.Events;
using Migrations.History;
using Migrations.Testing;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Scripts on a real server.</summary>
public sealed class StepTests
{
    [Fact]
    public async Task Script_and_history_row_are_committed_together_with_figures_of_the_server()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var outcome = await session.RunAsync(
            fixture.Step(
                "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 100); UPDATE t SET a = a + 1 WHERE a > 90; "
                    + "SELECT * FROM t; SELECT pg_sleep(0.05)"
            ),
            CancellationToken.None
        );
        Assert.Equal((110, 5), (outcome.RowsAffected, outcome.Statements));
        Assert.InRange(outcome.Duration.TotalMilliseconds, 50, 5000);
        var row = Assert.Single(await session.History.ReadAsync(CancellationToken.None));
        Assert.Equal(
            (fixture.RunId, "001_test", JournalEvent.Applied, 110, true),
            (row.RunId, row.Name, row.Event, row.RowsAffected, row.Success)
        );
        Assert.Equal((long)outcome.Duration.TotalMilliseconds, row.ExecutionTimeMs);
        // The counters of a transaction must not hold those of the one before.
        Assert.Equal(
            3,
            (await session.RunAsync(fixture.Step("INSERT INTO t VALUES (1), (2), (3)", "002_b"), CancellationToken.None)).RowsAffected
        );
        await fixture.FailAsync(session, "INSERT INTO t VALUES (1); SELECT nope");
        Assert.Equal(0, (await session.RunAsync(fixture.Step("SELECT * FROM t", "003_c"), CancellationToken.None)).RowsAffected);
        Assert.InRange(row.AppliedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_temporary_table_that_a_deferred_constraint_waits_for_does_not_end_a_run_of_one_transaction()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var first = fixture.Step(
            "CREATE TEMP TABLE p (id int PRIMARY KEY); CREATE TEMP TABLE c (id int REFERENCES p DEFERRABLE INITIALLY "
                + "DEFERRED); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)"
        );
        var second = fixture.Step("CREATE TABLE t (a int)", "002_b");
        await using (var run = await session.BeginRunAsync([first, second], CancellationToken.None))
        {
            await session.RunAsync(first, CancellationToken.None);
            await session.RunAsync(second, CancellationToken.None);
            await run.CommitAsync(CancellationToken.None);
        }

        Assert.Equal(2, (await session.History.ReadAsync(CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData("DROP TABLE migration_journal")]
    [InlineData("DROP SCHEMA public CASCADE; CREATE SCHEMA public")]
    public async Task A_script_that_takes_the_history_away_is_rolled_back_and_told_why(string script)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() => session.RunAsync(fixture.Step(script), CancellationToken.None));
        Assert.Contains("--history-schema", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Empty(await session.History.ReadAsync(CancellationToken.None));
        Assert.Single(await fixture.Database.TablesAsync());
    }

    [Theory]
    [InlineData("SELECT 'a;b', E'\\';', $x$ ; $x$, U&'d\\0061t', N'1;', B'1', X'1F'")]
    [InlineData("SELECT E'a'\n  'b\\';c', 2*-- ;\n3, 4-/* ; /* ' */ */5")]
    [InlineData("CREATE TABLE a (b int); CREATE TABLE c (b int); CREATE RULE r AS ON INSERT TO a DO (UPDATE c SET b = 1; DELETE FROM c)")]
    [InlineData(
        "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a > 0 THEN $1 ELSE 0 END AS end; END; SELECT f(2)"
    )]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN IF true THEN RETURN 1; END IF; END; $body$; SELECT f()")]
    [InlineData("CREATE TABLE a$b$c (\"x;\"\"y\" int, ä int); SELECT \"x;\"\"y\" FROM a$b$c")]
    [InlineData(
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (e e, r int4range, a int[], j jsonb); INSERT INTO t VALUES "
            + "('a', '[1,2]', '{1}', '{}'); SELECT * FROM t"
    )]
    [InlineData("PREPARE p(int) AS SELECT $1; EXECUTE p(1); DEALLOCATE p")]
    [InlineData("DO $$ BEGIN RAISE NOTICE 'hello; %', 1; END $$")]
    [InlineData("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT; ANALYZE")]
    [InlineData(
        "SET search_path = ''; BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1; SAVEPOINT s; SELECT 2; ROLLBACK TO s; END"
    )]
    [InlineData(";;\n-- nothing\n;")]
    public async Task Hard_cases_run_on_the_server(string script)
    {
        if (script.Contains("ATOMIC", StringComparison.Ordinal))
            Prerequisite.PostgreSqlVersion(14);
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step(script), CancellationToken.None);
        Assert.Single(await session.History.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Data_of_copy_go_through_the_same_transaction()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var outcome = await session.RunAsync(
            fixture.Step(
                "CREATE TABLE t (a int, b text);\nCOPY t FROM STDIN;\n1\t;'$$ä\n2\t\\N\n\\.\nUPDATE t SET a = a + 1;\nCOPY t (a) "
                    + "FROM STDIN WITH (FORMAT csv);\n7\n\\.\n"
            ),
            CancellationToken.None
        );
        Assert.Equal((5, 4), (outcome.RowsAffected, outcome.Statements));
        Assert.Equal(["2|;'$$ä", "3|", "7|"], await fixture.Database.RowsAsync("SELECT a, b FROM t ORDER BY a"));
        var error = await fixture.FailAsync(session, "SELECT 1;\nCREATE TABLE u (a int);\nCOPY u FROM STDIN;\n1\n2\nx\n\\.\n");
        Assert.Equal((6, "22P02"), (error.Location!.Line, error.Code));
        Assert.Equal(["migration_journal", "t"], await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task A_large_script_is_cut_and_stays_one_transaction()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var inserts = string.Concat(Enumerable.Range(0, 2500).Select(i => $"INSERT INTO t VALUES ({i});\n"));
        var outcome = await session.RunAsync(fixture.Step("CREATE TABLE t (a int);\n" + inserts), CancellationToken.None);
        Assert.Equal((2500, 2501), (outcome.RowsAffected, outcome.Statements));
        Assert.Equal(2, fixture.Events.Of<ScriptAdvanced>().Count);
        var error = await fixture.FailAsync(session, "CREATE TABLE u (a int);\n" + inserts + "SELECT nope;\n");
        Assert.Equal((2502, 8), (error.Location!.Line, error.Location.Column));
        Assert.Equal(["migration_journal", "t"], await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task An_error_names_line_column_statement_code_and_hint_and_leaves_nothing()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var error = await fixture.FailAsync(session, "CREATE TABLE t (name int);\n\n  SELECT '😀',\n nam FROM t;");
        Assert.Equal((4, 2, "42703", ErrorId.StatementFailed), (error.Location!.Line, error.Location.Column, error.Code, error.Id));
        Assert.Equal("nam FROM t", error.Statement![error.StatementOffset!.Value..]);
        Assert.Contains("t.name", error.Hint, StringComparison.Ordinal);
        Assert.Equal(["migration_journal"], await fixture.Database.TablesAsync());
        Assert.Empty(await session.History.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_error_inside_a_block_names_the_line_in_the_file()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var error = await fixture.FailAsync(session, "SELECT 1;\nDO\n$$\nBEGIN\n  PERFORM 1 / 0;\nEND $$;");
        Assert.Equal((5, "22012"), (error.Location!.Line, error.Code));
        Assert.StartsWith("  PERFORM", error.Statement![error.StatementOffset!.Value..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (1)",
        "23503",
        "commit"
    )]
    [InlineData("CREATE ROLE migrations_x PASSWORD 'geheim' NOPE", "42601", "nope")]
    [InlineData("ALTER TYPE pg_catalog.nope ADD VALUE 'x'", "42704", "nope")]
    public async Task Other_errors_are_told_as_precisely(string script, string code, string word)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var error = await fixture.FailAsync(session, script);
        Assert.Equal(code, error.Code);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.Message + error.Statement, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_enum_value_used_at_once_gets_the_way_out()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TYPE mood AS ENUM ('ok')");
        var session = await fixture.BeginAsync();
        var error = await fixture.FailAsync(session, "ALTER TYPE mood ADD VALUE 'good'; SELECT 'good'::mood;");
        Assert.Equal("55P04", error.Code);
        Assert.Contains("ADD VALUE into an earlier migration", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_script_sets_does_not_reach_the_next_one()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(
            fixture.Step(
                "CREATE SCHEMA s; SET search_path = s; SET statement_timeout = 1234; SET ROLE pg_monitor; SET SESSION "
                    + "CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE;"
            ),
            CancellationToken.None
        );
        await session.RunAsync(
            fixture.Step(
                "CREATE TABLE public.seen AS SELECT current_setting('search_path') p, current_setting('statement_timeout') t, "
                    + "current_user::text = session_user::text u, current_setting('transaction_isolation') i, "
                    + "current_setting('lock_timeout') l"
            ),
            CancellationToken.None
        );
        Assert.Equal(["\"$user\", public|0|True|read committed|5s"], await fixture.Database.RowsAsync("SELECT * FROM seen"));
    }

    [Fact]
    public async Task A_step_that_waits_for_a_table_is_repeated_and_names_who_blocks_it()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        await using var other = (NpgsqlConnection)await fixture.Database.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var select = new NpgsqlCommand("SELECT a, 'geheim' FROM t", other, transaction))
            await select.ExecuteNonQueryAsync();
        var session = await fixture.BeginAsync(o => o with { TableLockTimeout = TimeSpan.FromMilliseconds(300), TableLockRetries = 20 });
        var running = session.RunAsync(fixture.Step("ALTER TABLE t ADD b int"), CancellationToken.None);
        while (fixture.Events.Of<StepRetried>().Count == 0)
            await Task.Delay(20);
        await transaction.RollbackAsync();
        await running;
        var retried = fixture.Events.Of<StepRetried>()[0];
        Assert.Contains($"backend {other.ProcessID} ", retried.Blocker, StringComparison.Ordinal);
        Assert.Contains("SELECT a, '...' FROM t", retried.Blocker, StringComparison.Ordinal);
        Assert.Equal((1, 20), (retried.Attempt, retried.Attempts));
    }

    [Fact]
    public async Task After_all_retries_the_error_names_who_blocks()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        await using var other = (NpgsqlConnection)await fixture.Database.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var select = new NpgsqlCommand("SELECT * FROM t", other, transaction))
            await select.ExecuteNonQueryAsync();
        var session = await fixture.BeginAsync(o => o with { TableLockRetries = 1 });
        var error = await fixture.FailAsync(
            session,
            "ALTER TABLE t ADD b int",
            new MigrationHeader { TableLockTimeout = TimeSpan.FromMilliseconds(200) }
        );
        Assert.Equal(ErrorId.TableLockTimedOut, error.Id);
        Assert.Contains($"backend {other.ProcessID} ", error.Message, StringComparison.Ordinal);
        Assert.Contains("tried 2 times", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_over_its_time_limit_is_rolled_back()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync(o => o with { StatementTimeout = TimeSpan.FromMilliseconds(100) });
        var error = await fixture.FailAsync(session, "CREATE TABLE t (a int); SELECT pg_sleep(10)");
        Assert.Equal(ErrorId.StatementTimedOut, error.Id);
        Assert.Equal(["migration_journal"], await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task Cancelling_interrupts_the_statement_and_rolls_back()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE t (a int); SELECT pg_sleep(20)"), cancel.Token)
        );
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal(["migration_journal"], await fixture.Database.TablesAsync());
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
    }

    [Fact]
    public async Task All_steps_of_a_run_share_one_transaction_with_figures_of_their_own()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var steps = new[]
        {
            fixture.Step("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)", "001_a"),
            fixture.Step("INSERT INTO t VALUES (3)", "002_b"),
        };
        await using (await session.BeginRunAsync(steps, CancellationToken.None))
        {
            Assert.Equal(2, (await session.RunAsync(steps[0], CancellationToken.None)).RowsAffected);
            Assert.Null(await fixture.Database.ScalarAsync("SELECT to_regclass('t')::text"));
        }

        Assert.Empty(await session.History.ReadAsync(CancellationToken.None));
        await using (var run = await session.BeginRunAsync(steps, CancellationToken.None))
        {
            Assert.Equal(2, (await session.RunAsync(steps[0], CancellationToken.None)).RowsAffected);
            Assert.Equal(1, (await session.RunAsync(steps[1], CancellationToken.None)).RowsAffected);
            await run.CommitAsync(CancellationToken.None);
        }

        Assert.Equal(["001_a", "002_b"], (await session.History.ReadAsync(CancellationToken.None)).Select(e => e.Name));
    }

    [Fact]
    public async Task Notices_of_the_server_are_told()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("DROP TABLE IF EXISTS nope"), CancellationToken.None);
        Assert.Equal(
            new NoticeReceived("NOTICE", "table \"nope\" does not exist, skipping"),
            Assert.Single(fixture.Events.Of<NoticeReceived>())
        );
    }

    [Fact]
    public async Task A_connection_that_breaks_in_a_script_is_made_again_and_nothing_is_left()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE t (a int); SELECT pg_terminate_backend(pg_backend_pid())"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
        Assert.Single(await session.History.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_run_without_its_lock_changes_nothing()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("SELECT pg_advisory_unlock_all()"), CancellationToken.None);
        var error = await Assert.ThrowsAsync<LockException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None)
        );
        Assert.Equal(ErrorId.LockLost, error.Id);
        Assert.Equal(["migration_journal"], await fixture.Database.TablesAsync());
    }
}
