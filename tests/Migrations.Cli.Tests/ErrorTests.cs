namespace Migrations.Cli.Tests;

/// <summary>The errors that everybody meets: each says what, where, and what to type next.</summary>
public abstract class ErrorConformance(string engine) : CliTests(engine)
{
    [Fact]
    public async Task A_bad_file_name_says_how_this_very_file_should_be_named()
    {
        ThreeTables();
        Write("add_more.sql", "CREATE TABLE more (id integer);");
        await FailsAsync(ErrorId.FolderInvalid, 1, ["add_more.sql", "004_add_more.sql"], "up");
        Assert.DoesNotContain("a", await Database.TablesAsync());
    }

    [Fact]
    public async Task A_syntax_error_in_line_40_shows_the_line_and_the_place()
    {
        ThreeTables();
        Migration(
            "004_long",
            string.Concat(Enumerable.Repeat("-- a comment\n", 36))
                + "CREATE TABLE c (\n    id integer,\n    name text\n    , , oops text\n);\n"
        );
        var result = await FailsAsync(
            ErrorId.StatementFailed,
            1,
            [
                FileOf("004_long.sql") + ":40:7",
                "40 |     , , oops text",
                "^",
                "syntax error",
                "Done before: 001_initial_schema, 002_add_indexes, 003_add_user_prefs",
                "Not done: 004_long",
                "'migrations ",
            ],
            "up"
        );
        Assert.Contains(Engine == "SQLite" ? "SQLITE_ERROR" : "42601", result.Error, StringComparison.Ordinal);
        var caret = result.Error.Split('\n').SkipWhile(l => !l.Contains("40 |", StringComparison.Ordinal)).Skip(1).First();
        Assert.Matches(@"^ *\|? +\^$", caret);
    }

    [Fact]
    public async Task An_edited_applied_script_names_the_ways_out()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "2");
        Write("001_initial_schema.sql", "CREATE TABLE a (id integer, more text);");
        await FailsAsync(ErrorId.MigrationChanged, 1, ["001_initial_schema", "--skip-checksum", "migrations repair"], "up");
        Assert.Contains("003_add_user_prefs", await OutputAsync("up", "--skip-checksum"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_out_of_order_file_names_the_ways_out()
    {
        ThreeTables();
        await OutputAsync("up");
        Migration("002.1_late", "CREATE TABLE late (id integer);");
        await FailsAsync(ErrorId.OutOfOrder, 1, ["002.1_late", "--allow-out-of-order"], "up");
        Assert.Contains("002.1_late", await OutputAsync("up", "--allow-out-of-order"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_down_script_names_the_ways_out()
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        await OutputAsync("up");
        await FailsAsync(ErrorId.UndoMissing, 1, ["001_a", "down script"], "down");
    }

    [Fact]
    public async Task Undoing_out_of_order_names_the_later_ones()
    {
        ThreeTables();
        await OutputAsync("up");
        await FailsAsync(
            ErrorId.UndoOutOfOrder,
            1,
            ["003_add_user_prefs, 002_add_indexes", "migrations down --last 3"],
            "down",
            "001_initial_schema"
        );
    }

    [Fact]
    public async Task A_lock_held_by_another_run_names_its_holder()
    {
        Migration("001_slow", Engine == "SQLite" ? Slow.Sqlite : Slow.PostgreSql);
        using var other = CliProcess.Start(Call("up"));
        await other.WaitForAsync("Applying 001_slow");
        var result = await FailsAsync(
            ErrorId.LockTimedOut,
            5,
            ["process " + other.Id.ToString(), Environment.MachineName, "--lock-timeout"],
            "up",
            "--lock-timeout",
            "1s"
        );
        Assert.Contains("Waiting for the migration lock", result.Error, StringComparison.Ordinal);
        other.Interrupt();
        Assert.Equal(130, (await other.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Ctrl_c_in_a_long_statement_rolls_back_and_says_so()
    {
        Prerequisite.Signals();
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_slow", "CREATE TABLE b (id integer);\n" + (Engine == "SQLite" ? Slow.Sqlite : Slow.PostgreSql));
        using var process = CliProcess.Start(Call("up"));
        await process.WaitForAsync("Applying 002_slow");
        await Task.Delay(300);
        process.Interrupt();
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        AssertError(result, ErrorId.Cancelled, 130, "002_slow", "rolled back", "Done before: 001_a", "Not done: 002_slow");
        Assert.DoesNotContain("b", await Database.TablesAsync());

        Migration("002_slow", "CREATE TABLE b (id integer);");
        Assert.Contains("Applied 002_slow", await OutputAsync("up", "--lock-timeout", "1s"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_is_named()
    {
        Directory.Delete(Folder);
        await FailsAsync(ErrorId.FolderMissing, 1, [Folder, "--path"], "up");
    }

    [Fact]
    public async Task A_wrong_call_is_told_apart_from_a_failure()
    {
        ThreeTables();
        Assert.Equal(2, (await RunAsync("up", "--no-such-option")).ExitCode);
        Assert.Equal(2, (await RunAsync("up", "--first", "many")).ExitCode);
        Assert.Equal(2, (await RunAsync("no-such-command")).ExitCode);
        Assert.Equal(2, (await RunAsync("down", "001", "--all", "--yes")).ExitCode);
        await FailsAsync(ErrorId.ConfirmationRequired, 2, ["--yes", "--what-if"], "reset");
        AssertError(await CliProcess.RunAsync("up", "--path", Folder), ErrorId.UsageInvalid, 2, "--database", "DATABASE_URL");
    }
}

public sealed class SqliteErrorTests() : ErrorConformance("SQLite")
{
    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        ThreeTables();
        var letter = Temporary.Write("letter.txt", "Dear reader, " + new string('x', 4000));
        AssertError(await CliProcess.RunAsync("up", "--database", letter, "--path", Folder), ErrorId.DatabaseInvalid, 1, "letter.txt");
    }

    [Fact]
    public async Task A_read_only_file_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are those of Unix.");
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        var file = ((SqliteTestDatabase)Database).File;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        AssertError(await CliProcess.RunAsync(Call("up") with { ModesCountForRoot = true }), ErrorId.DatabaseReadOnly, 1, "test.db");
        var status = await CliProcess.RunAsync(Call("status") with { ModesCountForRoot = true });
        Assert.Contains("Total: 3 | Applied: 1 | Pending: 2", status.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorId.FileUnreadable, "migrations", "status", "--database", "{open}", "--path", "{closed}")]
    [InlineData(ErrorId.FileUnreadable, "below", "status", "--database", "{open}", "--path", "{closed}/below")]
    [InlineData(ErrorId.FileUnreadable, "below", "check", "--database", "{open}", "--path", "{closed}/below")]
    [InlineData(ErrorId.PermissionDenied, "shop.db", "status", "--database", "{closed}/shop.db", "--path", "{folder}")]
    [InlineData(ErrorId.PermissionDenied, "shop.db", "up", "--database", "{closed}/below/shop.db", "--path", "{folder}")]
    [InlineData(ErrorId.BackupFolderInvalid, "closed", "backup", "--database", "{open}", "--destination", "{closed}/below")]
    [InlineData(ErrorId.BackupFolderInvalid, "closed", "backup", "--database", "{open}", "--destination", "{closed}")]
    [InlineData(ErrorId.PermissionDenied, "shop.bak", "verify", "{closed}/shop.bak")]
    [InlineData(ErrorId.PermissionDenied, "shop.bak", "restore", "{closed}/shop.bak", "--database", "{open}", "--yes")]
    [InlineData(ErrorId.BackupFolderInvalid, "closed", "backups", "{closed}/below")]
    [InlineData(ErrorId.ConfigurationInvalid, "migrations.json", "config", "--config", "{closed}/migrations.json")]
    public async Task A_folder_that_may_not_be_entered_is_not_called_missing(ErrorId id, string named, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are those of Unix.");
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        var closed = Directory.CreateDirectory(Path.Combine(Temporary.Path, "closed")).FullName;
        Directory.CreateDirectory(Path.Combine(closed, "below"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            var result = await CliProcess.RunAsync(
                new CliCall
                {
                    Arguments =
                    [
                        .. arguments.Select(a =>
                            a.Replace("{closed}", closed, StringComparison.Ordinal)
                                .Replace("{open}", Database.Address, StringComparison.Ordinal)
                                .Replace("{folder}", Folder, StringComparison.Ordinal)
                        ),
                    ],
                    WorkingFolder = Temporary.Path,
                    ModesCountForRoot = true,
                }
            );
            AssertError(result, id, result.ExitCode, "denied", closed);
            Assert.True(result.ExitCode is 1 or 2, result.ToString());
            Assert.True(named == "migrations" || result.Error.Contains(named, StringComparison.Ordinal), result.ToString());
            Assert.DoesNotContain("does not exist", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_file_system_that_does_not_lock_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File locks cannot be turned off there.");
        ThreeTables();
        var call = Call("up") with
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" },
        };
        AssertError(await CliProcess.RunAsync(call), ErrorId.LockUnsupported, 5, "does not lock files");
        Assert.DoesNotContain("a", await Database.TablesAsync());
    }

    [Fact]
    public async Task A_missing_file_is_made_by_up_only()
    {
        ThreeTables();
        foreach (var command in new[] { "history", "down", "repair" })
            await FailsAsync(ErrorId.DatabaseMissing, 1, ["test.db", "migrations up"], command);
        Assert.False(File.Exists(((SqliteTestDatabase)Database).File));
        await OutputAsync("up");
    }

    [Fact]
    public async Task A_missing_parent_folder_is_named()
    {
        ThreeTables();
        var path = Path.Combine(Temporary["not"], "there.db");
        AssertError(
            await CliProcess.RunAsync("up", "--database", path, "--path", Folder),
            ErrorId.DatabaseFolderMissing,
            1,
            Temporary["not"],
            "mkdir"
        );
    }
}

public sealed class PostgreSqlErrorTests() : ErrorConformance("PostgreSQL")
{
    private PostgreSqlTestDatabase PostgreSql => (PostgreSqlTestDatabase)Database;

    [Fact]
    public async Task A_wrong_password_names_the_user_and_not_the_password()
    {
        ThreeTables();
        var result = await CliProcess.RunAsync(
            "up",
            "--database",
            PostgreSql.Server.UrlOf(PostgreSql.Name, password: "wr0ng"),
            "--path",
            Folder,
            "--verbose"
        );
        AssertError(result with { Error = WithoutCause(result.Error) }, ErrorId.AuthenticationFailed, 1, "postgres");
        Assert.DoesNotContain("wr0ng", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_is_named()
    {
        ThreeTables();
        AssertError(
            await CliProcess.RunAsync("up", "--database", PostgreSql.Server.UrlOf("no_such_db"), "--path", Folder),
            ErrorId.DatabaseMissing,
            1,
            "no_such_db",
            "CREATE DATABASE"
        );
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_tried_again_and_named()
    {
        ThreeTables();
        var call = new CliCall
        {
            Arguments = ["up", "--database", "postgres://ann:s3cr3t@127.0.0.1:1/db", "--path", Folder],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DB_RETRY_ATTEMPTS"] = "3",
                ["DB_RETRY_DELAY"] = "50ms",
            },
        };
        var result = await CliProcess.RunAsync(call);
        AssertError(result, ErrorId.ConnectionFailed, 1, "127.0.0.1", "(attempt 1/3)", "(attempt 3/3)");
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
    }

    /// <summary>With --verbose the driver's own exception follows, stack and all.</summary>
    private static string WithoutCause(string text) =>
        string.Join('\n', text.Split('\n').Where(l => !l.StartsWith("   at ", StringComparison.Ordinal)));
}
