using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>What stops a script before anything runs, though the database might accept it.</summary>
public sealed class ScriptSurveyTests
{
    private const string Drop = "DROP TABLE orders;\n";

    /// <summary>Text before the comment, and the comment.</summary>
    [Theory]
    [InlineData("", "-- Down")]
    [InlineData("", "-- Rollback:")]
    [InlineData("", "--DOWN--")]
    [InlineData("", "-- == DOWN ==")]
    [InlineData("", "-- ==== DOWN ====")]
    [InlineData("", "--------\n-- Down\n--------")]
    [InlineData("", "/* Down */")]
    [InlineData("", "/*\n * ROLLBACK\n */")]
    [InlineData("", "/* down */ SELECT 2;")]
    [InlineData("", "# down")]
    [InlineData("", "# --- !Downs")]
    [InlineData("", "--  {{ down }}")]
    [InlineData("", "-- @DOWN")]
    [InlineData("", "-- //@UNDO")]
    [InlineData("", "-- <undo>")]
    [InlineData("", "-- ▼ Revert ▼")]
    [InlineData("", "-- revert migration")]
    [InlineData("", "-- Rollback script starts here")]
    [InlineData("", "-- 002 down")]
    [InlineData("", "-- rambler down")]
    [InlineData("", "-- +micrate Down")]
    [InlineData("", "-- sometool:down")]
    [InlineData("", "---- create above / drop below ----")]
    [InlineData("", "  -- down  ")]
    [InlineData("", "-- Roll back:")]
    [InlineData("", "-- ROLL-BACK")]
    [InlineData("", "-- name: down")]
    [InlineData("", "-- direction: down")]
    [InlineData("", "-- Start of down section")]
    [InlineData("", "-- End of up")]
    [InlineData("", "-- end up migration")]
    [InlineData("", "-- Down\n-- Drops the orders again")]
    [InlineData("", "-- Down\n-- ALTER TABLE t DROP COLUMN c;")]
    [InlineData("", "-- Down\n\n-- ALTER TABLE t DROP COLUMN c;\n")]
    [InlineData("-- migrate:up\n", "-- MIGRATE:DOWN")]
    [InlineData("-- migrate:up\n", "-- Migrate:Down")]
    [InlineData("-- migrate:up\n", "-- migrate :down")]
    [InlineData("-- +goose Up\n", "-- + goose Down")]
    [InlineData("-- +goose Up\n", "-- goose Down")]
    [InlineData("-- +goose Up\n", "-- +GOOSE DOWN")]
    [InlineData("-- +goose Up\n", "/* +goose Down */")]
    [InlineData("-- Up Migration\n", "-- Down")]
    [InlineData("-- Up\n", "-- Down")]
    public void A_comment_that_marks_an_undo_above_statements_is_refused(string start, string comment)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            using var folder = new TemporaryFolder();
            var before = start + "CREATE TABLE orders (a text DEFAULT 'it''s -- fine');\n";
            folder.Write("001_a.sql", (before + comment + "\n" + Drop).Replace("\n", end, StringComparison.Ordinal));

            var problem = folder.Problem();

            var line = before.Count(c => c == '\n') + 1;
            Assert.Equal(ErrorId.SectionInvalid, problem.Id);
            Assert.InRange(problem.Location.Line, line, line + (comment.StartsWith("---", StringComparison.Ordinal) ? 1 : 0));
            Assert.Contains("looks like the beginning of a down section", problem.Message, StringComparison.Ordinal);
            var marker =
                start.StartsWith("-- m", StringComparison.Ordinal) ? "'-- migrate:down'"
                : start.StartsWith("-- +", StringComparison.Ordinal) ? "'-- +goose Down'"
                : "'-- Down Migration'";
            Assert.Contains(marker, problem.Remedy.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-- Revert to previous definition of the view\nDROP VIEW v;")]
    [InlineData("-- Rollback is not possible\nSELECT 1;")]
    [InlineData("-- Scale down\nSELECT 1;")]
    [InlineData("-- undo log\nCREATE TABLE undo_log (id int);")]
    [InlineData("-- Migration: 003_undo\nSELECT 1;")]
    [InlineData("-- Up\nSELECT 1;")]
    [InlineData("SELECT 1;\n-- Rollback:\n-- DROP TABLE orders;\n")]
    [InlineData("SELECT 1;\n-- Rollback:\n-- DROP TABLE orders;\n\nSELECT 2;")]
    [InlineData("SELECT 1;\n-- Rollback:\n-- drop the rest by hand:\n-- ALTER TABLE orders\n--   DROP COLUMN a\n\nSELECT 2;")]
    [InlineData("SELECT 1;\n-- Down\n/*\nDROP TABLE orders;\n*/\n\nSELECT 2;")]
    [InlineData("SELECT 1;\n/* Rollback:\n   DROP TABLE orders;\n*/\nSELECT 2;")]
    [InlineData("-- Rollback:\n--   DROP TABLE orders;\nCREATE TABLE orders (a int);")]
    [InlineData("-- Name: down; Type: TABLE\nSELECT 1;")]
    [InlineData("-- Roll back by hand\nSELECT 1;")]
    [InlineData("-- end of the ups and downs\nSELECT 1;")]
    [InlineData("CREATE TABLE votes (\n  -- up\n  a int,\n  -- down\n  b int);\nSELECT 1;")]
    [InlineData("INSERT INTO way VALUES\n-- up\n(1),\n-- down\n(2);\nSELECT 1;")]
    [InlineData("INSERT INTO way VALUES ('up'),\n-- down\n('down');\nSELECT 1;")]
    [InlineData("SELECT 1;\n-- Down\n")]
    [InlineData("SELECT 1; -- rollback\nSELECT 2;")]
    [InlineData("SELECT '\n-- Down\n';")]
    [InlineData("SELECT E'it\\'s\n-- Down\n';")]
    [InlineData("CREATE FUNCTION f() RETURNS int AS $a$\n-- rollback\nSELECT 1; $a$ LANGUAGE sql;")]
    [InlineData("CREATE TABLE [don't] (a);\n/* 'Rollback' */\n")]
    [InlineData("COPY n (a) FROM stdin;\n-- Down\nit's\n\\.\nSELECT 1;")]
    [InlineData("/* a /* nested */\n-- Down\n*/ SELECT 1;")]
    public void Prose_and_what_does_not_run_pass(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.Equal(text, folder.Single().Up.ReadOriginalText());
    }

    [Theory]
    [InlineData("CREATE TABLE b (a int);\r-- Down\rDROP TABLE b;\r")]
    [InlineData("CREATE TABLE b (a int);\n-- Down\rDROP TABLE b;\n")]
    [InlineData("-- Up Migration\rCREATE TABLE b (a int);\r-- Down Migration\rDROP TABLE b;\r")]
    public void A_marker_whose_line_ends_with_CR_alone_is_refused_with_the_way_out(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.SectionInvalid, problem.Id);
        Assert.Contains("Save the file with LF or CRLF line endings", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("001_a.sql", "-- Description: a\rCREATE TABLE b (a int);\r")]
    [InlineData("001_a.down.sql", "-- a\rDROP TABLE b;\r")]
    public void What_stands_behind_a_comment_that_ends_with_CR_alone_is_a_statement(string name, string text)
    {
        using var folder = new TemporaryFolder();
        if (name.Contains(".down", StringComparison.Ordinal))
            folder.With("001_a.sql");
        folder.Write(name, text);

        var migration = folder.Single();

        Assert.False((migration.Down ?? migration.Up).IsEmpty);
        Assert.DoesNotContain("CREATE", migration.Header.Description ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("001_a.down.sql", "-- Down\nDROP TABLE a;\n-- rollback\nSELECT 1;", null)]
    [InlineData("001_a.down.sql", "DROP TABLE a;\n-- Up\nCREATE TABLE a (b int);", 2)]
    [InlineData("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\n-- rollback\nSELECT 2;", null)]
    [InlineData("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Rollback\n-- Down Migration\nSELECT 2;", null)]
    [InlineData("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n-- UP\nSELECT 3;", 5)]
    [InlineData("001_a.up.sql", "SELECT 1;\n-- undo\nSELECT 2;", 2)]
    [InlineData("V1__a.sql", "SELECT 1;\n-- undo\nSELECT 2;", 2)]
    [InlineData("20240101120000_a/migration.sql", "SELECT 1;\n-- undo\nSELECT 2;", 2)]
    public void Only_the_other_half_is_refused(string name, string text, int? line)
    {
        using var folder = new TemporaryFolder();
        if (name.Contains(".down", StringComparison.Ordinal))
            folder.With("001_a.sql");
        folder.Write(name, text);

        if (line is null)
            Assert.Single(folder.Read().Migrations);
        else
            Assert.Equal((ErrorId.SectionInvalid, line), (folder.Problem().Id, folder.Problem().Location.Line));
    }

    [Theory]
    [InlineData("--liquibase formatted sql\n\n--changeset ann:1\nSELECT 1;")]
    [InlineData("\n--  Liquibase   Formatted SQL changeLogId:1\nSELECT 1;")]
    public void A_Liquibase_changelog_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.HeaderInvalid, problem.Id);
        Assert.Contains("Liquibase", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COPY n FROM stdin;\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> feature\n\\.\n", 2)]
    [InlineData("SELECT 1;\n<<<<<<<\nSELECT 2;\n", 2)]
    [InlineData("SELECT 1;\n=======\nSELECT 2;\n", 2)]
    [InlineData("SELECT 1;\n||||||| merged common ancestors\nSELECT 2;\n", 2)]
    [InlineData("SELECT 1;\n\n>>>>>>> theirs\n", 3)]
    [InlineData("SELECT 1;\r\n=======\r\nSELECT 2;\r\n", 2)]
    [InlineData("INSERT INTO a VALUES ('\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> b\n');", 2)]
    [InlineData("CREATE FUNCTION f() RETURNS int AS $$\nSELECT\n>>>>>>> b\n1 $$ LANGUAGE sql;", 3)]
    [InlineData("-- Up Migration\nSELECT 1;\n-- Down Migration\n=======\nSELECT 2;", 4)]
    public void A_merge_conflict_is_refused_by_line(string text, int line)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.MergeUnresolved, line), (problem.Id, problem.Location.Line));
        Assert.Contains($"Line {line} is a Git conflict marker", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO pages VALUES ('Heading\n=======\ntext');")]
    [InlineData("/*\n=======\nOrders\n=======\n*/\nSELECT 1;")]
    [InlineData("-- =======\nSELECT 1;")]
    [InlineData("COPY n FROM stdin;\n=======\n<<<<<<<<\n\\.\n")]
    public void A_line_of_signs_in_a_text_is_no_conflict(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.Single(folder.Read().Migrations);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull")]
    [InlineData("/annex/objects/SHA256E-s31--4d7a.sql\n", "git annex get")]
    public void A_pointer_in_place_of_the_script_is_refused(string text, string remedy)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.FileUnreadable, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE a (id int);\n\uFEFFCREATE TABLE b (id int);", "U+FEFF", 2, 1)]
    [InlineData("\uFEFF\uFEFFCREATE TABLE a (id int);", "U+FEFF", 1, 1)]
    [InlineData("CREATE TABLE a (id int);\n\u200BCREATE TABLE b (id int);", "U+200B", 2, 1)]
    [InlineData("CREATE TABLE größe (\n  id\u2060 int);", "U+2060", 2, 5)]
    [InlineData("CREATE TABLE a (\u202Eid int);", "U+202E", 1, 17)]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT\u00AD 2;", "U+00AD", 4, 7)]
    public void A_character_that_cannot_be_seen_is_refused_by_place(string text, string code, int line, int column)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.CharacterInvisible, line, column), (problem.Id, problem.Location.Line, problem.Location.Column));
        Assert.Contains(code, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE a (\n\u00A0\u00A0id int);", "U+00A0", 2, 1)]
    [InlineData("SELECT\u3000 1;", "U+3000", 1, 7)]
    [InlineData("-- safe \u202E\nSELECT 1;", "U+202E", 1, 9)]
    [InlineData("CREATE TABLE نمی\u200Cخواهم (a int);", "U+200C", 1, 17)]
    public void A_character_that_may_be_meant_is_a_warning(string text, string code, int line, int column)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var warning = Assert.Single(folder.Read().Warnings);

        Assert.Equal((ErrorId.CharacterInvisible, line, column), (warning.Id, warning.Location.Line, warning.Location.Column));
        Assert.Contains(code, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO a VALUES ('\u00A0\uFEFF\u200B');")]
    [InlineData("-- 10\u00A0% more, \uFEFF\nSELECT 1;")]
    [InlineData("CREATE TABLE größe (\"\u00A0id\" int);")]
    [InlineData("COPY a FROM stdin;\n\uFEFFx\n\\.\n")]
    public void In_literals_and_comments_it_passes(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.Empty(folder.Read().Warnings);
    }
}
