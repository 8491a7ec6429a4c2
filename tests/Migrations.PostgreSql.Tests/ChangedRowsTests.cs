using Migrations.Events;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>The rows that a step has changed, however it changed them, as the server counts them.</summary>
public sealed class ChangedRowsTests
{
    [Theory]
    [InlineData("INSERT INTO p VALUES (7), (8)", 2)]
    [InlineData(
        "INSERT INTO p SELECT generate_series(10, 19); DELETE FROM p WHERE id >= 15; UPDATE p SET id = id + 100 WHERE id >= 10",
        20
    )]
    [InlineData("COPY p FROM STDIN;\n7\n8\n9\n\\.\n", 3)]
    [InlineData("DELETE FROM p WHERE id = 1", 3)] // ON DELETE CASCADE: two children.
    [InlineData(
        "WITH gone AS (DELETE FROM c RETURNING p), new AS (INSERT INTO log SELECT p FROM gone RETURNING p) UPDATE p SET "
            + "id = id WHERE id IN (SELECT p FROM gone)",
        8
    )]
    [InlineData(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (1), (2); RETURN NEW; "
            + "END'; CREATE TRIGGER t AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION note(); INSERT INTO p VALUES (7), (8)",
        6
    )]
    [InlineData("CREATE RULE also AS ON INSERT TO log DO ALSO DELETE FROM c; INSERT INTO log VALUES (1)", 4)]
    [InlineData("CREATE RULE other AS ON INSERT TO log DO INSTEAD UPDATE p SET id = id; INSERT INTO log VALUES (1)", 3)]
    [InlineData(
        "DO $$ BEGIN FOR i IN 1..5 LOOP INSERT INTO log VALUES (i); END LOOP; BEGIN DELETE FROM p; RAISE "
            + "division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END; END $$",
        5
    )] // Not what was taken back.
    [InlineData("CREATE TABLE made AS SELECT * FROM c", 3)]
    [InlineData(
        "CREATE TABLE big (a text); ALTER TABLE big ALTER a SET STORAGE EXTERNAL; INSERT INTO big SELECT "
            + "repeat(md5(i::text), 1000) FROM generate_series(1, 3) i",
        3
    )] // Not the pieces of a long value.
    [InlineData("CREATE TABLE \"my pg_toast.%\" (a int); INSERT INTO \"my pg_toast.%\" VALUES (1)", 1)]
    [InlineData(
        "MERGE INTO p USING (VALUES (1), (9)) v(id) ON p.id = v.id WHEN MATCHED THEN UPDATE SET id = v.id WHEN NOT "
            + "MATCHED THEN INSERT VALUES (v.id)",
        2
    )]
    [InlineData("SELECT * FROM p", 0)]
    [InlineData("CREATE INDEX ON c (p); COMMENT ON TABLE p IS 'x'; DROP TABLE c", 0)]
    public async Task All_rows_that_a_step_changes_are_counted(string script, long rows)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(
            fixture.Step(
                "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE); "
                    + "CREATE TABLE log (p int); CREATE TABLE own (n int); INSERT INTO p VALUES (1), (2), (3); INSERT INTO c VALUES "
                    + "(1), (1), (2)"
            ),
            CancellationToken.None
        );
        Assert.Equal(rows, (await session.RunAsync(fixture.Step(script, "002_rows"), CancellationToken.None)).RowsAffected);
        // What was counted is not counted again.
        Assert.Equal(
            1,
            (
                await session.RunAsync(fixture.Step("INSERT INTO own VALUES (1); SELECT * FROM p, log", "003_next"), CancellationToken.None)
            ).RowsAffected
        );
    }

    [Theory]
    [InlineData(
        "CREATE TABLE n (id serial PRIMARY KEY, name varchar(9) NOT NULL CHECK (length(name) > 0), at timestamptz "
            + "DEFAULT now(), p int REFERENCES p (id)); CREATE INDEX ON n (name); INSERT INTO n (name, p) VALUES ('a', 1), "
            + "('b,(c', -(1) + 2), ('d', DEFAULT); INSERT INTO n VALUES (9, 'e', now(), NULL)",
        4
    )]
    [InlineData("CREATE TABLE n (a int); INSERT INTO n VALUES (1), (2); DELETE FROM n WHERE a = 1", 3)]
    [InlineData("CREATE TABLE n (a int); INSERT INTO n VALUES (1); INSERT INTO p VALUES (7)", 2)]
    [InlineData("CREATE TABLE n (a int UNIQUE); INSERT INTO n VALUES (1), (1) ON CONFLICT DO NOTHING", 1)]
    [InlineData("CREATE TABLE n (a int); INSERT INTO n VALUES ((SELECT count(*) FROM p))", 1)]
    [InlineData("CREATE TABLE n (a int); INSERT INTO n VALUES (1), (note_it(2))", 3)]
    [InlineData("CREATE TABLE n (a int DEFAULT note_it(2), b int); INSERT INTO n (b) VALUES (1), (2)", 4)]
    [InlineData("CREATE TABLE n (a int CHECK (note_it(a) = a)); INSERT INTO n VALUES (1)", 2)]
    [InlineData("CREATE TABLE n (LIKE noted INCLUDING DEFAULTS); INSERT INTO n (b) VALUES (1)", 2)]
    [InlineData("CREATE TABLE IF NOT EXISTS noted (a int); INSERT INTO noted (b) VALUES (1)", 2)]
    [InlineData(
        "CREATE TABLE n (a int); CREATE TRIGGER t AFTER INSERT ON n FOR EACH ROW EXECUTE FUNCTION note_row(); INSERT INTO n VALUES (1)",
        2
    )]
    [InlineData(
        "CREATE TABLE n (a int); CREATE RULE r AS ON INSERT TO n DO ALSO INSERT INTO log VALUES (1), (2); INSERT INTO n VALUES (1)",
        3
    )]
    [InlineData("CREATE TABLE pg_temp.p (id int); INSERT INTO p VALUES (1)", 1)]
    public async Task Rows_of_a_table_that_the_script_makes_itself_are_counted_too(string script, long rows)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1);
            CREATE TABLE log (n int);
            CREATE FUNCTION note_it(n int) RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (n); SELECT n';
            CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (1); RETURN NEW; END';
            CREATE TABLE noted (a int DEFAULT note_it(1), b int);
            """
        );
        var session = await fixture.BeginAsync();
        Assert.Equal(rows, (await session.RunAsync(fixture.Step(script), CancellationToken.None)).RowsAffected);
        // What was told is not counted by the next one.
        Assert.Equal(
            1,
            (
                await session.RunAsync(fixture.Step("INSERT INTO log VALUES (1); SELECT * FROM p", "002_next"), CancellationToken.None)
            ).RowsAffected
        );
    }

    [Fact]
    public async Task An_event_trigger_may_add_triggers_to_what_a_script_makes()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(
            fixture.Step(
                """
                CREATE TABLE log (n int);
                CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (1); RETURN NEW; END';
                CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS
                    'BEGIN CREATE TRIGGER noted AFTER INSERT ON n FOR EACH ROW EXECUTE FUNCTION note_row(); END';
                CREATE EVENT TRIGGER watcher ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch();
                """
            ),
            CancellationToken.None
        );
        const string Script = "CREATE TABLE n (a int); INSERT INTO n VALUES (1), (2);";
        Assert.Equal(4, (await session.RunAsync(fixture.Step(Script, "002_n"), CancellationToken.None)).RowsAffected);
        await session.RunAsync(fixture.Step("DROP TABLE n;", "003_n"), CancellationToken.None);
        // Another run finds it there.
        await session.DisposeAsync();
        session = await fixture.BeginAsync();
        Assert.Equal(4, (await session.RunAsync(fixture.Step(Script, "004_n"), CancellationToken.None)).RowsAffected);
    }

    [Fact]
    public async Task Rows_of_an_attempt_that_did_not_get_its_lock_do_not_count()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE a (n int); CREATE TABLE b (n int)");
        var session = await fixture.BeginAsync(o => o with { TableLockTimeout = TimeSpan.FromMilliseconds(100), TableLockRetries = 20 });
        await using var other = (NpgsqlConnection)await fixture.Database.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE b", other, transaction))
            await command.ExecuteNonQueryAsync();
        var running = session.RunAsync(fixture.Step("INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1)"), CancellationToken.None);
        while (fixture.Events.Of<StepRetried>().Count == 0)
            await Task.Delay(20);
        await transaction.RollbackAsync();
        Assert.Equal(3, (await running).RowsAffected);
    }

    [Fact]
    public async Task Rows_of_statements_outside_of_transactions_do_not_count_for_the_next_step()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE a (n int)");
        var session = await fixture.BeginAsync();
        var outside = fixture.Step("INSERT INTO a VALUES (1), (2)", header: new MigrationHeader { Transaction = false });
        await session.ExecuteAsync(outside, Assert.Single(new PostgreSqlDialect().Split(outside.Script)), CancellationToken.None);
        Assert.Equal(
            1,
            (await session.RunAsync(fixture.Step("INSERT INTO a VALUES (3)", "002_next"), CancellationToken.None)).RowsAffected
        );
    }
}
