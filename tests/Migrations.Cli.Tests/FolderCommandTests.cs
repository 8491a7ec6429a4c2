namespace Migrations.Cli.Tests;

/// <summary>What a folder must not hold, and what <c>create</c> makes of it.</summary>
public abstract class FolderCommandTests(string engine) : CliTests(engine)
{
    [Fact]
    public async Task A_bad_folder_stops_every_command_before_anything_runs()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer);\n");
        foreach (
            var (name, text, message) in new[]
            {
                ("002_b.sql", "CREATE TABLE b (id integer);\n-- Rollback:\nDROP TABLE b;\n", "looks like the beginning of a down section"),
                ("002_b.sql", "--liquibase formatted sql\nSELECT 1;", "Liquibase"),
                ("002_b.sql", "SELECT 1;\n\u200BSELECT 2;", "(U+200B)"),
                ("002_b.sql", "SELECT 1;\n=======\nSELECT 2;", "Git conflict marker"),
                ("002_b_down.sql", "DROP TABLE a;", "002_b_down.up.sql"),
                ("002_b.sql.txt", "SELECT 1;", "Rename it to '002_b.sql'"),
            }
        )
        {
            Write(name, text);
            foreach (var command in new[] { "up", "status", "test" })
                await FailsAsync(ErrorId.FolderInvalid, 1, [name, message], command);
            File.Delete(FileOf(name));
        }

        Assert.Contains("Applied 1 migration", await OutputAsync("up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_undo_of_a_migration_is_written_and_what_has_none_is_said()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        Write("002_b.sql", "DELETE FROM a;\n");
        var shown = await OutputAsync("create", "--undo-of", "a", "--what-if");
        Assert.Contains("would create", shown, StringComparison.Ordinal);
        Assert.Contains("DROP TABLE", shown, StringComparison.Ordinal);
        var result = await RunAsync("create", "--missing-undo", "--output", "json");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("\"outcome\": \"Written\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("Line 1: DELETE", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(FileOf("001_a.down.sql")));
        await FailsAsync(ErrorId.GenerationRefused, 4, ["finds no fault"], "create", "--undo-of", "001");
        await FailsAsync(ErrorId.UsageInvalid, 2, ["cannot be used together"], "create", "x", "--missing-undo");
    }

    [Fact]
    public async Task A_migration_is_written_from_a_schema_or_the_reason_said()
    {
        Write("../schema.sql", "CREATE TABLE a (id integer PRIMARY KEY, n integer);\n");
        Assert.Contains("created ", await OutputAsync("create", "first", "--from", FileOf("../schema.sql")), StringComparison.Ordinal);
        Write("../schema.sql", "CREATE TABLE a (id integer PRIMARY KEY, m integer);\n");
        string[] next = ["create", "second", "--from", FileOf("../schema.sql"), "--output", "json"];
        var shown = await OutputAsync([.. next, "--rename", "a.n=m", "--what-if"]);
        Assert.Contains("RENAME COLUMN n TO m", shown, StringComparison.Ordinal);
        Assert.Contains("\"upLosses\": []", shown, StringComparison.Ordinal);
        Write("002_rows.sql", "INSERT INTO a VALUES (1, NULL);\n");
        Write("../schema.sql", "CREATE TABLE a (id integer PRIMARY KEY, n integer NOT NULL);\n");
        var refused = await RunAsync("create", "third", "--from", FileOf("../schema.sql"));
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("not written", refused.Output, StringComparison.Ordinal);
        await FailsAsync(ErrorId.UsageInvalid, 2, ["--rename and --with-data need --from."], "create", "x", "--rename", "a=b");
    }

    [Fact]
    public async Task Migrations_are_folded_into_one_or_those_named_that_cannot_be()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        Write("002_b.sql", "INSERT INTO a VALUES (1);\n");
        Write("003_c.sql", "-- Transaction: none\nCREATE TABLE c (id integer);\n");
        await OutputAsync("up");
        var shown = await OutputAsync("squash", "--to", "002", "--what-if");
        Assert.Contains("the same schema and the same rows as 2 migrations", shown, StringComparison.Ordinal);
        Assert.Contains("would move to ", shown, StringComparison.Ordinal);
        Assert.Contains("-- Replaces: 001_a sha256:", shown, StringComparison.Ordinal);
        var refused = await RunAsync("squash", "--to", "003");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("003_c: it runs outside a transaction", refused.Output, StringComparison.Ordinal);
        var json = await OutputAsync("squash", "--to", "002", "--name", "first", "--output", "json");
        Assert.Contains("\"replaces\": [", json, StringComparison.Ordinal);
        Assert.Contains("Nothing to fold", await OutputAsync("squash", "--to", "2"), StringComparison.Ordinal);
        Assert.Contains("002_first", await OutputAsync("up"), StringComparison.Ordinal);
        Assert.Contains("squashed", await OutputAsync("history"), StringComparison.OrdinalIgnoreCase);
        Assert.True(File.Exists(FileOf("archive/001_a.sql")));
    }

    [Fact]
    public async Task An_empty_folder_is_an_error_unless_it_is_allowed()
    {
        await FailsAsync(ErrorId.FolderEmpty, 1, ["contains no migrations", "--allow-empty"], "up");
        Assert.Contains("Nothing to apply", await OutputAsync("up", "--allow-empty"), StringComparison.Ordinal);
        await FailsAsync(ErrorId.FolderEmpty, 1, ["contains no migrations"], "status");
        var check = await RunAsync("check");
        Assert.Equal(4, check.ExitCode);
        Assert.Contains("contains no migrations", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrations_in_PowerShell_are_shown_and_nothing_of_the_folder_is_run()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer);\n");
        Write("001_a.down.sql", "DROP TABLE a;\n");
        await OutputAsync("up");
        Write("002_b.sql", "CREATE TABLE b (id integer);\n");
        await OutputAsync("create", "c", "--language", "powershell");
        Assert.Contains("[ ] 003_c  in PowerShell", await OutputAsync("status"), StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"PowerShell\"", await OutputAsync("status", "--output", "json"), StringComparison.Ordinal);
        foreach (
            var command in (string[][])
                [
                    ["up"],
                    ["up", "--what-if"],
                    ["test"],
                ]
        )
            await FailsAsync(ErrorId.CodeNeedsModule, 1, ["003_c", "only the module runs", "Invoke-Migration"], command);
        Assert.Contains("[ ] 002_b", await OutputAsync("status"), StringComparison.Ordinal);
        Assert.Contains("001_a", await OutputAsync("history"), StringComparison.Ordinal);
        Assert.Contains("Applied 1 migration", await OutputAsync("up", "--target", "002"), StringComparison.Ordinal);
        await Database.ExecuteAsync(
            "INSERT INTO migration_journal (run_id, version, name, direction, event, applied_at, applied_by, host, success, tool_version) "
                + "SELECT run_id, '003', '003_c', direction, event, applied_at, applied_by, host, success, tool_version "
                + "FROM migration_journal WHERE name = '002_b'"
        );
        await FailsAsync(ErrorId.CodeNeedsModule, 1, ["003_c"], "down");
    }

    [Fact]
    public async Task A_header_that_names_no_migration_is_named_by_file_and_line()
    {
        Write("001_a.sql", "-- Description: first\n-- Depends-On: 009_gone\nCREATE TABLE a (id integer);\n");
        await FailsAsync(ErrorId.MigrationUnknown, 1, ["001_a.sql:2", "'Depends-On: 009_gone'"], "up");
    }

    [Fact]
    public async Task Create_writes_no_undo_that_wrangler_would_run()
    {
        Temporary.Write("wrangler.toml", "[[d1_databases]]\nbinding = \"DB\"\n");
        Write("0001_tags.sql", "CREATE TABLE tags (name text);\n");
        await OutputAsync("create", "rebuild_tags");
        Assert.Equal(
            ["0001_tags.sql", "0002_rebuild_tags.sql"],
            Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.True(File.Exists(FileOf("rollback/0002_rollback.sql")));
    }
}

public sealed class SqliteFolderCommandTests() : FolderCommandTests("SQLite");

public sealed class PostgreSqlFolderCommandTests() : FolderCommandTests("PostgreSQL");
