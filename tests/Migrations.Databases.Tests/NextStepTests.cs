namespace Migrations.Databases.Tests;

/// <summary>Errors of PostgreSQL whose way out the server does not name.</summary>
public sealed class NextStepTests() : Conformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("DO $$BEGIN COMMIT; END$$", "2D000", "-- Transaction: none")]
    [InlineData("CREATE PROCEDURE p() LANGUAGE plpgsql AS $$BEGIN COMMIT; END$$; CALL p()", "2D000", "-- Transaction: none")]
    [InlineData(
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ALTER a TYPE bigint",
        "0A000",
        "Drop the view before"
    )]
    public async Task The_next_step_is_one_that_helps(string script, string code, string expected)
    {
        Migration("001_a", script + ";\n");
        var error = await Assert.ThrowsAsync<StatementException>(() => ApplyAsync());
        Assert.Equal(code, error.Code);
        Assert.Contains(expected, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_place_stands_once()
    {
        Migration("001_a", "SELECT 1;\nSELECT nothing;\n");
        var error = await Assert.ThrowsAsync<StatementException>(() => ApplyAsync());
        Assert.StartsWith($"{error.Location}: PostgreSQL refused a statement: ", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 8), (error.Location!.Line, error.Location.Column));
        var recorded = await Database.ScalarAsync("SELECT error_message FROM migration_journal WHERE event = 'failed'");
        Assert.StartsWith($"{error.Location}: PostgreSQL", recorded, StringComparison.Ordinal);
    }
}
