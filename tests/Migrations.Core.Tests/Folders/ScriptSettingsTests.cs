using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>Files beside a script that say how it runs: Flyway's and diesel's; and Drizzle's separators in it.</summary>
public sealed class ScriptSettingsTests
{
    [Theory]
    [InlineData("executeInTransaction=false", false, null)]
    [InlineData("# why\n\n  executeInTransaction : FALSE \r\n", false, null)]
    [InlineData("\uFEFFexecuteInTransaction=true\nencoding=UTF-8\nshouldExecute=true", null, null)]
    [InlineData("flyway.placeholderReplacement=false", null, false)]
    [InlineData("placeholderReplacement=true\nexecuteInTransaction=false", false, true)]
    [InlineData("", null, null)]
    public void Flyway_s_settings_of_a_script_are_followed(string text, bool? transaction, bool? variables)
    {
        using var folder = new TemporaryFolder().With("V1__a.sql", "V2__b.sql");
        folder.Write("V1__a.sql.conf", text);

        var read = folder.Read().Migrations;

        Assert.Equal(transaction, read[0].Up.Header.Transaction);
        Assert.Equal((variables is false, variables is true), (read[0].Up.Header.Variables.None, read[0].Up.Header.Variables.Everywhere));
        Assert.Equal(MigrationHeader.Empty, read[1].Up.Header);
    }

    [Theory]
    [InlineData("executeInTransaction=maybe", 1, "'executeInTransaction=maybe'", "executeInTransaction=false")]
    [InlineData("\n\nshouldExecute=${flyway:environment}==prod", 3, "shouldExecute", "-- Environment: production")]
    [InlineData("encoding=ISO-8859-1", 1, "encoding=ISO-8859-1", "UTF-8")]
    [InlineData("executeinTransaction", 1, "'executeinTransaction='", "remove the line")]
    [InlineData("outOfOrder=true", 1, "outOfOrder=true", "remove the line")]
    public void Settings_that_cannot_be_followed_are_refused_by_line(string text, int line, string message, string remedy)
    {
        using var folder = new TemporaryFolder().With("V1__a.sql");
        folder.Write("V1__a.sql.conf", text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.HeaderInvalid, line), (problem.Id, problem.Location.Line));
        Assert.EndsWith("V1__a.sql.conf", problem.Location.File, StringComparison.Ordinal);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_no_script_are_a_warning_and_a_header_goes_before_them()
    {
        using var folder = new TemporaryFolder();
        folder.Write("V1__a.sql", "-- Transaction: required\n-- Variables: quoted\nSELECT 1;\n");
        folder.Write("V1__a.sql.conf", "executeInTransaction=false\nplaceholderReplacement=false\n");
        folder.Write("V2__gone.sql.conf", "executeInTransaction=false\n");

        var read = folder.Read();

        Assert.True(read.Migrations[0].Up.Header.Transaction);
        Assert.True(read.Migrations[0].Up.Header.Variables is { Quoted: true, None: false });
        Assert.Contains(
            "'V2__gone.sql'",
            Assert.Single(read.Warnings, w => w.Id == ErrorId.FileNameInvalid).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("# concurrent index\nrun_in_transaction = false # because\n", false)]
    [InlineData("\"run_in_transaction\"=false\r\n", false)]
    [InlineData("run_in_transaction = true\n", null)]
    [InlineData("# run_in_transaction = false\nother = 1\n", null)]
    [InlineData("", null)]
    public void Diesel_metadata_counts_for_both_halves(string text, bool? transaction)
    {
        using var folder = new TemporaryFolder().With("2024-01-01-120000_index/up.sql", "2024-01-01-120000_index/down.sql");
        folder.Write("2024-01-01-120000_index/metadata.toml", text);

        var migration = folder.Single();

        Assert.Equal(transaction, migration.Up.Header.Transaction);
        Assert.Equal(transaction, migration.Down!.Header.Transaction);
    }

    [Theory]
    [InlineData("run_in_transaction = \"no\"", 1)]
    [InlineData("\nrun_in_transaction =", 2)]
    [InlineData("run_in_transaction = False", 1)]
    public void Diesel_metadata_that_is_not_understood_is_refused_by_line(string text, int line)
    {
        using var folder = new TemporaryFolder().With("2024-01-01-120000_index/up.sql");
        folder.Write("2024-01-01-120000_index/metadata.toml", text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.HeaderInvalid, line), (problem.Id, problem.Location.Line));
        Assert.Contains("run_in_transaction = false", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE a (b);\n--> statement-breakpoint\nCREATE TABLE c (d);", "")]
    [InlineData("CREATE TABLE a (b);--> statement-breakpoint\nCREATE TABLE c (d);", "")]
    [InlineData("--> statement-breakpoint\nCREATE TABLE c (d);", "")]
    [InlineData(
        "CREATE TABLE a (b)\n--> statement-breakpoint\n--> statement-breakpoint\nCREATE TABLE c (d)",
        "CREATE TABLE a (b)\n;-- statement-breakpoint\n--> statement-breakpoint\nCREATE TABLE c (d)"
    )]
    public void Drizzle_s_breakpoint_ends_a_statement_without_a_semicolon(string text, string expected)
    {
        foreach (var filler in new[] { "", "\n-- " + new string('x', 70_000) })
        {
            using var folder = new TemporaryFolder();
            folder.Write("0000_a.sql", text + filler);

            var up = folder.Single().Up;

            Assert.Equal((expected.Length == 0 ? text : expected) + filler, up.ReadOriginalText());
            Assert.Equal(Sha256.Of(text + filler), up.Checksum);
        }
    }
}
