using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>A script fails: what the database, the history and the error say, and how to go on.</summary>
public abstract class FailureConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task A_recorded_failure_gives_its_place_once_with_the_folder_where_the_file_says_little()
    {
        Write("20240101120000_users/up.sql", "CREATE TABL x (i integer);\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        var recorded = (await StatusOfAsync("20240101120000_users")).Error!;
        Assert.Equal(2, recorded.Split("up.sql").Length);
        Assert.Contains("20240101120000_users/up.sql", recorded, StringComparison.Ordinal);
        Assert.Contains("20240101120000_users/up.sql", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_script_leaves_nothing_and_is_recorded()
    {
        ThreeTables();
        Migration(
            "002_b",
            "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\n\n  INSERT INTO nowhere VALUES (1);\n",
            "DROP TABLE b;"
        );
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Contains(Kind.NoSuchTable("nowhere"), error.Message, StringComparison.Ordinal);
        Assert.Equal(Kind.NoSuchTableCode, error.Code);
        Assert.Equal(FileOf("002_b.up.sql"), error.Location?.File);
        Assert.Equal(4, error.Location?.Line);
        Assert.Contains("INSERT INTO nowhere", error.Statement, StringComparison.Ordinal);
        Assert.Equal(["001_a"], error.Applied.Select(r => r.Name));
        Assert.Equal(["002_b", "003_c"], error.NotApplied);

        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a Applied, 002_b Failed, 003_c Pending", await StatesAsync());
        Assert.Contains(Kind.NoSuchTable("nowhere"), (await StatusOfAsync("002_b")).Error, StringComparison.Ordinal);
        Assert.Equal("001_a applied, 002_b failed", await JournalAsync());
        Assert.False((await Engine().GetSummaryAsync()).Healthy);
        Assert.Equal(1, (await Engine().GetSummaryAsync()).Failed);

        Migration("002_b", "CREATE TABLE b (id integer);");
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Null((await StatusOfAsync("002_b")).Error);
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
    }

    [Fact]
    public async Task A_syntax_error_is_found_in_its_line()
    {
        Migration("001_a", string.Concat(Enumerable.Repeat("-- a comment\n", 37)) + "CREATE TABLE a (\n  id integer,\n  CREATE oops\n);\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal(40, error.Location?.Line);
        Assert.Equal(3, error.Location?.Column);
        Assert.Contains("syntax error", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_failed_undo_leaves_the_migration_applied_with_its_error()
    {
        ThreeTables();
        await ApplyAsync();
        Write("003_c.down.sql", "DROP TABLE c;\nDROP TABLE nowhere;");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => UndoAsync());
        Assert.Equal(2, error.Location?.Line);
        Assert.Equal(["003_c"], error.NotApplied);
        Assert.Equal("a, b, c", await TablesAsync());
        var status = await StatusOfAsync("003_c");
        Assert.Equal(MigrationState.Applied, status.State);
        Assert.Contains("nowhere", status.Error, StringComparison.Ordinal);

        Write("003_c.down.sql", "DROP TABLE c;");
        Assert.Equal("003_c", Names(await UndoAsync()));
        Assert.Null((await StatusOfAsync("003_c")).Error);
    }

    [Fact]
    public async Task A_script_without_a_transaction_goes_on_at_the_failed_statement()
    {
        Migration(
            "001_steps",
            "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES "
                + "(1);\nINSERT INTO a VALUES (3);\n"
        );
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal(4, error.Location?.Line);
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.Equal("001_steps Failed", await StatesAsync());

        Migration(
            "001_steps",
            "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES "
                + "(2);\nINSERT INTO a VALUES (3);\n"
        );
        Assert.Equal("001_steps", Names(await ApplyAsync()));
        Assert.Equal(["1", "2", "3"], await Database.RowsAsync("SELECT id FROM a ORDER BY id"));
        Assert.Equal("001_steps Applied", await StatesAsync());
    }

    [Fact]
    public async Task A_script_is_not_resumed_when_a_statement_that_ran_was_edited()
    {
        Migration(
            "001_steps",
            "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (1);\n"
        );
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Migration(
            "001_steps",
            "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (99);\nINSERT INTO a VALUES (2);\n"
        );
        var error = await ThrowsAsync<MigrationException>(ErrorId.StatementEdited, () => ApplyAsync());
        Assert.Equal(3, error.Location?.Line);
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));

        Migration("001_steps", "-- Transaction: none\nCREATE TABLE a (id integer);\n");
        await ThrowsAsync<MigrationException>(ErrorId.StatementEdited, () => ApplyAsync());
    }

    [Fact]
    public async Task Without_transactions_every_statement_stands_for_itself()
    {
        ThreeTables();
        var none = new ApplyRequest { TransactionMode = TransactionMode.None };
        Migration("002_b", "CREATE TABLE b (id integer);\nINSERT INTO nowhere VALUES (1);");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(none));
        Assert.Equal("a, b", await TablesAsync());
        Migration("002_b", "CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);");
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync(none)));
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM b"));
    }

    [Fact]
    public async Task One_statement_that_needs_to_be_alone_needs_no_directive()
    {
        Migration("001_vacuum", "-- tidy up\nVACUUM;\n");
        Assert.Equal("001_vacuum", Names(await ApplyAsync()));
        Assert.Equal("001_vacuum Applied", await StatesAsync());
    }

    [Fact]
    public async Task A_mixed_script_is_refused_before_anything_runs()
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_mixed", "CREATE TABLE b (id integer);\n\nVACUUM;\n");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        var problem = Assert.Single(error.Problems);
        Assert.Equal(ErrorId.ScriptMixed, problem.Id);
        Assert.Equal(3, problem.Location.Line);
        Assert.Equal("", await TablesAsync());
    }

    [Theory]
    [InlineData("BEGIN;\nCREATE TABLE a (id integer);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (id integer);\nCOMMIT;\n")]
    [InlineData("BEGIN;\nCREATE TABLE a (id integer);\nROLLBACK;\n")]
    public async Task Transaction_control_that_cannot_be_kept_whole_is_refused(string script)
    {
        Migration("001_a", script);
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.All(error.Problems, p => Assert.Equal(ErrorId.TransactionControlInvalid, p.Id));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_script_with_its_own_wrapper_is_still_one_with_its_record()
    {
        Migration("001_a", "BEGIN TRANSACTION;\nCREATE TABLE a (id integer);\nCOMMIT;\n", "BEGIN;\nDROP TABLE a;\nEND;\n");
        Migration("002_bad", "BEGIN;\nCREATE TABLE b (id integer);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal(3, error.Location?.Line);
        Assert.Equal("a", await TablesAsync());
        Assert.Equal("001_a applied, 002_bad failed", await JournalAsync());
        await UndoAsync();
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task An_unterminated_literal_is_refused_or_failed_in_its_file()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES ('x);\n");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync());
        Assert.Contains("001_a.up.sql", error.Message + error.Location, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task All_bad_files_are_named_at_once_and_nothing_runs()
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Write("2.up.sql.sql", "CREATE TABLE b (id integer);");
        File.WriteAllBytes(FileOf("004_latin.up.sql"), [.. "-- caf"u8, 0xE9, .. "\nCREATE TABLE d (id integer);"u8]);
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Contains(error.Problems, p => p.Id == ErrorId.FileNameInvalid);
        Assert.Contains(error.Problems, p => p.Id == ErrorId.EncodingInvalid && p.Message.Contains('6', StringComparison.Ordinal));
        Assert.All(error.Problems, p => Assert.NotEmpty(p.Remedy.ToString()));
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_script_that_was_never_written_stops_the_run_and_an_empty_one_is_only_recorded()
    {
        Write("001_nothing.up.sql", "-- this number was given away\n");
        Write("002_later.up.sql", "-- Description: to be written\n");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal(
            (ErrorId.ScriptEmpty, "002_later.up.sql"),
            (Assert.Single(error.Problems).Id, Path.GetFileName(error.Problems[0].Location.File))
        );

        File.Delete(FileOf("002_later.up.sql"));
        Assert.Equal("001_nothing", Assert.Single(await ApplyAsync()).Name);
    }

    [Fact]
    public async Task A_missing_folder_is_an_error()
    {
        Directory.Delete(Folder);
        var error = await ThrowsAsync<MigrationException>(ErrorId.FolderMissing, () => ApplyAsync());
        Assert.Contains(Folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_stopped()
    {
        Migration("001_slow", $"-- Timeout: 1s\nCREATE TABLE a (id integer);\n{Kind.SlowStatement};\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementTimedOut, () => ApplyAsync());
        Assert.Equal(3, error.Location?.Line);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task What_was_read_and_checked_is_what_runs()
    {
        ThreeTables();
        Events = ChangingFile("002_b");
        await ApplyAsync();
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal(MigrationState.Changed, (await StatusOfAsync("002_b")).State);
    }

    [Fact]
    public async Task A_larger_file_that_changes_during_the_run_is_not_run()
    {
        ThreeTables();
        Migration("002_b", $"CREATE TABLE b (id integer); -- {new string('x', 20_000)}\n");
        Events = ChangingFile("002_b");
        var error = await ThrowsAsync<MigrationException>(ErrorId.FileChanged, () => ApplyAsync());
        Assert.Contains("002_b", error.Message, StringComparison.Ordinal);
        Assert.Equal(["001_a"], error.Applied.Select(r => r.Name));
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task A_full_disk_is_told_apart_from_a_bad_statement()
    {
        Migration(
            "001_full",
            Kind == DatabaseKind.Sqlite
                ? "CREATE TABLE a (t text);\nPRAGMA max_page_count = 20;\nINSERT INTO a SELECT hex(zeroblob(500000));\n"
                : "CREATE TABLE a (t text);\n\nDO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;\n"
        );
        var error = await ThrowsAsync<MigrationException>(ErrorId.DiskFailed, () => ApplyAsync());
        Assert.Equal(3, error.Location?.Line);
        Assert.Equal("", await TablesAsync());
        Migration("001_full", "CREATE TABLE a (t text);\n");
        Assert.Equal("001_full", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task What_a_script_sets_on_the_connection_does_not_reach_the_next()
    {
        var (set, show) =
            Kind == DatabaseKind.Sqlite
                ? ("PRAGMA recursive_triggers = 1;", "INSERT INTO a SELECT recursive_triggers FROM pragma_recursive_triggers;")
                : (
                    "SET search_path = pg_catalog; SET statement_timeout = 12345;",
                    "INSERT INTO a SELECT CASE current_setting('statement_timeout') WHEN '0' THEN 0 ELSE 1 END;"
                );
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_set", set + "\nSELECT 1;");
        Migration("003_show", show);
        await ApplyAsync();
        Assert.Equal(["0"], await Database.RowsAsync("SELECT id FROM a"));
    }

    private RecordingEventSink ChangingFile(string migration) =>
        new()
        {
            Published = e =>
            {
                if (e is StepStarted started && string.Equals(started.Migration, migration, StringComparison.Ordinal))
                    Write(migration + ".up.sql", "CREATE TABLE other (id integer);");
            },
        };
}

public sealed class SqliteFailureTests() : FailureConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlFailureTests() : FailureConformance(DatabaseKind.PostgreSql);
