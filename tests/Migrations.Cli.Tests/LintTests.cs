using System.Text.Json;

namespace Migrations.Cli.Tests;

/// <summary>What rules find in migrations, as the command shows it.</summary>
public abstract class LintConformance(string engine) : CliTests(engine)
{
    private string[] Alone => ["lint", "--engine", Engine.ToLowerInvariant(), "--path", Folder];

    private void TwoFindings()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t text, u text);\n", "DROP TABLE a;\n");
        Migration(
            "002_t",
            "-- ##vso[task.complete]\n\n  ALTER TABLE a DROP COLUMN t;\nALTER TABLE a RENAME COLUMN u TO v;\n",
            "SELECT 1;\n"
        );
    }

    private Task<CliResult> AloneAsync(params string[] more) =>
        CliProcess.RunAsync(new CliCall { Arguments = [.. Alone, .. more], WorkingFolder = Temporary.Path });

    [Fact]
    public async Task It_shows_place_reason_and_safe_sql_and_ends_with_4()
    {
        TwoFindings();
        var result = await AloneAsync();
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("migrations/002_t.sql:3:", result.Output, StringComparison.Ordinal);
        Assert.Contains(": drop-column", result.Output, StringComparison.Ordinal);
        Assert.Contains("Safe: Let programs leave the column out first", result.Output, StringComparison.Ordinal);
        Assert.Contains("2 findings in 1 file.", result.Output, StringComparison.Ordinal);

        var clean = await AloneAsync("001", "--off", "no-down");
        Assert.Equal((0, "Nothing found.\n"), (clean.ExitCode, clean.Output));
        var off = await AloneAsync("--off", "drop-column", "--off", "rename-column");
        Assert.Equal(0, off.ExitCode);
    }

    [Fact]
    public async Task Programs_get_objects_and_build_services_annotations()
    {
        TwoFindings();
        var json = (await AloneAsync("--output", "json")).Json;
        Assert.Equal(2, json.GetArrayLength());
        Assert.Equal(
            ("drop-column", 3, "002_t", JsonValueKind.Null),
            (
                json[0].GetProperty("rule").GetString(),
                json[0].GetProperty("line").GetInt32(),
                json[0].GetProperty("migration").GetString(),
                json[0].GetProperty("database").ValueKind
            )
        );
        Assert.Contains("ALTER TABLE a DROP COLUMN t;", json[0].GetProperty("rewrite").ToString(), StringComparison.Ordinal);

        var azure = await AloneAsync("--log-format", "azure-devops");
        Assert.Contains(
            $"##vso[task.logissue type=warning;sourcepath={FileOf("002_t.sql")};linenumber=3;",
            azure.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("##vso[task.complete]", azure.Output, StringComparison.Ordinal);
        var github = await AloneAsync("--log-format", "github");
        Assert.Matches($"::warning file={FileOf("002_t.sql")},line=4,col=[0-9]+::Renames u of a", github.Output);
    }

    [Fact]
    public async Task A_sarif_file_has_rules_and_places()
    {
        TwoFindings();
        await AloneAsync("--sarif", Temporary["lint.sarif"]);
        using var sarif = JsonDocument.Parse(await File.ReadAllTextAsync(Temporary["lint.sarif"]));
        var run = sarif.RootElement.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        var result = run.GetProperty("results")[1];
        Assert.Equal("rename-column", result.GetProperty("ruleId").GetString());
        Assert.Equal("rename-column", rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("migrations/002_t.sql", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(4, place.GetProperty("region").GetProperty("startLine").GetInt32());

        await FailsAsync(ErrorId.DiskFailed, 1, ["could not be written"], "lint", "--sarif", Temporary["no/such/folder.sarif"]);
    }

    [Fact]
    public async Task Safe_steps_are_written_where_they_are_proven()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        await OutputAsync("up");
        Write("002_b.sql", "DROP TABLE a;\n");
        var found = await RunAsync("lint", "--rewrite", "--what-if", "--output", "json");
        var preview = found.Json.EnumerateArray().Single(f => f.GetProperty("rule").GetString() == "drop-table");
        Assert.True(preview.GetProperty("written").GetArrayLength() == 2, found.Output + found.Error);
        Assert.Equal(2, Directory.GetFiles(Temporary["migrations"]).Length);

        var written = await RunAsync("lint", "--rewrite");
        Assert.Equal(4, written.ExitCode);
        Assert.Contains("  Proven: migrations/003_b_contract.sql", written.Output, StringComparison.Ordinal);
        Assert.StartsWith("ALTER TABLE a RENAME TO a_unused;", await File.ReadAllTextAsync(FileOf("002_b.sql")), StringComparison.Ordinal);
        await OutputAsync("up", "--no-hooks");
        await FailsAsync(ErrorId.UsageInvalid, 2, ["no database is given"], "lint", "--engine", "sqlite", "--rewrite");
    }

    [Theory]
    [InlineData("UPDATE a SET t = 'x' WHERE t IS NULL;")]
    [InlineData("UPDATE a SET t = 'x' WHERE ${batch} AND t IS NULL;")]
    public async Task A_file_in_batches_is_linted_and_shown_as_it_runs(string statement)
    {
        Migration(
            "001_a",
            "CREATE TABLE a (id integer PRIMARY KEY, t text);\nINSERT INTO a (id) VALUES (1), (2), (3);\n",
            "DROP TABLE a;\n"
        );
        await OutputAsync("up");
        Migration("002_fill", $"-- Batch: 2 rows\n{statement}\n", "SELECT 1;\n");
        Assert.Equal(0, (await RunAsync("lint")).ExitCode);
        var planned = await OutputAsync("up", "--what-if");
        Assert.Contains($"002_fill.sql), in batches of 2 rows\n{statement}\n", planned, StringComparison.Ordinal);

        Migration("003_both", $"-- Batch: 2 rows\n{statement}\nUPDATE a SET t = 'y';\n", "SELECT 1;\n");
        var refused = await AloneAsync("003", "--output", "json");
        Assert.Contains(refused.Json.EnumerateArray(), f => f.GetProperty("rule").GetString() == "cannot-run");
        await FailsAsync(ErrorId.FolderInvalid, 1, ["003_both.sql"], "up", "--what-if");
    }

    [Fact]
    public async Task Up_warns_what_if_shows_and_strict_refuses()
    {
        TwoFindings();
        await OutputAsync("up", "--target", "001");
        Assert.Equal(4, (await RunAsync("lint")).ExitCode);
        var planned = await RunAsync("up", "--what-if");
        Assert.Contains("warning: 002_t.sql:3: Drops t of a with its values.", planned.Error, StringComparison.Ordinal);
        await FailsAsync(ErrorId.UnsafeChange, 1, ["002_t.sql:4: Renames u of a", "-- allow: drop-column <reason>"], "up", "--strict");
        Temporary.Write("migrations.json", """{ "advice": { "strict": true, "off": ["rename-column"] } }""");
        await FailsAsync(ErrorId.UnsafeChange, 1, ["1 finding in the pending migrations"], "up");
        Assert.Contains("rename-column", await OutputAsync("config"), StringComparison.Ordinal);
        Temporary.Write("migrations.json", """{ "advice": { "off": ["rename-colum"] } }""");
        await FailsAsync(ErrorId.ConfigurationInvalid, 2, ["There is no rule 'rename-colum'", "Did you mean 'rename-column'?"], "up");
        File.Delete(Temporary["migrations.json"]);
        var applied = await RunAsync("up", "--log-format", "github");
        Assert.Equal(0, applied.ExitCode);
        Assert.Contains($"::warning file={FileOf("002_t.sql")},line=3,", applied.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("lint")).ExitCode);
    }
}

public sealed class SqliteLintTests() : LintConformance("SQLite");

public sealed class PostgreSqlLintTests() : LintConformance("PostgreSQL");
