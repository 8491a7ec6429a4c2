using Migrations.Events;
using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>The connection to a PostgreSQL server breaks: in a script, in its commit, with and without a server left to ask.</summary>
public sealed class BrokenConnectionTests : IDisposable
{
    // A deferred constraint trigger runs in the commit.
    private const string InCommit = """
        CREATE TABLE a (id integer);
        CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM {0}; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER a_at_commit AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
        INSERT INTO a VALUES (1);
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_that_dies_in_a_commit_leaves_the_outcome_open()
    {
        using var server = PostgreSqlServer.Start();
        _folder.Write("001_a.sql", string.Format(InCommit, "pg_sleep(60)"));
        var events = new RecordingEventSink { Published = e => Stop(e is StepStarted) };
        var run = Engine(server.UrlOf("postgres"), events).ApplyAsync();
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => run);
        Assert.Equal(ErrorId.OutcomeUnknown, error.Id);
        Assert.Contains("001_a", error.Message, StringComparison.Ordinal);
        Assert.Contains("migrations status", error.NextStep.ToString(), StringComparison.Ordinal);

        void Stop(bool now)
        {
            if (now)
                _ = Task.Delay(TimeSpan.FromSeconds(2)).ContinueWith(_ => server.Dispose(), TaskScheduler.Default);
        }
    }

    [Theory]
    [InlineData(InCommit)]
    [InlineData("CREATE TABLE a (id integer);\nSELECT {0};\nINSERT INTO a VALUES (1);\n")]
    public async Task A_backend_that_is_ended_has_rolled_back_and_the_next_run_works(string script)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        _folder.Write("001_a.sql", string.Format(script, "pg_terminate_backend(pg_backend_pid())"));
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine(database.Address).ApplyAsync());
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        Assert.Contains("rolled", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a", await database.TablesAsync());

        _folder.Write("001_a.sql", string.Format(script, "1"));
        Assert.Single(await Engine(database.Address).ApplyAsync());
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM a"));
    }

    private Migrator Engine(string address, RecordingEventSink? events = null)
    {
        var driver = new PostgreSqlDriver();
        var session = new SessionOptions { LockTimeout = TimeSpan.FromSeconds(10) };
        return new Migrator(
            driver,
            driver.Parse(address, _folder.Path)!,
            _folder.Path,
            new MigratorOptions { Session = events is null ? session : session with { Events = events } }
        );
    }
}
