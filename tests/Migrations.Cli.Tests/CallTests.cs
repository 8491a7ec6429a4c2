namespace Migrations.Cli.Tests;

/// <summary>How the command is told what to do: options, environment variables, several databases; and what it tells pipelines.</summary>
public sealed class CallTests() : CliTests("SQLite")
{
    private string File => ((SqliteTestDatabase)Database).File;

    [Fact]
    public async Task The_environment_names_database_and_folder()
    {
        ThreeTables();
        var call = new CliCall
        {
            Arguments = ["up"],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DATABASE_URL"] = "sqlite:" + File,
                ["MIGRATION_PATH"] = Folder,
            },
        };
        Assert.Equal(0, (await CliProcess.RunAsync(call)).ExitCode);
        Assert.Contains("a", await Database.TablesAsync());
    }

    [Fact]
    public async Task An_option_wins_over_the_environment()
    {
        ThreeTables();
        var result = await CliProcess.RunAsync(
            Call("up") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["DATABASE_URL"] = "postgres://ann:s3cr3t@127.0.0.1:1/db",
                    ["MIGRATION_PATH"] = "/nowhere",
                },
            }
        );
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_paths_are_below_the_current_folder_and_migrations_is_its_default()
    {
        ThreeTables();
        var result = await CliProcess.RunAsync(new CliCall { Arguments = ["up", "-d", "relative.db"], WorkingFolder = Temporary.Path });
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(System.IO.File.Exists(Temporary["relative.db"]));
    }

    [Fact]
    public async Task Several_databases_are_worked_on_in_a_row_and_the_worst_code_counts()
    {
        ThreeTables();
        var letter = Temporary.Write("letter.txt", "Dear reader, " + new string('x', 4000));
        var result = await CliProcess.RunAsync("up", "--path", Folder, "-d", letter, "-d", File);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a", await Database.TablesAsync());
    }

    [Fact]
    public async Task Exit_code_3_tells_pending_work_and_4_tells_edited_scripts()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "2");
        Assert.Equal(0, (await RunAsync("status")).ExitCode);
        Assert.Equal(3, (await RunAsync("status", "--exit-code")).ExitCode);
        await OutputAsync("up");
        Assert.Equal(0, (await RunAsync("status", "--exit-code")).ExitCode);
        Write("001_initial_schema.sql", "CREATE TABLE edited (id integer);");
        Assert.Equal(4, (await RunAsync("status", "--exit-code")).ExitCode);
    }

    [Fact]
    public async Task What_is_for_another_environment_is_not_pending()
    {
        ThreeTables();
        Write("004_seed.sql", "-- Environment: staging\nINSERT INTO b VALUES (9);\n");
        await OutputAsync("up");
        Assert.Equal(0, (await RunAsync("status", "--exit-code")).ExitCode);
        var shown = await OutputAsync("status");
        Assert.Contains("[-] 004_seed", shown, StringComparison.Ordinal);
        Assert.Contains("Total: 3 | Applied: 3 | Pending: 0 | Not for this environment: 1", shown, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("status", "--exit-code", "--environment", "staging")).ExitCode);
        Assert.Contains("Total: 3 | Applied: 3 | Pending: 0", await OutputAsync("status", "--summary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renumbered_script_is_something_found_and_a_renamed_one_is_not()
    {
        ThreeTables();
        await OutputAsync("up");
        System.IO.File.Move(FileOf("003_add_user_prefs.sql"), FileOf("003_prefs.sql"));
        System.IO.File.Move(FileOf("003_add_user_prefs_rollback.sql"), FileOf("003_prefs_rollback.sql"));
        Assert.Contains("003_prefs", await OutputAsync("status", "--exit-code"), StringComparison.Ordinal);
        System.IO.File.Move(FileOf("003_prefs.sql"), FileOf("004_prefs.sql"));
        System.IO.File.Move(FileOf("003_prefs_rollback.sql"), FileOf("004_prefs_rollback.sql"));
        var status = await RunAsync("status", "--exit-code");
        Assert.Equal(4, status.ExitCode);
        Assert.Contains("applied as 003_add_user_prefs", status.Output, StringComparison.Ordinal);
        Assert.Contains("(Renamed)", await OutputAsync("repair", "004"), StringComparison.Ordinal);
        await OutputAsync("status", "--exit-code");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("sqlite_journal")]
    public async Task A_name_that_cannot_be_the_history_is_wrong_use(string name)
    {
        ThreeTables();
        await FailsAsync(ErrorId.UsageInvalid, 2, [], "up", "--history-table", name);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task What_if_shows_the_sql_and_touches_nothing()
    {
        ThreeTables();
        Assert.Contains("CREATE TABLE b (id integer);", await OutputAsync("up", "--what-if"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!));
        await OutputAsync("up");
        var before = await System.IO.File.ReadAllBytesAsync(File);
        Assert.Contains("DROP TABLE b;", await OutputAsync("reset", "--what-if"), StringComparison.Ordinal);
        Write("001_initial_schema.sql", "CREATE TABLE edited (id integer);");
        await OutputAsync("repair", "--what-if");
        await OutputAsync("create", "more", "--what-if");
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
        Assert.Equal(6, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public async Task Azure_pipelines_get_issues_that_a_script_cannot_forge()
    {
        ThreeTables();
        Migration("004_forged", "SELECT 1;\nINSERT INTO \"##vso[task.setvariable variable=x;]y\nno%where\" VALUES (1);\n");
        var result = await CliProcess.RunAsync(
            Call("up") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TF_BUILD"] = "True" },
            }
        );
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(
            @"(?m)^##vso\[task\.logissue type=error;sourcepath=.+004_forged\.sql;linenumber=2;columnnumber=\d+;code=StatementFailed;\].+$",
            result.Output
        );
        Assert.Matches(@"(?m)^##vso\[task\.setprogress value=\d+;\]", result.Output);
        Assert.DoesNotContain("##vso[task.setvariable", result.All, StringComparison.Ordinal);
        Assert.Contains("no%AZP25where", result.Output, StringComparison.Ordinal);
        var status = await CliProcess.RunAsync(
            Call("status") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TF_BUILD"] = "True" },
            }
        );
        Assert.DoesNotContain("##vso[task.setvariable", status.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "GITHUB_ACTIONS")]
    [InlineData("--log-format github")]
    [InlineData("--log-format GitHub", "TF_BUILD")]
    [InlineData("--config log.json")]
    [InlineData("--config log.json --output json")]
    public async Task GitHub_gets_issues_at_the_line_of_the_repository(string options, params string[] variables)
    {
        System.IO.File.WriteAllText(Path.Combine(Folder, "..", "log.json"), """{ "logFormat": "github" }""");
        Migration("001_forged", "SELECT 1;\nINSERT INTO \"::set-env name=a::##[group]\n  ::x::y\" VALUES (1);\n");
        foreach (var command in new[] { "up", "status", "history" })
        {
            var call = Call([command, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            var environment = variables.ToDictionary(v => v, _ => "true", StringComparer.Ordinal);
            environment["GITHUB_WORKSPACE"] = Path.GetDirectoryName(Folder)!;
            var result = await CliProcess.RunAsync(call with { Environment = environment });
            if (command is "up")
            {
                Assert.Equal(1, result.ExitCode);
                Assert.Matches(@"(?m)^::error file=migrations/001_forged\.sql,line=2,col=\d+,title=StatementFailed::.*%0A", result.All);
            }

            Assert.DoesNotMatch(@"(?m)^\s*::(?!error file=)", result.All);
            Assert.DoesNotContain("##[", result.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_commands_are_written_where_they_are_switched_off_and_the_service_still_finds_none()
    {
        Migration("001_forged", "INSERT INTO \"##vso[task.complete]x\" VALUES (1);\n");
        var result = await CliProcess.RunAsync(
            Call("up", "--log-format", "text") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TF_BUILD"] = "True" },
            }
        );
        Assert.DoesNotContain("##vso", result.All, StringComparison.Ordinal);
        Assert.Contains("# #vso[task.complete]x", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_makes_the_next_migration_of_the_folder()
    {
        ThreeTables();
        await OutputAsync("create", "add user preferences");
        var up = await System.IO.File.ReadAllTextAsync(FileOf("004_add_user_preferences.sql"));
        Assert.Contains("Migration: 004_add_user_preferences", up, StringComparison.Ordinal);
        Assert.True(System.IO.File.Exists(FileOf("004_add_user_preferences_rollback.sql")));
        await FailsAsync(ErrorId.FolderInvalid, 1, ["004_add_user_preferences.sql"], "up");
    }

    [Fact]
    public async Task Services_keep_histories_of_their_own()
    {
        ThreeTables();
        await OutputAsync("up", "--service", "api", "--first", "1");
        Assert.Contains("Applied: 1", await OutputAsync("status", "--service", "api"), StringComparison.Ordinal);
        Assert.Contains("Applied: 0", await OutputAsync("status", "--service", "scores"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_chooses_its_migrations()
    {
        Migration("001_data", "-- Environment: local\nCREATE TABLE a (id integer);");
        Assert.Contains("Nothing to apply", await OutputAsync("up", "--environment", "production"), StringComparison.Ordinal);
        Assert.Contains("Applied 1 migration", await OutputAsync("up", "--environment", "local"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("up", "--help")]
    [InlineData("--version")]
    public async Task Help_is_there(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);
        Assert.Equal(0, result.ExitCode);
        Assert.NotEqual("", result.Output.Trim());
    }

    [Theory]
    [InlineData("postgres://ann:s3cr3t@host:port/db")]
    [InlineData("Host=h;Password=s3cr3t;No Such Key=1")]
    public async Task A_malformed_connection_is_not_repeated(string text)
    {
        var result = await CliProcess.RunAsync("status", "--database", text, "--path", Folder);
        AssertError(result, ErrorId.TargetInvalid, 2);
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
    }
}
