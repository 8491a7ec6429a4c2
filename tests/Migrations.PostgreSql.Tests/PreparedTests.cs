using Migrations.Databases;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What is said in every step is prepared, and no script can make use of that.</summary>
public class PreparedTests
{
    private const string Replace = """
        DECLARE p record;
        BEGIN
            FOR p IN SELECT name, statement, parameter_types FROM pg_prepared_statements LOOP
                EXECUTE format('DEALLOCATE %I', p.name);
                EXECUTE format('PREPARE %I%s AS SELECT 1', p.name, CASE WHEN p.parameter_types = '{}' THEN '' ELSE
                    '(' || array_to_string(p.parameter_types, ', ') || ')' END);
            END LOOP;
        END
        """;

    private static readonly string Forge = $"DO $$ {Replace} $$; DELETE FROM migration_journal WHERE name = '001_test'";

    [Fact]
    public async Task Steps_use_what_the_first_ones_have_prepared()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await BeginAsync(fixture);
        await session.RunAsync(fixture.Step("CREATE TABLE seen AS SELECT * FROM pg_prepared_statements", "003_c"), CancellationToken.None);
        // Steps that only define things look at the history once.
        Assert.Equal(
            "2|2",
            await fixture.Database.ScalarAsync(
                "SELECT sum((statement LIKE '%migration_journal%')::int) || '|' || count(*) FROM seen WHERE statement NOT LIKE '%advisory%'"
            )
        );
    }

    [Fact]
    public async Task A_step_alone_prepares_nothing_and_the_lock_takes_what_was_prepared_along()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.OpenAsync();
        var held = await session.LockAsync(CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        await session.RunAsync(fixture.Step("CREATE TABLE a (id int)") with { IsLast = true }, CancellationToken.None);
        Assert.Equal(0, await CountAsync(session));
        await session.RunAsync(fixture.Step("CREATE TABLE b (id int)", "002_b"), CancellationToken.None);
        Assert.True(await CountAsync(session) > 0);
        await held!.DisposeAsync();
        Assert.Equal(0, await CountAsync(session));
    }

    [Theory]
    [InlineData("DEALLOCATE ALL")]
    [InlineData("DO $$ BEGIN EXECUTE 'DEALLOCATE ' || 'ALL'; END $$")]
    [InlineData("PREPARE mine AS SELECT 1")]
    [InlineData("RESET ALL")]
    [InlineData("SET search_path = pg_temp")]
    [InlineData("CREATE TEMPORARY TABLE b (id int)")]
    public async Task Scripts_may_do_what_they_like_with_prepared_statements(string script)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await BeginAsync(fixture);
        for (var i = 3; i < 9; i++)
            await session.RunAsync(fixture.Step($"CREATE TABLE c{i} (id int); {script}", $"00{i}_c"), CancellationToken.None);
        Assert.Equal("8", await fixture.Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_script_that_puts_others_in_their_place_cannot_change_the_history(bool inRun)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await BeginAsync(fixture);
        var step = fixture.Step(Forge, "003_c");
        await using var run = inRun ? await session.BeginRunAsync([step], CancellationToken.None) : null;
        var error = await Assert.ThrowsAsync<MigrationException>(() => session.RunAsync(step, CancellationToken.None));
        Assert.Equal(ErrorId.HistoryTableConflict, error.Id);
        Assert.Equal("001_test, 002_b", await NamesAsync(fixture));
    }

    [Theory]
    [InlineData("BEFORE INSERT", "NEW.name := 'other'; RETURN NEW;")]
    [InlineData("AFTER INSERT", "DELETE FROM migration_journal WHERE name = '001_test'; RETURN NULL;")]
    public async Task A_trigger_that_does_so_cannot_either(string when, string body)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await BeginAsync(fixture);
        await session.RunAsync(
            fixture.Step(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ "
                    + $"{Replace.Replace("END\n", "", StringComparison.Ordinal).TrimEnd()[..^3]} {body} END $f$",
                "003_c"
            ),
            CancellationToken.None
        );
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            session.RunAsync(
                fixture.Step($"CREATE TRIGGER t {when} ON migration_journal FOR EACH ROW EXECUTE FUNCTION f()", "004_d"),
                CancellationToken.None
            )
        );
        Assert.Equal(ErrorId.HistoryTableConflict, error.Id);
        Assert.Equal("001_test, 002_b, 003_c", await NamesAsync(fixture));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_prepared_by_halves()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE a (id int REFERENCES none)"), CancellationToken.None)
        );
        for (var i = 1; i < 5; i++)
            await session.RunAsync(fixture.Step($"CREATE TABLE c{i} (id int)", $"00{i}_c"), CancellationToken.None);
        await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(fixture.Step("CREATE TABLE c1 (id int)", "005_c"), CancellationToken.None)
        );
        await session.RunAsync(fixture.Step("CREATE TABLE c5 (id int)", "005_c"), CancellationToken.None);
        Assert.Equal("001_c, 002_c, 003_c, 004_c, 005_c", await NamesAsync(fixture));
    }

    private static async Task<IDatabaseSession> BeginAsync(DriverFixture fixture)
    {
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("CREATE TABLE a (id int)"), CancellationToken.None);
        await session.RunAsync(fixture.Step("CREATE TABLE b (id int)", "002_b"), CancellationToken.None);
        return session;
    }

    private static async Task<long> CountAsync(IDatabaseSession session)
    {
        var count = -1L;
        await ((PostgreSqlSession)session).Connection.QueryAsync(
            "SELECT count(*) FROM pg_prepared_statements",
            row => count = row.GetInt64(0),
            CancellationToken.None
        );
        return count;
    }

    private static async Task<string?> NamesAsync(DriverFixture fixture) =>
        await fixture.Database.ScalarAsync("SELECT string_agg(name, ', ' ORDER BY id) FROM migration_journal");
}
