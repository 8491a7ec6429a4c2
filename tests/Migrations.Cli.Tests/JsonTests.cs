using System.Text.Json;

namespace Migrations.Cli.Tests;

/// <summary>What programs read: one array on standard output with the promised fields, the error as one object on standard error.</summary>
public abstract class JsonConformance(string engine) : CliTests(engine)
{
    [Fact]
    public async Task Status_has_its_fields()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        var status = await JsonAsync("status");
        Assert.Equal(3, status.GetArrayLength());
        AssertFields(
            status[0],
            "database",
            "target",
            "service",
            "version",
            "name",
            "description",
            "semanticVersion",
            "state",
            "hasUndo",
            "isIrreversible",
            "undoProven",
            "appliedAt",
            "appliedBy",
            "durationMs",
            "rowsAffected",
            "checksum",
            "change",
            "error",
            "path",
            "file"
        );
        Assert.Equal("Applied", status[0].GetProperty("state").GetString());
        Assert.Equal("001", status[0].GetProperty("version").GetString());
        Assert.True(status[0].GetProperty("hasUndo").GetBoolean());
        Assert.Equal(TimeSpan.Zero, status[0].GetProperty("appliedAt").GetDateTimeOffset().Offset);
        Assert.EndsWith("Z", status[0].GetProperty("appliedAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Number, status[0].GetProperty("durationMs").ValueKind);
        Assert.Equal(FileOf("001_initial_schema.sql"), status[0].GetProperty("file").GetString());
        Assert.Equal(JsonValueKind.Null, status[1].GetProperty("appliedAt").ValueKind);
        Assert.Equal("None", status[1].GetProperty("change").GetString());
    }

    [Fact]
    public async Task Summary_has_its_fields()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        var summary = await JsonAsync("status", "--summary");
        AssertFields(
            Assert.Single(summary.EnumerateArray()),
            "database",
            "engine",
            "engineVersion",
            "total",
            "applied",
            "pending",
            "failed",
            "current",
            "healthy",
            "lockedBy",
            "lastRun"
        );
        Assert.Equal(2, summary[0].GetProperty("pending").GetInt32());
        Assert.Equal("001", summary[0].GetProperty("current").GetString());
    }

    [Fact]
    public async Task Results_have_their_fields()
    {
        ThreeTables();
        var up = await JsonAsync("up");
        string[] fields =
        [
            "database",
            "service",
            "version",
            "name",
            "direction",
            "outcome",
            "durationMs",
            "rowsAffected",
            "statements",
            "backup",
            "error",
        ];
        Assert.Equal(3, up.GetArrayLength());
        AssertFields(up[2], fields);
        Assert.Equal(
            ("Up", "Done", 2),
            (
                up[2].GetProperty("direction").GetString(),
                up[2].GetProperty("outcome").GetString(),
                up[2].GetProperty("statements").GetInt32()
            )
        );
        Assert.Equal(0, (await JsonAsync("up")).GetArrayLength());
        var down = await JsonAsync("down", "--accept-data-loss");
        AssertFields(Assert.Single(down.EnumerateArray()), fields);
        Assert.Equal("Down", down[0].GetProperty("direction").GetString());
    }

    [Fact]
    public async Task History_has_its_fields()
    {
        ThreeTables();
        await OutputAsync("up");
        var history = await JsonAsync("history");
        Assert.Equal(3, history.GetArrayLength());
        AssertFields(
            history[0],
            "id",
            "runId",
            "service",
            "version",
            "name",
            "description",
            "semanticVersion",
            "direction",
            "event",
            "checksum",
            "appliedAt",
            "appliedBy",
            "host",
            "rowsAffected",
            "success",
            "statementIndex",
            "schemaFingerprint",
            "toolVersion"
        );
        Assert.False(history[0].TryGetProperty("script", out _));
    }

    [Fact]
    public async Task A_profile_has_its_fields()
    {
        ThreeTables();
        await OutputAsync("up");
        var profile = await JsonAsync("history", "--profile");
        Assert.Equal(3, profile.GetArrayLength());
        AssertFields(
            profile[0],
            "service",
            "version",
            "name",
            "runs",
            "lastMs",
            "medianMs",
            "longestMs",
            "statements",
            "rowsAffected",
            "share"
        );
    }

    [Fact]
    public async Task A_failed_run_still_prints_its_results()
    {
        ThreeTables();
        Migration("002_add_indexes", "SELECT 1;\nINSERT INTO nowhere VALUES (1);\n");
        var result = await RunAsync("up", "--output", "json");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["Done", "Failed"], result.Json.EnumerateArray().Select(r => r.GetProperty("outcome").GetString()));

        var line = Assert.Single(result.Error.Split('\n'), l => l.StartsWith("{\"error\"", StringComparison.Ordinal));
        using var document = JsonDocument.Parse(line);
        var error = document.RootElement.GetProperty("error");
        Assert.Equal("StatementFailed", error.GetProperty("id").GetString());
        Assert.Equal(FileOf("002_add_indexes.sql"), error.GetProperty("file").GetString());
        Assert.Equal(2, error.GetProperty("line").GetInt32());
        Assert.Contains("nowhere", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("001_initial_schema", Assert.Single(error.GetProperty("applied").EnumerateArray()).GetString());
        Assert.Equal(2, error.GetProperty("notApplied").GetArrayLength());
        Assert.NotEqual("", error.GetProperty("nextStep").GetString());
    }

    [Fact]
    public async Task A_refusal_prints_an_empty_array()
    {
        Write("oops.sql.up", "x");
        Write("no_number.sql", "SELECT 1;");
        var result = await RunAsync("up", "--output", "json");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(0, result.Json.GetArrayLength());
        using var document = JsonDocument.Parse(result.Error.Trim());
        Assert.Contains(
            document.RootElement.GetProperty("error").GetProperty("problems").EnumerateArray(),
            p => p.GetProperty("file").GetString() == FileOf("no_number.sql")
        );
    }

    [Fact]
    public async Task What_if_gives_the_sql()
    {
        ThreeTables();
        if (Engine == "SQLite")
            await Database.ExecuteAsync("CREATE TABLE of_the_user (id integer)");
        var plan = await JsonAsync("up", "--what-if");
        Assert.All(plan.EnumerateArray(), p => Assert.Equal("WhatIf", p.GetProperty("outcome").GetString()));
        Assert.Contains("INSERT INTO b", plan[2].GetProperty("sql")[1].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("migration_journal", await Database.TablesAsync());
    }

    [Fact]
    public async Task Repair_baseline_and_create_have_their_fields()
    {
        ThreeTables();
        await OutputAsync("up");
        Write("001_initial_schema.sql", "CREATE TABLE edited (id integer);");
        var repair = Assert.Single((await JsonAsync("repair", "001")).EnumerateArray());
        AssertFields(repair, "database", "version", "name", "repair", "compared", "differences");
        AssertFields(repair.GetProperty("differences")[0], "line", "applied", "current");
        var created = await JsonAsync("create", "add_things");
        Assert.Equal(FileOf("004_add_things.sql"), created[0].GetProperty("file").GetString());
        Assert.Equal(FileOf("004_add_things_rollback.sql"), created[1].GetProperty("file").GetString());
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--output", "json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(JsonValueKind.Array, result.Json.ValueKind);
        return result.Json;
    }

    private static void AssertFields(JsonElement element, params string[] fields)
    {
        var there = element.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(fields, field => Assert.Contains(field, there));
    }
}

public sealed class SqliteJsonTests() : JsonConformance("SQLite");

public sealed class PostgreSqlJsonTests() : JsonConformance("PostgreSQL");
