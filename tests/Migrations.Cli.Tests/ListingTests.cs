using System.Text.RegularExpressions;

namespace Migrations.Cli.Tests;

/// <summary>What people read: the status listing, the run, the history.</summary>
public abstract class ListingConformance(string engine) : CliTests(engine)
{
    [Fact]
    public async Task Status_lists_as_people_know_it()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "2");
        var lines = Regex
            .Replace(
                await OutputAsync("status"),
                @"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
                "2024-01-15 10:30:22",
                RegexOptions.None,
                TimeSpan.FromSeconds(5)
            )
            .Split('\n');
        Assert.StartsWith("Migration Status: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(new string('=', lines[0].Length), lines[1]);
        Assert.Equal(
            """

            [x] 001_initial_schema  (applied: 2024-01-15 10:30:22)
            [x] 002_add_indexes     (applied: 2024-01-15 10:30:22)
            [ ] 003_add_user_prefs

            Total: 3 | Applied: 2 | Pending: 1

            """.ReplaceLineEndings("\n"),
            string.Join('\n', lines[2..])
        );
    }

    [Fact]
    public async Task Every_state_has_its_mark()
    {
        ThreeTables();
        Migration("004_failing", "INSERT INTO nowhere VALUES (1);", "SELECT 1;");
        await RunAsync("up");
        Write("001_initial_schema.sql", "CREATE TABLE edited (id integer);");
        File.Delete(FileOf("002_add_indexes.sql"));
        File.Delete(FileOf("002_add_indexes_rollback.sql"));
        Migration("002.5_late", "CREATE TABLE late (id integer);");
        var listing = await OutputAsync("status");
        Assert.Matches(@"(?m)^\[~\] 001_initial_schema  \(applied: .+\)  edited since$", listing);
        Assert.Matches(@"(?m)^\[\?\] 002_add_indexes     \(applied: .+\)  file is missing$", listing);
        Assert.Matches(@"(?m)^\[<\] 002\.5_late          out of order: older than an applied one, no undo$", listing);
        Assert.Matches(@"(?m)^\[x\] 003_add_user_prefs  \(applied: .+\)$", listing);
        Assert.Matches(@"(?m)^\[!\] 004_failing         failed$", listing);
        Assert.Contains("nowhere", listing, StringComparison.Ordinal);
        Assert.Contains(
            "Total: 5 | Applied: 3 | Pending: 2 | Failed: 1 | Changed: 1 | Missing: 1 | Out of order: 1",
            listing,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Up_and_down_say_each_step()
    {
        ThreeTables();
        var up = await OutputAsync("up");
        Assert.Matches(@"(?m)^Applying 3 migrations to .+$", up);
        Assert.Matches(@"(?m)^\[3/3\] Applied 003_add_user_prefs in .+, 2 rows$", up);
        Assert.Matches(@"(?m)^Applied 3 migrations to .+ in .+\.$", up);
        Assert.Contains("Nothing to apply", await OutputAsync("up"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\[1/1\] Rolled back 003_add_user_prefs in .+$", await OutputAsync("down", "--accept-data-loss"));
        Assert.Matches(@"(?m)^\[ \] 003_add_user_prefs  rolled back$", await OutputAsync("status"));
        Assert.Contains("Rolled back 2 migrations", await OutputAsync("reset", "--yes"), StringComparison.Ordinal);
        Assert.Contains("Nothing to roll back", await OutputAsync("down"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_lists_every_event()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        await OutputAsync("down", "--accept-data-loss");
        var lines = (await OutputAsync("history")).Split('\n');
        Assert.Single(
            lines,
            l => l.Contains("001_initial_schema", StringComparison.Ordinal) && l.Contains("applied", StringComparison.Ordinal)
        );
        Assert.Single(
            lines,
            l => l.Contains("001_initial_schema", StringComparison.Ordinal) && l.Contains("rolled back", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task History_lists_the_events_that_are_wanted()
    {
        ThreeTables();
        await OutputAsync("up");
        await OutputAsync("down", "--accept-data-loss");
        var text = await OutputAsync("history", "--last", "1", "--event", "rolled-back", "--name", "3", "--since", "1h");
        Assert.Single(
            text.Split('\n'),
            l => l.Contains("_", StringComparison.Ordinal) && l.Contains(" rolled back ", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("001_initial_schema", text, StringComparison.Ordinal);
        Assert.Contains("No recorded event matches.", await OutputAsync("history", "--since", "2999-12-31"), StringComparison.Ordinal);
        await FailsAsync(ErrorId.UsageInvalid, 2, ["Invalid moment 'soon' for --since.", "7d"], "history", "--since", "soon");
        await FailsAsync(ErrorId.UsageInvalid, 2, ["--event", "rolled-back"], "history", "--event", "nonsense");
    }

    [Fact]
    public async Task Up_keeps_a_file_with_the_schema()
    {
        ThreeTables();
        await OutputAsync("up", "--what-if", "--schema-file", "migrations/schema.sql");
        Assert.False(File.Exists(FileOf("schema.sql")));
        await OutputAsync("up", "--schema-file", "migrations/schema.sql");
        Assert.Contains("a_id", await File.ReadAllTextAsync(FileOf("schema.sql")), StringComparison.Ordinal);
        await FailsAsync(ErrorId.UsageInvalid, 2, ["schema.sql", "--schema-file"], "up", "--schema-file", "migrations/005_x.sql");
    }

    [Fact]
    public async Task A_profile_shows_what_took_longest_first()
    {
        ThreeTables();
        await OutputAsync("up");
        await Database.ExecuteAsync("UPDATE migration_journal SET execution_time_ms = 10 * id");
        var lines = (await OutputAsync("history", "--profile")).TrimEnd().Split('\n');
        Assert.Matches(@"^Migration +Runs +Last +Median +Longest +Statements +Rows +Share$", lines[2]);
        Assert.Matches(@"^003_add_user_prefs +1 +30 ms +30 ms +30 ms +2 +2 +50\.0 %$", lines[4]);
        Assert.Matches(@"^001_initial_schema +1 +10 ms .* 16\.7 %$", lines[6]);
        Assert.Contains(
            "No measured run is recorded.",
            await OutputAsync("history", "--profile", "--name", "no such"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_database_that_does_not_exist_yet_has_everything_pending()
    {
        ThreeTables();
        var address = Database is PostgreSqlTestDatabase postgres ? postgres.Server.UrlOf("no_such_db") : Temporary["missing.db"];
        Task<CliResult> StatusAsync(params string[] more) =>
            CliProcess.RunAsync(["status", "--database", address, "--path", Folder, .. more]);
        var status = await StatusAsync();
        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Contains("Total: 3 | Applied: 0 | Pending: 3", status.Output, StringComparison.Ordinal);
        Assert.Contains("does not exist yet", status.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await StatusAsync("--exit-code")).ExitCode);
        var summary = await StatusAsync("--summary");
        Assert.Matches(@"(?m)^Database: .* \(does not exist yet\)$", summary.Output);
        Assert.Matches($@"(?m)^Engine: +{Engine}$", summary.Output);
        Assert.False(File.Exists(Temporary["missing.db"]));
    }

    [Fact]
    public async Task Summary_is_one_record_for_each_database()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        var summary = await OutputAsync("status", "--summary");
        Assert.Contains(Engine, summary, StringComparison.Ordinal);
        Assert.DoesNotContain("002_add_indexes", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_and_baseline_say_what_they_compared()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE a (id integer)");
        Assert.Contains("001_initial_schema", await OutputAsync("baseline", "002"), StringComparison.Ordinal);
        Write("001_initial_schema.sql", "CREATE TABLE edited (id integer);");
        await FailsAsync(ErrorId.MigrationChanged, 1, ["001_initial_schema"], "up");
        // Of what nobody named, the list is shown, and nothing is done without a yes.
        await FailsAsync(
            ErrorId.ConfirmationRequired,
            2,
            ["--yes", "001_initial_schema (Changed)", "line 1:", "+ CREATE TABLE edited (id integer)"],
            "repair"
        );
        await FailsAsync(ErrorId.MigrationChanged, 1, ["001_initial_schema"], "up");
        var output = await OutputAsync("repair", "--yes");
        Assert.Contains("SHA-256", output, StringComparison.Ordinal);
        Assert.Contains("    + CREATE TABLE edited (id integer)", output, StringComparison.Ordinal);
        await FailsAsync(ErrorId.RepairNotNeeded, 1, [], "repair");
    }

    [Fact]
    public async Task No_colour_reaches_a_pipe()
    {
        ThreeTables();
        var result = await RunAsync("up");
        Assert.DoesNotContain('\u001b', result.All);
        var plain = await CliProcess.RunAsync(
            Call("status") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["NO_COLOR"] = "1" },
            }
        );
        Assert.DoesNotContain('\u001b', plain.All);
    }
}

public sealed class SqliteListingTests() : ListingConformance("SQLite");

public sealed class PostgreSqlListingTests() : ListingConformance("PostgreSQL");
