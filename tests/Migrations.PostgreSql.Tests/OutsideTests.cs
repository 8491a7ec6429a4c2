using Migrations.Databases;
using Migrations.Sql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Statements outside a transaction on a real server.</summary>
public sealed class OutsideTests
{
    private static readonly MigrationHeader NoTransaction = new() { Transaction = false };

    [Fact]
    public async Task Each_statement_runs_alone_and_settings_stay_until_the_script_ends()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await RunAsync(
            fixture,
            session,
            "CREATE SCHEMA s; SET search_path = s; CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\n2\n\\.\nCREATE INDEX "
                + "CONCURRENTLY i ON t (a); VACUUM t"
        );
        Assert.Equal("2", await fixture.Database.ScalarAsync("SELECT count(*) FROM s.t"));
        Assert.Equal("s.i", await fixture.Database.ScalarAsync("SELECT to_regclass('s.i')::text"));
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int)"), CancellationToken.None);
        Assert.Equal("t", await fixture.Database.ScalarAsync("SELECT to_regclass('public.t')::text"));
    }

    [Fact]
    public async Task A_resumed_script_gets_its_settings_again()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE SCHEMA s; CREATE TABLE s.t (a int)");
        var session = await fixture.BeginAsync();
        var step = fixture.Step("SET search_path = s; CREATE INDEX CONCURRENTLY i ON t (a);", header: NoTransaction);
        await session.ExecuteAsync(step, new PostgreSqlDialect().Split(step.Script).Last(), CancellationToken.None);
        Assert.Equal("s.i", await fixture.Database.ScalarAsync("SELECT to_regclass('s.i')::text"));
    }

    [Fact]
    public async Task A_failed_concurrent_index_leaves_nothing_behind()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
        var session = await fixture.BeginAsync();
        var error = await Assert.ThrowsAsync<StatementException>(() =>
            RunAsync(fixture, session, "SELECT 1;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);")
        );
        Assert.Equal(("23505", 2), (error.Code, error.Location!.Line));
        Assert.Null(await fixture.Database.ScalarAsync("SELECT to_regclass('i')::text"));
        await fixture.Database.ExecuteAsync("DELETE FROM t");
        await RunAsync(fixture, session, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);");
    }

    [Fact]
    public async Task An_invalid_index_that_was_left_behind_is_dropped_and_built_again()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await LeaveInvalidIndexAsync(fixture);
        var session = await fixture.BeginAsync();
        await fixture.Database.ExecuteAsync("DELETE FROM t");
        await RunAsync(fixture, session, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);");
        Assert.Equal("True", await fixture.Database.ScalarAsync("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"));
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY done ON public.t (a)", StatementEvidence.Done)]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", StatementEvidence.NotDone)]
    [InlineData("CREATE INDEX CONCURRENTLY \"Other\" ON ONLY t (a)", StatementEvidence.NotDone)]
    [InlineData("CREATE INDEX CONCURRENTLY ON t (a)", StatementEvidence.Unknown)]
    [InlineData("CREATE INDEX done ON t (a)", StatementEvidence.Done)]
    [InlineData("DROP INDEX CONCURRENTLY done", StatementEvidence.NotDone)]
    [InlineData("DROP INDEX CONCURRENTLY gone", StatementEvidence.Done)]
    [InlineData("CREATE TABLE t (a int)", StatementEvidence.Done)]
    [InlineData("CREATE UNLOGGED TABLE IF NOT EXISTS public.u (a int)", StatementEvidence.NotDone)]
    [InlineData("DROP TABLE t", StatementEvidence.NotDone)]
    [InlineData("DROP TABLE u", StatementEvidence.Done)]
    [InlineData("ALTER TABLE t ADD COLUMN a int", StatementEvidence.Done)]
    [InlineData("ALTER TABLE ONLY public.t ADD IF NOT EXISTS b int", StatementEvidence.NotDone)]
    [InlineData("ALTER TABLE t ADD b int, ADD c int", StatementEvidence.Unknown)]
    [InlineData("ALTER TABLE t ADD CONSTRAINT a CHECK (a > 0)", StatementEvidence.Unknown)]
    [InlineData("ALTER TYPE mood ADD VALUE 'it''s'", StatementEvidence.Done)]
    [InlineData("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'bad' BEFORE 'it''s'", StatementEvidence.NotDone)]
    [InlineData("CREATE SCHEMA public", StatementEvidence.Done)]
    [InlineData("CREATE DATABASE nope", StatementEvidence.NotDone)]
    [InlineData("CREATE TYPE mood AS ENUM ('x')", StatementEvidence.Done)]
    [InlineData("VACUUM t", StatementEvidence.NotDone)]
    [InlineData("REINDEX TABLE CONCURRENTLY t", StatementEvidence.NotDone)]
    [InlineData("INSERT INTO t VALUES (1)", StatementEvidence.Unknown)]
    [InlineData("UPDATE t SET a = a + 1", StatementEvidence.Unknown)]
    public async Task What_a_killed_statement_did_is_looked_up(string statement, StatementEvidence expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await LeaveInvalidIndexAsync(fixture);
        await fixture.Database.ExecuteAsync("CREATE INDEX done ON t (a)");
        await fixture.Database.ExecuteAsync("CREATE TYPE mood AS ENUM ('it''s')");
        var session = await fixture.BeginAsync();
        Assert.Equal(
            expected,
            await session.FindEvidenceAsync(new ScriptStatement(0, statement, new ScriptLocation("x", 1)), CancellationToken.None)
        );
        if (statement.Contains(" i ON", StringComparison.Ordinal))
            Assert.Null(await fixture.Database.ScalarAsync("SELECT to_regclass('i')::text"));
    }

    private static async Task RunAsync(DriverFixture fixture, IDatabaseSession session, string script)
    {
        var step = fixture.Step(script, header: NoTransaction);
        foreach (var statement in new PostgreSqlDialect().Split(step.Script))
            await session.ExecuteAsync(step, statement, CancellationToken.None);
    }

    private static async Task LeaveInvalidIndexAsync(DriverFixture fixture)
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        await fixture.Database.ExecuteAsync("INSERT INTO t VALUES (1), (1)");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            fixture.Database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)")
        );
    }
}
