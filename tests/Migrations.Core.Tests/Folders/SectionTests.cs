using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class SectionTests
{
    [Theory]
    [InlineData("-- Up Migration", "-- Down Migration")]
    [InlineData("-- up migration", "--Down   Migration:")]
    [InlineData("---- Up Migration ----", "---- Down Migration ----")]
    [InlineData("-- migrate:up", "-- migrate:down")]
    [InlineData("--migrate:up", "--migrate:down")]
    [InlineData("-- +goose Up", "-- +goose Down")]
    [InlineData("--+goose up", "-- +goose  DOWN  ")]
    [InlineData("-- +migrate Up", "-- +migrate Down")]
    public void Sections_are_cut_at_their_markers(string up, string down)
    {
        foreach (var (end, mark) in new[] { ("\n", ""), ("\r\n", ""), ("\n", "\uFEFF") })
        {
            using var folder = new TemporaryFolder();
            folder.Write(
                "001_a.sql",
                mark + "-- about" + end + end + up + end + "CREATE TABLE ä (b);" + end + down + end + "DROP TABLE ä;"
            );

            var migration = folder.Single();

            Assert.Equal(MigrationLayout.Sections, migration.Layout);
            Assert.Equal("CREATE TABLE ä (b);" + end, migration.Up.ReadOriginalText());
            Assert.Equal("DROP TABLE ä;", migration.Down!.ReadOriginalText());
            Assert.Equal([4, 6], [migration.Up.FirstLine, migration.Down.FirstLine]);
            Assert.Equal(Sha256.Of("CREATE TABLE ä (b);\n"), migration.Up.Checksum);
            Assert.Equal(Sha256.Of("DROP TABLE ä;"), migration.Down.Checksum);
        }
    }

    [Fact]
    public void A_header_above_an_up_section_goes_with_a_down_script_in_the_rollback_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "0005_add_user_preferences.sql",
            "-- Migration: 0005_add_user_preferences.sql\n-- Created: 2024-12-01\n-- Description: Add user preferences "
                + "table\n\n-- Up Migration\nCREATE TABLE a (b);\n"
        );
        folder.Write("rollback/0005_rollback.sql", "DROP TABLE IF EXISTS a;\n");

        var migration = folder.Single();

        Assert.Equal(MigrationLayout.RollbackFolder, migration.Layout);
        Assert.Equal("Add user preferences table", migration.Header.Description);
        Assert.Equal("2024-12-01", migration.Header.Created);
        Assert.Equal("CREATE TABLE a (b);\n", migration.Up.ReadOriginalText());
        Assert.True(migration.HasUndo);
    }

    [Theory]
    [InlineData("-- Up Migration\nSELECT 1;\n", false, false)]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\n", false, true)]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\n-- no way back\n", false, true)]
    [InlineData("-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;", true, true)]
    public void A_down_section_may_be_missing_or_empty(string text, bool undo, bool section)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var migration = folder.Single();

        Assert.Equal(undo, migration.HasUndo);
        Assert.Equal(section, migration.Down is not null);
    }

    [Theory]
    [InlineData("SELECT 0;\n-- +goose Up\nSELECT 1;", 1, "would never run")]
    [InlineData("-- ok\n/* ok */ SELECT 0;\n-- migrate:up\nSELECT 1;\n-- migrate:down", 2, "would never run")]
    [InlineData("-- Down Migration\nSELECT 1;\n-- Up Migration\nSELECT 2;", 1, "comes before")]
    [InlineData("-- Down Migration\nSELECT 1;\n", 1, "comes before")]
    [InlineData("-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 3;\n", 5, "second time")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n-- +goose Up\nSELECT 3;\n", 5, "second time")]
    [InlineData("-- +migrate Down\nSELECT 1;\n-- +migrate Up\nSELECT 2;\n", 1, "comes before")]
    [InlineData("-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:up transaction:false\nSELECT 3;\n", 4, "differ in 'transaction")]
    [InlineData("-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\n-- migrate:up\nSELECT 3;\n", 4, "differ in 'transaction")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n-- +goose Down\n", 5, "second time")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n", 3, "not recognized")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- Down Migration\nSELECT 2;\n", 3, "not recognized")]
    [InlineData("-- Up Migration\nSELECT 1;\n-- Down Migration (rollback)\nSELECT 2;\n", 3, "looks like the beginning of the down section")]
    [InlineData("-- +goose NO TRANSACTION\nSELECT 1;", 1, "without '-- +goose Up'")]
    public void Sections_in_disorder_are_refused_by_line(string text, int line, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problems()[0];

        Assert.Equal((ErrorId.SectionInvalid, line), (problem.Id, problem.Location.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- +goose Upp\nSELECT 1;", 1)]
    [InlineData("-- +goose Up\n-- +goose NOTRANSACTION\nSELECT 1;", 2)]
    [InlineData("-- migrate:up transaction:maybe\nSELECT 1;\n-- migrate:down", 1)]
    [InlineData("-- migrate:up\nSELECT 1;\n-- migrate:dwon\nSELECT 2;", 3)]
    [InlineData("-- +migrate Up no-transaction\nSELECT 1;", 1)]
    public void Directives_that_are_not_understood_are_refused_by_line(string text, int line)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.Contains(folder.Problems(), p => p.Id == ErrorId.HeaderInvalid && p.Location.Line == line);
    }

    [Theory]
    [InlineData("-- Up migration adds users\nCREATE TABLE users (id);\n-- Down migration is in the other file\nSELECT 1;")]
    [InlineData("-- Upgrade the users\nSELECT 1;\n-- Down with it\nSELECT 2;")]
    [InlineData("-- migrate: the old rows\nSELECT 1;")]
    public void Prose_is_no_marker(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.Equal(text, folder.Single().Up.ReadOriginalText());
    }

    [Theory]
    [InlineData("-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;", false, null)]
    [InlineData("-- migrate:up transaction:true\nSELECT 1;\n-- migrate:down transaction:false\nSELECT 2;", null, false)]
    [InlineData("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;", false, false)]
    [InlineData("-- +goose Up\n-- +goose NO TRANSACTION\nSELECT 1;\n-- +goose Down\nSELECT 2;", false, false)]
    [InlineData("-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;", false, null)]
    [InlineData("-- Transaction: none\n\n-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;", false, false)]
    [InlineData("-- Up Migration\n-- Transaction: none\nSELECT 1;\n-- Down Migration\n-- Transaction: required\nSELECT 2;", false, true)]
    [InlineData("-- Transaction: none\n-- Up Migration\nSELECT 1;\n-- Down Migration\n-- Transaction: required\nSELECT 2;", false, true)]
    public void Each_half_has_its_own_transaction_mode(string text, bool? up, bool? down)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var migration = folder.Single();

        Assert.Equal((up, down), (migration.Up.Header.Transaction, migration.Down!.Header.Transaction));
    }

    [Theory]
    [InlineData("-- migrate:up", "-- migrate:down")]
    [InlineData("-- +migrate Up", "-- +migrate Down")]
    public void Several_sections_of_a_kind_run_one_after_another(string up, string down)
    {
        foreach (var filler in new[] { "x", new string('x', 70_000) })
        {
            using var folder = new TemporaryFolder();
            folder.Write(
                "001_a.sql",
                $"{up}\nCREATE TABLE a (b);\n{down}\nDROP TABLE a;\n{up}\nCREATE TABLE ä (c); -- {filler}\n{down}\nDROP TABLE ä;\n"
            );

            var migration = folder.Single();

            Assert.Equal(
                ["CREATE TABLE a (b);", "", "", "", $"CREATE TABLE ä (c); -- {filler}"],
                migration.Up.ReadOriginalText().TrimEnd().Split('\n').Select(l => l.TrimEnd())
            );
            Assert.Equal([2, 4], [migration.Up.FirstLine, migration.Down!.FirstLine]);
            Assert.Equal(Sha256.Of("DROP TABLE a;\nDROP TABLE ä;\n"), migration.Down.Checksum);
            Assert.Equal(Sha256.Of($"CREATE TABLE a (b);\nCREATE TABLE ä (c); -- {filler}\n"), migration.Up.Checksum);
        }
    }

    [Theory]
    [InlineData("-- +migrate Up\nSELECT 1;\n-- +migrate Up notransaction\nSELECT 2;", false)]
    [InlineData("-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Up\nSELECT 2;", false)]
    [InlineData("-- migrate:up transaction:false\nSELECT 1;\n-- migrate:up transaction:false\nSELECT 2;", false)]
    [InlineData("-- +migrate Up\nSELECT 1;\n-- +migrate Up\n-- Timeout: 5s\nSELECT 2;", null)]
    public void What_one_section_of_several_says_counts_for_all(string text, bool? transaction)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);
        var up = folder.Single().Up;
        Assert.Equal(transaction, up.Header.Transaction);
        Assert.Equal(text.Contains("5s", StringComparison.Ordinal), up.Header.StatementTimeout is not null);
        Assert.False(up.IsEmpty);
    }

    [Fact]
    public void Statement_markers_of_goose_stay_comments()
    {
        using var folder = new TemporaryFolder();
        const string body =
            "-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql;\n-- +goose StatementEnd\n";
        folder.Write("00001_f.sql", "-- +goose Up\n" + body);

        Assert.Equal(body, folder.Single().Up.ReadOriginalText());
    }

    [Theory]
    [InlineData("001_a.up.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;", 3)]
    [InlineData("V1__a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;", 3)]
    public void A_file_named_for_one_half_must_not_hold_the_other(string name, string text, int line)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.SectionInvalid, line), (problem.Id, problem.Location.Line));
    }

    [Fact]
    public void A_marker_of_its_own_half_is_a_comment_in_a_file_named_for_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.up.sql", "SELECT 0;\n-- Up Migration\nSELECT 1;");
        folder.Write("001_a.down.sql", "-- Down Migration\nSELECT 2;");

        var migration = folder.Single();

        Assert.Equal(MigrationLayout.UpDownSuffix, migration.Layout);
        Assert.StartsWith("SELECT 0", migration.Up.ReadOriginalText(), StringComparison.Ordinal);
        Assert.Equal(1, migration.Down!.FirstLine);
    }

    [Fact]
    public void Forced_layouts_decide_about_markers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\n-- no way back");
        Assert.Null(Assert.Single(folder.Read(MigrationLayout.DownSuffix).Migrations).Down);
        Assert.NotNull(Assert.Single(folder.Read(MigrationLayout.Sections).Migrations).Down);

        folder.Write("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;");
        var problem = folder.Problem(MigrationLayout.DownSuffix);
        Assert.Equal((ErrorId.SectionInvalid, 3), (problem.Id, problem.Location.Line));
        Assert.Contains("--layout sections", problem.Remedy.ToString(), StringComparison.Ordinal);
        Assert.True(Assert.Single(folder.Read(MigrationLayout.Sections).Migrations).HasUndo);

        folder.Write("001_a.sql", "SELECT 1;");
        Assert.Equal(ErrorId.SectionInvalid, folder.Problem(MigrationLayout.Sections).Id);
    }

    [Fact]
    public void Environment_variables_are_put_in_between_on_and_off_only()
    {
        using var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable("MIGRATIONS_TEST_SCHEMA", "shop");
        const string up =
            "SELECT '${MIGRATIONS_TEST_SCHEMA}';\n-- +goose ENVSUB ON\nCREATE TABLE $MIGRATIONS_TEST_SCHEMA.a (b text "
            + "DEFAULT '${MIGRATIONS_TEST_NOT_SET:-x}');\n-- +goose ENVSUB OFF\nSELECT $$1$$;\n";
        folder.Write("001_a.sql", "-- +goose Up\n" + up + "-- +goose Down\nDROP TABLE a;\n");

        var migration = folder.Single();

        Assert.Equal(
            "SELECT '${MIGRATIONS_TEST_SCHEMA}';\n-- +goose ENVSUB ON\nCREATE TABLE shop.a (b text DEFAULT 'x');\n-- +goose "
                + "ENVSUB OFF\nSELECT $$1$$;\n",
            migration.Up.Substituted
        );
        Assert.Equal(up, migration.Up.ReadOriginalText());
        Assert.Equal(Sha256.Of(up), migration.Up.Checksum);
        Assert.Null(migration.Down!.Substituted);
    }

    [Fact]
    public void Environment_variables_stay_on_into_the_down_section()
    {
        using var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable("MIGRATIONS_TEST_SCHEMA", "shop");
        folder.Write("001_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE $MIGRATIONS_TEST_SCHEMA.a;\n");

        Assert.Equal("DROP TABLE shop.a;\n", folder.Single().Down!.Substituted);
    }

    [Fact]
    public void An_unset_environment_variable_is_refused_by_line()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\nSELECT 1;\nSELECT '${MIGRATIONS_TEST_NOT_SET}';\n");

        var problem = folder.Problem();

        Assert.Equal((ErrorId.HeaderInvalid, 4), (problem.Id, problem.Location.Line));
        Assert.Contains("MIGRATIONS_TEST_NOT_SET", problem.Message, StringComparison.Ordinal);
    }
}
