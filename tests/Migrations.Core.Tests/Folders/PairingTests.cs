using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class PairingTests
{
    [Theory]
    [InlineData(new[] { "001_a.sql", "001_b.sql" }, "'002_b.sql'")]
    [InlineData(new[] { "1_a.sql", "001_b.sql", "002_c.sql" }, "'003_a.sql'")]
    [InlineData(new[] { "001_a.sql", "V1__a.sql" }, "'V002__a.sql'")]
    [InlineData(new[] { "0012_foo_up.sql", "0012_foo_down.sql" }, "'0012_foo.up.sql'")]
    [InlineData(new[] { "0012_foo_up.sql", "0012_foo.up.sql" }, "'0012_foo.up.sql'")]
    public void Two_files_of_one_version_are_refused(string[] names, string remedy)
    {
        using var folder = new TemporaryFolder().With(names);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.MigrationDuplicate, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_of_one_version_are_two_migrations_when_they_are_known_by_name()
    {
        using var folder = new TemporaryFolder().With("0002_b.sql", "0002_a.sql", "0002_b.down.sql", "0001_z.sql");

        var migrations = folder.Read(identityByName: true).Migrations;

        Assert.Equal(["0001_z", "0002_a", "0002_b"], migrations.Select(m => m.FullName));
        Assert.Equal([false, false, true], migrations.Select(m => m.HasUndo));
        Assert.Equal(MigrationKey.Of("0002_a"), migrations[1].Key);
    }

    [Fact]
    public void Where_both_names_say_what_they_are_the_number_alone_pairs_them()
    {
        using var folder = new TemporaryFolder().With("030_add_data.up.sql", "030_drop_data.down.sql");
        var read = folder.Read();
        Assert.True(Assert.Single(read.Migrations).HasUndo);
        Assert.Equal(ErrorId.UndoNameDiffers, Assert.Single(read.Warnings).Id);
    }

    [Fact]
    public void A_date_that_would_run_before_older_time_stamps_is_refused()
    {
        using var folder = new TemporaryFolder().With("20231231235959_old.sql", "20250221_new.sql");
        var problem = folder.Problem();
        Assert.Equal(ErrorId.NumberingMixed, problem.Id);
        Assert.Contains("20250221000000", problem.Remedy.ToString(), StringComparison.Ordinal);

        using var fine = new TemporaryFolder().With("20230101_old.sql", "20231231235959_new.sql");
        Assert.Equal(["20230101_old", "20231231235959_new"], fine.Read().Migrations.Select(m => m.FullName));
    }

    [Theory]
    [InlineData("003-add-tags.sql", "003", "add-tags")]
    [InlineData("2024-01-13-patch.sql", "20240113000000", "patch")]
    public void A_hyphen_may_stand_between_number_and_name(string file, string version, string name)
    {
        using var folder = new TemporaryFolder().With(file);
        var migration = Assert.Single(folder.Read().Migrations);
        Assert.Equal((version, name), (migration.Version!.Text, migration.Name));
    }

    [Theory]
    [InlineData("003_add_tag.down.sql", "'003_add_tags.down.sql'")]
    [InlineData("003_add_tag_rollback.sql", "'003_add_tags_rollback.sql'")]
    [InlineData("U003__add_tag.sql", "'U003__add_tags.sql'")]
    [InlineData("rollback/003_add_tag.sql", "'003_add_tags_rollback.sql'")]
    public void A_down_of_another_name_is_refused(string down, string remedy)
    {
        using var folder = new TemporaryFolder().With("003_add_tags.sql", down);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.UndoNameDiffers, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("003_c.down.sql", "'003_c.sql'")]
    [InlineData("003_c.down.sql", "'003_c.up.sql'")]
    [InlineData("003_c_down.sql", "'003_c.down.sql' and add the up script '003_c.sql'")]
    [InlineData("003_scale-down.sql", "'003_scale-down.up.sql'")]
    [InlineData("003_c_undo.sql", "'003_c_undo.up.sql'")]
    [InlineData("003_c_Revert.sql", "'003_c_Revert.up.sql'")]
    [InlineData("003_c_downgrade.sql", "'003_c_downgrade.up.sql'")]
    [InlineData("003_down.sql", "'003_down.up.sql'")]
    [InlineData("003_c_rollback.sql", "'003_c_rollback.up.sql'")]
    [InlineData("U3__c.sql", "'V3__c.sql'")]
    [InlineData("rollback/0003_rollback.sql", "'0003_name.sql'")]
    [InlineData("3_c/down.sql", "'3_c/up.sql'")]
    public void A_down_without_an_up_is_refused(string down, string remedy)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "002_b.sql", down);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.UndoOrphaned, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
        Assert.Equal([problem], folder.Problems(identityByName: true));
    }

    [Theory]
    [InlineData("002_x_up.sql", "002_x_down.sql")]
    [InlineData("002_x.sql", "002_x_down.sql")]
    [InlineData("002_x.up.sql", "002_x_undo.sql")]
    public void An_undo_known_by_name_is_no_up_script(string up, string down)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", up, down);

        var problem = Assert.Single(folder.Problems(identityByName: true));

        Assert.Equal((ErrorId.UndoOrphaned, System.IO.Path.Combine(folder.Path, down)), (problem.Id, problem.Location.File));
        Assert.Contains("'002_x.down.sql'", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_downs_are_refused()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "001_a.down.sql", "001_a_rollback.sql");

        Assert.Equal(ErrorId.MigrationDuplicate, folder.Problem().Id);
    }

    [Fact]
    public void A_down_section_beside_a_down_file_is_refused()
    {
        using var folder = new TemporaryFolder().With("001_a.down.sql");
        folder.Write("001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n");

        Assert.Equal(ErrorId.MigrationDuplicate, folder.Problem().Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n")]
    [InlineData("-- TODO")]
    [InlineData("/* a /* nested */ comment */ ; ;\n-- no line end")]
    [InlineData("\uFEFF")]
    public void An_up_without_statements_is_refused_and_a_down_without_is_no_undo(string text)
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        folder.Write("001_a.down.sql", text);
        var read = folder.Read();
        Assert.False(read.Migrations[0].HasUndo);
        Assert.NotNull(read.Migrations[0].Down);
        Assert.Equal(ErrorId.UndoMissing, Assert.Single(read.Warnings).Id);

        folder.Write("001_a.sql", text);
        read = folder.Read();
        Assert.False(EmptyScript.IsUnwritten(read.Migrations[0].Up));
        Assert.Contains(read.Warnings, w => w.Id == ErrorId.ScriptEmpty);
    }

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("SELECT 1 -- the end")]
    [InlineData("-- first\n/* second */ SELECT 1;")]
    [InlineData("- 1")]
    [InlineData("/ 1")]
    [InlineData("-")]
    [InlineData("/* without an end")]
    [InlineData("/* a /* not nested in SQLite */ SELECT 1;")]
    public void A_script_with_anything_to_run_is_not_empty(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        Assert.False(folder.Single().Up.IsEmpty);
    }

    [Theory]
    [InlineData(new[] { "001_a.sql", "003_c.sql" }, "between 001 and 003")]
    [InlineData(new[] { "001_a.sql", "20240101120000_b.sql" }, "'001_a' and '20240101120000_b'")]
    [InlineData(new[] { "20231201_b.sql", "20240101120000_a.sql" }, "'20231201_b' and '20240101120000_a'")]
    [InlineData(new[] { "001_a.sql", "001_a.down.sql", "002_b.sql" }, "1 migration has no down script and cannot be rolled back: 002_b.")]
    public void What_is_odd_is_warned_of(string[] names, string expected)
    {
        using var folder = new TemporaryFolder().With(names);

        Assert.Contains(expected, Assert.Single(folder.Read().Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("001_a.sql", "002_b.sql")]
    [InlineData("20240101120000_a.sql", "20250101120000_b.sql")]
    [InlineData("1.1_a.sql", "2.0_b.sql")]
    [InlineData("00000000000000_setup.sql", "20250101120000_b.sql")]
    public void What_is_usual_is_not(string first, string second)
    {
        using var folder = new TemporaryFolder().With(first, second);

        Assert.Empty(folder.Read().Warnings);
    }
}
