using System.Text.Json;
using Migrations.Testing;
using Npgsql;

namespace Migrations.Databases.Tests;

/// <summary>
/// A password is in no error, event, object or journal row, whatever form the connection was given in and whatever goes wrong.
/// </summary>
public sealed class SecretTests() : Conformance(DatabaseKind.PostgreSql)
{
    public static TheoryData<string> Forms =>
        ["url", "postgresql url", "url with options", "npgsql", "npgsql spelled otherwise", "password as option"];

    private PostgreSqlServer Server => ((PostgreSqlTestDatabase)Database).Server;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_run_that_works_tells_no_password(string form)
    {
        ThreeTables();
        var engine = EngineOf(Form(form, Server.Password));
        var seen = new List<string>();
        seen.AddRange((await engine.ApplyAsync()).Select(Everything));
        seen.AddRange((await engine.GetStatusAsync()).Select(Everything));
        seen.Add(Everything(await engine.GetSummaryAsync()));
        seen.AddRange((await engine.UndoAsync()).Select(Everything));
        seen.AddRange((await engine.GetHistoryAsync()).Select(Everything));
        seen.Add(Everything(await engine.PlanApplyAsync()));
        seen.AddRange(await Database.RowsAsync("SELECT * FROM migration_journal"));
        seen.Add(Events.ToString());
        Assert.All(seen, text => AssertSilent(text, Server.Secrets));
        Assert.Contains(seen, text => text.Contains(((PostgreSqlTestDatabase)Database).Name, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_wrong_password_is_not_repeated(string form)
    {
        ThreeTables();
        const string Wrong = "wr0ng-s3cret/@x";
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => EngineOf(Form(form, Wrong)).ApplyAsync());
        Assert.Equal(ErrorId.AuthenticationFailed, error.Id);
        Assert.Contains("postgres", error.Message, StringComparison.Ordinal);
        AssertSilent(error + error.NextStep.ToString() + Events, [Wrong, Uri.EscapeDataString(Wrong)]);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_unreachable_server_tells_no_password(string form)
    {
        ThreeTables();
        var text = Form(form, Server.Password).Replace(Server.Port.ToString(), "1", StringComparison.Ordinal);
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            EngineOf(text, o => o with { ConnectAttempts = 2, ConnectDelay = TimeSpan.FromMilliseconds(10) }).ApplyAsync()
        );
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        AssertSilent(error + error.NextStep.ToString() + Events, Server.Secrets);
        Assert.Equal([1, 2], Events.Of<Migrations.Events.ConnectionAttempted>().Select(e => e.Attempt));
        Assert.Equal(2, Assert.Single(Events.Of<Migrations.Events.ConnectionRetried>()).Attempts);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_failing_statement_tells_no_password(string form)
    {
        Migration("001_a", "SELECT 1;\nINSERT INTO nowhere VALUES (1);");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => EngineOf(Form(form, Server.Password)).ApplyAsync());
        AssertSilent(error + error.NextStep.ToString() + Events + Everything(error.Applied), Server.Secrets);
        AssertSilent(string.Join('\n', await Database.RowsAsync("SELECT * FROM migration_journal")), Server.Secrets);
    }

    [Theory]
    [InlineData("postgres://ann:s3cr3t@host:port/db")]
    [InlineData("postgres://ann:s3cr3t@/db?sslmode=perhaps")]
    [InlineData("postgres://ann:s3cr3t@host/db?no_such_option=s3cr3t")]
    [InlineData("postgres://ann:s3cr3t%zz@[host/db")]
    [InlineData("Host=h;Password=s3cr3t;No Such Key=1")]
    [InlineData("Host=h;Password='s3cr3t")]
    public void A_malformed_connection_is_not_repeated(string text)
    {
        var error = Assert.ThrowsAny<MigrationException>(() => DatabaseKind.PostgreSql.Driver.Parse(text, "/"));
        Assert.Equal(ErrorId.TargetInvalid, error.Id);
        AssertSilent(error + error.NextStep.ToString(), ["s3cr3t"]);
    }

    [Fact]
    public async Task A_password_in_a_failing_statement_is_not_recorded()
    {
        Migration("001_a", "CREATE ROLE nowhere_user LOGIN PASSWORD 'hunter2' IN ROLE nowhere_group;\n");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync());
        AssertSilent(error + Everything(error.Message) + Events, ["hunter2"]);
        AssertSilent((error as StatementException)?.Statement ?? "", ["hunter2"]);
        AssertSilent(string.Join('\n', await Database.RowsAsync("SELECT * FROM migration_journal")), ["hunter2"]);
    }

    [Theory]
    [InlineData("DO $$BEGIN\n  CREATE ROLE nowhere_user LOGIN PASSWORD 'hunter2' IN ROLE nowhere_group;\nEND$$;")]
    [InlineData("DO $$BEGIN\n  EXECUTE 'CREATE ROLE postgres LOGIN PASSWORD ''hunter2'' ';\nEND$$;")]
    [InlineData("DO $x$BEGIN EXECUTE $y$CREATE ROLE postgres LOGIN PASSWORD 'hunter2'$y$; END$x$;")]
    [InlineData("DO 'BEGIN CREATE ROLE postgres LOGIN PASSWORD ''hunter2''; END';")]
    public async Task A_password_in_a_body_is_neither_told_nor_recorded(string body)
    {
        Migration("001_a", body);
        var error = await Assert.ThrowsAnyAsync<StatementException>(() => ApplyAsync());
        AssertSilent(error + Everything(error.Message) + error.Statement + Events, ["hunter2"]);
        AssertSilent(string.Join('\n', await Database.RowsAsync("SELECT row_to_json(j)::text FROM migration_journal j")), ["hunter2"]);
    }

    [Fact]
    public async Task A_password_in_a_body_is_not_stored_and_its_script_compares_as_before()
    {
        const string Body =
            "DO $$BEGIN IF false THEN\n  CREATE ROLE r PASSWORD 'hunter2';\n  EXECUTE 'CREATE ROLE r PASSWORD ''hunter2'' "
            + "';\nEND IF; END$$;\n";
        Migration("001_a", Body);
        await ApplyAsync();
        AssertSilent(string.Join('\n', await Database.RowsAsync("SELECT row_to_json(j)::text FROM migration_journal j")), ["hunter2"]);
        Migration("001_a", "-- now with a comment\n" + Body);
        Assert.Equal(ScriptChange.Cosmetic, (await StatusOfAsync("001_a")).Change);
        Migration("001_a", Body.Replace("hunter2", "hunter3", StringComparison.Ordinal));
        Assert.Equal(ScriptChange.Statement, (await StatusOfAsync("001_a")).Change);
        // As an older version has stored it.
        await Database.ExecuteAsync($"UPDATE migration_journal SET script = $body${Body}$body$");
        Migration("001_a", "-- now with a comment\n" + Body);
        Assert.Equal(ScriptChange.Cosmetic, (await StatusOfAsync("001_a")).Change);
    }

    private string Form(string form, string password)
    {
        var name = ((PostgreSqlTestDatabase)Database).Name;
        return form switch
        {
            "url" => Server.UrlOf(name, password: password),
            "postgresql url" => Server.UrlOf(name, password: password).Replace("postgres://", "postgresql://", StringComparison.Ordinal),
            "url with options" => Server.UrlOf(name, password: password, query: "sslmode=prefer&application_name=tests&connect_timeout=5"),
            "npgsql" => Server.ConnectionStringOf(name, password: password),
            "npgsql spelled otherwise" => new NpgsqlConnectionStringBuilder(Server.ConnectionStringOf(name, password: password))
                .ConnectionString.Replace("Host=", "server = ", StringComparison.Ordinal)
                .Replace("Password=", "PWD=", StringComparison.Ordinal),
            _ => $"postgres://{Server.Host}:{Server.Port}/{name}?user={Server.User}&password={Uri.EscapeDataString(password)}",
        };
    }

    private Migrator EngineOf(string text, Func<SessionOptions, SessionOptions>? change = null)
    {
        var session = new SessionOptions { Events = Events };
        var target = Kind.Driver.Parse(text, Folder) ?? throw new InvalidOperationException("The form is not known.");
        AssertSilent(target + target.Display + target.Database + JsonSerializer.Serialize(target), Server.Secrets);
        return new Migrator(Kind.Driver, target, Folder, new MigratorOptions { Session = change is null ? session : change(session) });
    }

    private static string Everything(object value) => value + JsonSerializer.Serialize(value);

    private static void AssertSilent(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}
