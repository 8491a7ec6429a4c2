using Migrations.Backup;
using Migrations.Comparing;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// What is given as a database: the right one, or a refusal that does not repeat it. Drivers are asked in the order in which command and
/// module ask them.
/// </summary>
public sealed class TargetParsingTests
{
    private static readonly IDatabaseDriver[] Drivers = [new PostgreSql.PostgreSqlDriver(), new Sqlite.SqliteDriver()];

    public static TheoryData<string> Refused => [.. ConnectionTexts.Refused];

    public static TheoryData<string, string> Read
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (text, display) in ConnectionTexts.Read)
                data.Add(text, display);
            return data;
        }
    }

    [Fact]
    public void The_table_is_as_long_as_it_should_be() =>
        Assert.True(ConnectionTexts.Refused.Count >= 80 && ConnectionTexts.Read.Count >= 15);

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_may_be_something_else_is_refused_and_not_repeated(string text)
    {
        var error = Assert.Throws<MigrationException>(() => Parse(text));
        Assert.Equal(ErrorId.TargetInvalid, error.Id);
        AssertSilent(error);
        var side = Assert.Throws<MigrationException>(() => SidePair.Resolve(text, "x.db", beside: null, Drivers, "/base"));
        Assert.Equal(ErrorId.TargetInvalid, side.Id);
        AssertSilent(side);
        Assert.DoesNotContain(text, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Read))]
    public void What_is_known_is_read(string text, string display)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The expected paths are those of Unix.");
        Assert.Equal(display, Parse(text)!.Display);
    }

    [Theory]
    [InlineData("postgres://ann@h/shop?sslmode=require&pgbouncer=true&connection_limit=1&schema=app", "'pgbouncer'")]
    [InlineData("postgres://ann@h/shop?require_auth=scram-sha-256", "'require_auth'")]
    [InlineData("postgres://ann@h/shop?service=prod", "'prod'")]
    [InlineData("Host=h;Username=ann;Encrypt=true;Password=hunter2", "'encrypt'")]
    [InlineData("postgres://ann:hunter2@h1:5432,h2:5432/shop", "names several hosts")]
    [InlineData("Host=h1,h2;Username=ann", "names several hosts")]
    [InlineData("postgres://h1,h2/shop?port=1,2,3&target_session_attrs=primary", "3 ports and 2 hosts")]
    [InlineData("postgres://h1,/shop?target_session_attrs=primary", "one of its hosts is empty")]
    [InlineData("postgres://h1/shop?target_session_attrs=master", "Invalid 'target_session_attrs'. Expected one of")]
    [InlineData("host=h user=ann password=hunter2", "separated by blanks")]
    [InlineData("$(DATABASE_URL)", "an unexpanded variable")]
    [InlineData("\"shop.db\"", "is in quotes")]
    [InlineData("ann:hunter2@h", "contains a user, a host or a port")]
    public void A_refusal_names_the_trouble(string text, string words)
    {
        var error = Assert.Throws<MigrationException>(() => Parse(text));
        Assert.Contains(words, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("postgres://user:password@host:5432/database", error.NextStep.ToString(), StringComparison.Ordinal);
        AssertSilent(error);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_can_be_written_to_is_used()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        var url = new Uri(database.Address);
        var several =
            database.Address.Replace(
                $"@{url.Authority[(url.Authority.IndexOf('@', StringComparison.Ordinal) + 1)..]}",
                $"@127.0.0.1:1,{url.Host}:{url.Port}",
                StringComparison.Ordinal
            ) + "?target_session_attrs=read-write";
        var target = Parse(several)!;
        await using (await Drivers[0].OpenAsync(target, new SessionOptions(), default))
            Assert.Equal(database.Name, target.Database);

        // PostgreSQL's own programs choose the same host.
        await database.ExecuteAsync("CREATE TABLE a (id integer)");
        using var folder = new TemporaryFolder();
        var backup = await new BackupManager(Drivers[0], target).BackUpAsync(new BackupRequest { Folder = folder.Path });
        Assert.Equal(target, backup.Target);
        Assert.True(File.Exists(backup.Path));

        await database.ExecuteAsync($"ALTER DATABASE {database.Quoted} SET default_transaction_read_only = on");
        var error = await Assert.ThrowsAsync<MigrationException>(() => Drivers[0].OpenAsync(target, new SessionOptions(), default));
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        Assert.Contains("target_session_attrs", error.NextStep.ToString(), StringComparison.Ordinal);
        AssertSilent(error);
    }

    [Fact]
    public async Task A_password_file_that_is_missing_is_passed_over()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await using var session = await Drivers[0]
            .OpenAsync(Parse(database.Address + "?passfile=/nowhere/pgpass")!, new SessionOptions(), default);

        var without = Parse(
            $"postgres://nobody@{new Uri(database.Address).Authority.Split('@')[^1]}/{database.Name}?passfile=/nowhere/pgpass"
        )!;
        Assert.Equal(
            ErrorId.AuthenticationFailed,
            (await Assert.ThrowsAsync<MigrationException>(() => Drivers[0].OpenAsync(without, new SessionOptions(), default))).Id
        );
    }

    private static DatabaseTarget? Parse(string text) => Drivers.Select(d => d.Parse(text, "/base")).FirstOrDefault(t => t is not null);

    private static void AssertSilent(MigrationException error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
            Assert.DoesNotContain(ConnectionTexts.Secret, e.Message + error.NextStep.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
