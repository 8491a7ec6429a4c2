namespace Migrations.Cli.Tests;

/// <summary>The command that takes another tool's history over, as lines and as JSON.</summary>
public abstract class AdoptCommandTests(string engine) : CliTests(engine)
{
    [Fact]
    public async Task A_history_is_shown_taken_over_and_given_back()
    {
        await DbmateAsync();
        var status = await RunAsync("status");
        Assert.Contains("Recorded by dbmate (table ", status.Output, StringComparison.Ordinal);
        Assert.Contains("migrations adopt", status.Error, StringComparison.Ordinal);
        AssertError(await RunAsync("up"), ErrorId.ForeignHistoryFound, 1, "--ignore-foreign-history");

        Assert.Contains(
            "What if: 1 migration would be taken " + "over from dbmate",
            await OutputAsync("adopt", "--what-if"),
            StringComparison.Ordinal
        );
        var adopted = (await RunAsync("adopt", "--output", "json")).Json[0];
        Assert.Equal("dbmate", adopted.GetProperty("tool").GetString());
        Assert.True(adopted.GetProperty("written").GetBoolean());
        Assert.Equal("Schema", adopted.GetProperty("migrations")[0].GetProperty("proof").GetString());

        Assert.Contains("adopted from dbmate, proof: schema", await OutputAsync("status"), StringComparison.Ordinal);
        await OutputAsync("up");
        AssertError(await RunAsync("adopt", "--undo"), ErrorId.AdoptionOutdated, 1, "--write-back");
        Assert.Contains("INSERT INTO", await OutputAsync("adopt", "--undo", "--what-if"), StringComparison.Ordinal);
        Assert.Contains("counts again", await OutputAsync("adopt", "--undo", "--write-back"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_lies_ends_with_4()
    {
        await DbmateAsync();
        await Database.ExecuteAsync("DROP TABLE a");

        var planned = await RunAsync("adopt", "--what-if");

        Assert.Equal(4, planned.ExitCode);
        Assert.Contains("! The table ", planned.Output, StringComparison.Ordinal);
        AssertError(await RunAsync("adopt"), ErrorId.AdoptionUnproven, 4, "001_a, which is recorded as applied");
    }

    [Fact]
    public async Task Names_of_programs_are_proven_by_the_SQL_that_is_given()
    {
        Write("20250101000000_next.sql", "CREATE TABLE next (id integer PRIMARY KEY);\n");
        var sql = Temporary.Write("script.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        await Database.ExecuteAsync(
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('ae10');"
                + "CREATE TABLE a (id integer PRIMARY KEY)"
        );
        Assert.Contains(
            $"What if: 1 name would be taken over from Alembic; the SQL in {sql} makes the schema of this database.",
            await OutputAsync("adopt", "--sql", sql, "--what-if"),
            StringComparison.Ordinal
        );
        var adopted = (await RunAsync("adopt", "--sql", sql, "--output", "json")).Json[0];
        Assert.Equal("Proven", adopted.GetProperty("verdict").GetString());
        Assert.Equal(sql, adopted.GetProperty("sqlPath").GetString());
        Assert.Contains("20250101000000_next", await OutputAsync("up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_name_writes_no_line_of_its_own()
    {
        await DbmateAsync();
        await Database.ExecuteAsync("INSERT INTO schema_migrations VALUES ('\u001b[2J0\nTook over 2 migrations')");

        foreach (var options in new[] { new[] { "adopt", "--what-if" }, ["adopt"], ["adopt", "--allow-unmatched"] })
        {
            var result = await RunAsync(options);
            Assert.DoesNotContain('\u001b', result.Output + result.Error);
            Assert.DoesNotContain("\nTook over 2", result.Output + result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--sql proves a schema", "--sql", "x", "--skip-proof")]
    [InlineData("--sql proves a schema", "--sql", "x", "--marker", "users")]
    [InlineData("--write-back applies only with --undo.", "--write-back")]
    [InlineData("--marker stands for a history", "--marker", "users", "--tool", "goose")]
    [InlineData("--marker stands for a history", "--marker", "users", "--keep-in-step")]
    public async Task Options_that_do_not_go_together_are_refused(string message, params string[] options)
    {
        var result = await RunAsync(["adopt", .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private async Task DbmateAsync()
    {
        Write("001_a.sql", "-- migrate:up\nCREATE TABLE a (id integer PRIMARY KEY);\n-- migrate:down\nDROP TABLE a;\n");
        Write("002_b.sql", "-- migrate:up\nCREATE TABLE b (id integer PRIMARY KEY);\n-- migrate:down\nDROP TABLE b;\n");
        await Database.ExecuteAsync(
            "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('001');"
                + "CREATE TABLE a (id integer PRIMARY KEY)"
        );
    }
}

public sealed class SqliteAdoptCommandTests() : AdoptCommandTests("SQLite");

public sealed class PostgreSqlAdoptCommandTests() : AdoptCommandTests("PostgreSQL");
