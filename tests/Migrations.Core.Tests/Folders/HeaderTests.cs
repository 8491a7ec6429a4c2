using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class HeaderTests
{
    private const string Full = """
        Migration: 004_x
        Created: 2024-01-01
        Description: Adds tags: all of them
        Version: 1.1.0
        Depends-On: 001, add_users
        depends-on: 1.1.0
        TRANSACTION: None
        Foreign-Keys: off
        Row-Loss: allowed
        Store-Script: no
        Timeout: 5s
        Lock-Timeout: 00:00:30
        Environment: staging, production
        Breaking: drops a column
        Author: somebody
        """;

    [Theory]
    [InlineData("", "-- ", "")]
    [InlineData("", "--", "")]
    [InlineData("\n\n", "--   ", "   ")]
    [InlineData("/*\n", "", "\n*/")]
    [InlineData("/*\n", " * ", "\n */")]
    [InlineData("/**\n", "\t* ", " */")]
    public void All_entries_are_read_from_line_and_block_comments(string before, string prefix, string after)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var text = before + string.Join('\n', Full.Split('\n').Select(l => prefix + l.TrimEnd('\r'))) + after + "\nSELECT 1;";

            var header = Read(text.Replace("\n", end, StringComparison.Ordinal)).Header;

            Assert.Equal(("2024-01-01", "Adds tags: all of them", "1.1.0"), (header.Created, header.Description, header.SemanticVersion));
            Assert.Equal(["001", "add_users", "1.1.0"], header.DependsOn);
            Assert.Equal(["staging", "production"], header.Environments);
            Assert.Equal(
                (false, false, true, false, true),
                (header.Transaction, header.ForeignKeys, header.RowLossAllowed, header.StoreScript, header.Breaking)
            );
            Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)), (header.StatementTimeout, header.TableLockTimeout));
        }
    }

    [Theory]
    [InlineData("SELECT 1;\n-- Transaction: none")]
    [InlineData("SELECT '\n-- Transaction: none\n';")]
    [InlineData("-- Transactions: none\nSELECT 1;")]
    [InlineData("-- Transaction none\nSELECT 1;")]
    [InlineData("-- Transaction:\nSELECT 1;")]
    [InlineData("-- see Transaction: none\nSELECT 1;")]
    [InlineData("SELECT 1; -- no-transaction")]
    [InlineData("\n-- no-transaction\nSELECT 1;")]
    public void Everything_else_is_a_comment(string text) => Assert.Equal(MigrationHeader.Empty, Read(text).Header);

    [Fact]
    public void The_first_line_of_sqlx_takes_a_script_out_of_the_transaction() =>
        Assert.False(Read("-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);").Header.Transaction);

    [Theory]
    [InlineData("5000 rows", 5000, 0, "")]
    [InlineData("1 row", 1, 0, "")]
    [InlineData("250 ROWS  pause  2s", 250, 2000, "")]
    [InlineData("10 rows by a, \"B\" ,c pause 50ms", 10, 50, "a|\"B\"|c")]
    public void Batches_have_a_size_a_key_and_a_pause(string value, int rows, int pause, string key)
    {
        var rule = Read($"-- Batch: {value}\nUPDATE t SET a = 1;").Header.Batch!;
        Assert.Equal((rows, pause, key), (rule.Rows, (int)rule.Pause.TotalMilliseconds, string.Join('|', rule.Key)));
    }

    [Fact]
    public void A_remark_about_a_batch_is_no_directive() => Assert.Null(Read("-- Batch: the nightly one\nSELECT 1;").Header.Batch);

    [Theory]
    [InlineData("-- Breaking: no\nSELECT 1;", false)]
    [InlineData("-- Breaking: yes\nSELECT 1;", true)]
    public void Breaking_is_anything_but_no(string text, bool expected) => Assert.Equal(expected, Read(text).Header.Breaking);

    [Theory]
    [InlineData("Transaction: off", "'Transaction: none' or 'Transaction: required'")]
    [InlineData("Foreign-Keys: maybe", "'Foreign-Keys: on', 'Foreign-Keys: off' or 'Foreign-Keys: open-until <version>'")]
    [InlineData("Row-Loss: yes", "'Row-Loss: allowed'")]
    [InlineData("Store-Script: false", "'Store-Script: yes' or 'Store-Script: no'")]
    [InlineData("Timeout: 5", "'Timeout: 500ms'")]
    [InlineData("Lock-Timeout: soon", "'Lock-Timeout: 500ms'")]
    [InlineData("Depends-On: ,", "'Depends-On: one, two'")]
    [InlineData("Batch: 5000", "'Batch: 5000 rows'")]
    [InlineData("Batch: 0 rows", "with 1 to 1000000 rows")]
    [InlineData("Batch: 1000001 rows", "with 1 to 1000000 rows")]
    [InlineData("Batch: 99999999999 rows", "with 1 to 1000000 rows")]
    [InlineData("Batch: some rows", "'Batch: 5000 rows'")]
    [InlineData("Batch: 10 rows pause long", "'Batch: 5000 rows pause 50ms'")]
    [InlineData("Batch: 10 rows by", "by <column>")]
    public void A_wrong_value_is_refused_by_line_with_what_is_allowed(string entry, string allowed)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", $"-- about\n-- {entry}\nSELECT 1;");

        var problem = folder.Problem();

        Assert.Equal((ErrorId.HeaderInvalid, 2), (problem.Id, problem.Location.Line));
        Assert.Contains(entry, problem.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_a_wrong_value_is_that_of_the_file_in_sections_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\n\n/* \n Timeout: x\n */\nSELECT 1;");

        Assert.Equal(6, folder.Problem().Location.Line);
    }

    [Fact]
    public void Contradictions_are_refused_and_repetitions_are_not()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "-- Transaction: none\n-- transaction: NONE\n-- Description: a\n-- Description: b\nSELECT 1;");
        Assert.Equal("a", folder.Single().Header.Description);

        folder.Write("001_a.sql", "-- Transaction: none\n-- Transaction: required\nSELECT 1;");
        Assert.Contains("contradicts line 1", folder.Problem().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("5s", 5_000)]
    [InlineData("5 S", 5_000)]
    [InlineData("2m", 120_000)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("23:59:59", 86_399_000)]
    [InlineData("0s", null)]
    [InlineData("5", null)]
    [InlineData("-5s", null)]
    [InlineData("s", null)]
    [InlineData("5d", null)]
    [InlineData("1000h", null)]
    [InlineData("99999999999999999999s", null)]
    public void Durations(string text, int? milliseconds) => Assert.Equal(milliseconds, HeaderEntry.ParseDuration(text)?.TotalMilliseconds);

    [Fact]
    public void A_down_file_has_a_header_of_its_own()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "-- Transaction: none\nSELECT 1;");
        folder.Write("001_a.down.sql", "-- Timeout: 1s\nSELECT 1;");

        var down = folder.Single().Down!.Header;

        Assert.Null(down.Transaction);
        Assert.Equal(TimeSpan.FromSeconds(1), down.StatementTimeout);
    }

    private static Migration Read(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);
        return folder.Single();
    }
}
