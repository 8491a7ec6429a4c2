namespace Migrations.Cli.Tests;

/// <summary>The texts of <see cref="ConnectionTexts"/> and the values of options, as a shell hands them to the command.</summary>
public sealed class TargetParsingTests() : CliTests("SQLite")
{
    public static TheoryData<string> Refused => [.. ConnectionTexts.Refused];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_may_be_something_else_is_refused_and_not_repeated(string text)
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        // The environment has it, so that what begins with a dash is no option either.
        var result = await RunAsync(["up", "--path", Folder], new() { ["DATABASE_URL"] = text });
        AssertRefused(result, ErrorId.TargetInvalid);
    }

    [Theory]
    [InlineData("status", "--database", "user=ann password=hunter2 host=h")]
    [InlineData("up", "-d", "ok.db", "-d", "ann:hunter2@h")]
    [InlineData("diff", "postgres+x://ann:hunter2@h/shop.sql", "ok.db")]
    [InlineData("diff", "ok.db", "host=h password=hunter2")]
    [InlineData("test", "-d", "ok.db", "--scratch-database", "user=ann password=hunter2")]
    [InlineData("restore", "backup.db", "-d", "jdbc:postgresql:shop?password=hunter2")]
    [InlineData("status", "--output", "json", "-d", "Database=shop;Password=hunter2")]
    public async Task It_is_refused_wherever_a_database_is_named(params string[] arguments)
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        var result = await RunAsync([.. arguments, "--path", Folder], []);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(nameof(ErrorId.TargetInvalid), result.All, StringComparison.Ordinal);
        AssertNothing(result);
    }

    [Theory]
    [InlineData("--database has an empty value", "up", "--database=", "--yes", "--path", "migrations")]
    [InlineData("--database has an empty value", "up", "--database=", "--path", "migrations")]
    [InlineData("--database has an empty value", "--database=", "up", "--path", "migrations")]
    [InlineData("--database has an empty value", "up", "--database", "", "--path", "migrations")]
    [InlineData("-d has an empty value", "up", "-d", " ", "--path", "migrations")]
    [InlineData("--path has an empty value", "up", "-d", "x.db", "--path", "")]
    [InlineData("--service has an empty value", "status", "-d", "x.db", "--service", "")]
    [InlineData("--target has an empty value", "up", "-d", "x.db", "--target=")]
    [InlineData("--backup has an empty value", "up", "-d", "x.db", "--backup", "")]
    [InlineData("--scratch-database has an empty value", "test", "-d", "x.db", "--scratch-database", "")]
    [InlineData("--from has an empty value", "restore", "-d", "x.db", "--latest", "--from", "")]
    [InlineData("The name is empty", "create", "", "--path", "migrations")]
    [InlineData("The left is empty", "diff", "", "x.db")]
    [InlineData("--database has no value: '--yes' starts with a dash", "up", "--database", "--yes", "--path", "migrations")]
    [InlineData("--environment has no value: '--what-if' starts with a dash", "up", "-d", "x.db", "--environment", "--what-if")]
    [InlineData("'--dry-run' is not an option here", "create", "--dry-run", "--path", "migrations")]
    [InlineData(
        "'--skip-ckecksum' is not an option here, and a name cannot start with a dash. Did you mean '--skip-checksum'?",
        "down",
        "-d",
        "x.db",
        "--skip-ckecksum"
    )]
    [InlineData("Did you mean '--full'?", "verify", "--fulll")]
    [InlineData("'--lates' is not an option here", "backups", "--lates")]
    [InlineData("looks like a connection", "up", "-d", "x.db", "--path", "postgres://ann:hunter2@h/shop")]
    [InlineData("looks like a connection", "verify", "postgres://ann:hunter2@h/shop")]
    [InlineData("looks like a connection", "up", "ann:hunter2@h")]
    public async Task A_value_that_cannot_be_meant_is_wrong_use(string words, params string[] arguments)
    {
        var result = await RunAsync(arguments, []);
        AssertRefused(result, ErrorId.UsageInvalid);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_that_is_missing_is_passed_over()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        var address = new UriBuilder(database.Address) { UserName = "nobody", Password = "" }
            .Uri
            .AbsoluteUri;
        var result = await RunAsync(["status", "-d", address, "--path", Folder], new() { ["PGPASSFILE"] = "/nowhere/pgpass" });
        AssertError(result, ErrorId.AuthenticationFailed, 1);
    }

    [Fact]
    public async Task A_user_without_a_name_is_recorded_by_number()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") && Environment.UserName == "root",
            "Only root may run a command under a bare number."
        );
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        var folder = Directory.CreateDirectory(Temporary["bare"]).FullName;
        if (!OperatingSystem.IsWindows())
        {
            OpenToAll(Temporary.Path);
            OpenToAll(folder);
            OpenToAll(Folder);
        }

        var result = await CliProcess.RunAsync(
            new CliCall
            {
                Launcher = ["/usr/bin/setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"],
                Arguments = ["up", "-d", Path.Combine(folder, "bare.db"), "--path", Folder],
                WorkingFolder = folder,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = folder },
            }
        );
        Assert.True(result.ExitCode == 0, result.ToString());
        var history = await CliProcess.RunAsync("history", "-d", Path.Combine(folder, "bare.db"), "--output", "json");
        Assert.Contains("\"54321\"", history.Output, StringComparison.Ordinal);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void OpenToAll(string path) => File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);

    private Task<CliResult> RunAsync(string[] arguments, Dictionary<string, string> environment) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments = arguments,
                WorkingFolder = Temporary.Path,
                Environment = environment,
            }
        );

    private void AssertRefused(CliResult result, ErrorId id)
    {
        AssertError(result, id, 2);
        AssertNothing(result);
    }

    private void AssertNothing(CliResult result)
    {
        Assert.DoesNotContain(ConnectionTexts.Secret, result.All, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([Folder], Directory.GetFileSystemEntries(Temporary.Path));
    }
}
