using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class NameProblemTests
{
    /// <summary>Beside <c>001_a.sql</c> and <c>003_c.sql</c> with downs: a file, and the name that it should have.</summary>
    [Theory]
    [InlineData("add_tags.sql", "004_add_tags.sql")]
    [InlineData("Add Tags.sql", "004_add_tags.sql")]
    [InlineData("add_tags.down.sql", "004_add_tags.down.sql")]
    [InlineData("4 add tags.sql", "004_add_tags.sql")]
    [InlineData("004.add.sql", "004_add.sql")]
    [InlineData("004 add.sql", "004_add.sql")]
    [InlineData("004add.sql", "004_add.sql")]
    [InlineData("004+add-tags.down.sql", "004_add_tags.down.sql")]
    [InlineData("001_a.undo.sql", "001_a.down.sql")]
    [InlineData("004.do.add.sql", "004_add.sql")]
    [InlineData("003.undo.c.sql", "003_c.down.sql")]
    [InlineData("down_003_c.sql", "003_c.down.sql")]
    [InlineData("Undo-003.sql", "003.down.sql")]
    [InlineData("undo_log.sql", "004_undo_log.sql")]
    [InlineData("v4__add.sql", "004_add.sql")]
    [InlineData("V4_add.sql", "004_add.sql")]
    [InlineData("größe.sql", "004_größe.sql")]
    public void A_misfit_is_told_its_right_name(string name, string expected)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "003_c.sql", "003_c.down.sql", name);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.FileNameInvalid, problem.Id);
        Assert.Equal(System.IO.Path.Combine(folder.Path, name), problem.Location.File);
        Assert.Contains($"'{expected}'", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "001_a.up.sql", "001_a.down.sql", "b.sql" }, "002_b.up.sql")]
    [InlineData(new[] { "V1_1__a.sql", "b.sql" }, "V1_2__b.sql")]
    [InlineData(new[] { "V1_1__a.sql", "v1.2__b.sql" }, "V1.2__b.sql")]
    [InlineData(new[] { "V1__a.sql", "v1_10__b.sql" }, "V1_10__b.sql")]
    [InlineData(new[] { "001_a.sql", "001_a.down.sql", "v1_10__b.sql" }, "1.10_b.sql")]
    [InlineData(new[] { "0001_a.sql", "rollback/0001_rollback.sql", "7 x.sql" }, "0007_x.sql")]
    public void The_right_name_is_in_the_folders_own_layout(string[] names, string expected)
    {
        using var folder = new TemporaryFolder().With(names);

        Assert.Contains($"'{expected}'", folder.Problem().Remedy.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Names whose ending hides a migration, and the name that it should have.</summary>
    [Theory]
    [InlineData("20240102000000_b.sql.txt", "20240102000000_b.sql")]
    [InlineData("20240104000000_d.sql ", "20240104000000_d.sql")]
    [InlineData("20240105000000_e.pgsql", "20240105000000_e.sql")]
    [InlineData("20240106000000_f", "20240106000000_f.sql")]
    [InlineData("20240107000000_g.sql.new", "20240107000000_g.sql")]
    [InlineData("20240107000000_g.sql.gz", "20240107000000_g.sql")]
    [InlineData("20240108000000_h.DDL", "20240108000000_h.sql")]
    [InlineData("20240108000000_h.sqll", "20240108000000_h.sql")]
    [InlineData("20240109000000_i.up", "20240109000000_i.up.sql")]
    [InlineData("V2__j.psql", "V2__j.sql")]
    [InlineData("R__views", "R__views.sql")]
    [InlineData("2024_01_01_120000_k.sql_", "2024_01_01_120000_k.sql")]
    [InlineData("rollback/20240101000000_rollback.sql.txt", "20240101000000_rollback.sql")]
    [InlineData("20240110000000_l/down.sql.txt", "down.sql")]
    public void A_migration_that_its_ending_hides_is_refused(string name, string expected)
    {
        using var folder = new TemporaryFolder().With("20240101000000_a.sql", "20240110000000_l/up.sql", name);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.FileNameInvalid, System.IO.Path.Combine(folder.Path, name)), (problem.Id, problem.Location.File));
        Assert.Contains($"'{expected}'", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { "sqitch.plan", "deploy/users.sql", "revert/users.sql" })]
    [InlineData("", new[] { "deploy/users.sql", "revert/users.sql", "verify/users.sql" })]
    [InlineData("deploy", new[] { "sqitch.plan", "deploy/001_users.sql", "revert/001_users.sql" })]
    public void A_Sqitch_project_is_refused(string path, string[] names)
    {
        using var folder = new TemporaryFolder().With(names);

        var error = Assert.Throws<FolderException>(() => Read(System.IO.Path.Combine(folder.Path, path)));

        Assert.Contains(error.Problems, p => p.Id == ErrorId.FileNameInvalid && p.Message.Contains("Sqitch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("20240101120000_users.js", "not written in SQL")]
    [InlineData("0001_initial.py", "not written in SQL")]
    [InlineData("00001_users.go", "not written in SQL")]
    [InlineData("20240101120000_users.rb", "not written in SQL")]
    [InlineData("001_users.xml", "not written in SQL")]
    [InlineData("001_users.yaml", "not written in SQL")]
    [InlineData("ae1027a6acf_users.py", "no SQL, but programs")]
    [InlineData("CreateUsers.cs", "no SQL, but programs")]
    [InlineData("db.changelog-master.xml", "Liquibase changelog")]
    [InlineData("changelog.yaml", "Liquibase changelog")]
    [InlineData("sqitch.plan", "Sqitch project")]
    [InlineData("001_users.sql", "Liquibase changelog")]
    public void Migrations_that_are_not_plain_SQL_stop_with_what_can_be_done(string name, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, "--liquibase formatted sql\n--changeset ann:1\nSELECT 1;\n");

        var problem = folder.Problems()[0];

        Assert.EndsWith(name, problem.Location.File, StringComparison.Ordinal);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("migrations adopt --sql", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("helper.py", 0)]
    [InlineData("changelog.xml", 1)]
    public void Beside_SQL_they_do_not_stop_a_run(string name, int warnings)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", name);
        Assert.Equal(warnings, folder.Read().Warnings.Count(w => w.Location.File.EndsWith(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("rollback", new[] { "0001_a.sql", "rollback/0001_a.sql" })]
    [InlineData("down", new[] { "up/0001_a.sql", "down/0001_a.sql" })]
    public void A_folder_of_undo_scripts_is_never_read_by_itself(string path, string[] names)
    {
        using var folder = new TemporaryFolder().With(names);

        var error = Assert.Throws<MigrationException>(() => Read(System.IO.Path.Combine(folder.Path, path)));

        Assert.Equal(ErrorId.FolderMissing, error.Id);
        Assert.Contains($"--path \"{folder.Path}\"", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Where undo scripts stand that are not read, and the name that the first of them should have.</summary>
    [Theory]
    [InlineData("m", "m/revert", new[] { "m/001_a.sql", "m/revert/001_a.sql", "m/revert/002_b.sql" }, "(2)", "001_a.down.sql")]
    [InlineData("m", "m/down", new[] { "m/001_a.sql", "m/down/users.sql" }, "(1)", "<number>_users.down.sql")]
    [InlineData("m", "m/Undo/2024", new[] { "m/001_a.sql", "m/Undo/2024/001_a.sql" }, "(1)", "001_a.down.sql")]
    [InlineData("m", "rollback", new[] { "m/001_a.sql", "rollback/001_a.sql" }, "(1)", "001_a.down.sql")]
    [InlineData(
        "up",
        "down",
        new[] { "up/001_a.sql", "up/002_b.sql", "up/002_b.down.sql", "down/001_a.down.sql" },
        "(1)",
        "001_a.down.sql"
    )]
    public void Undo_scripts_in_a_folder_that_is_not_read_are_reported(string path, string where, string[] names, string count, string name)
    {
        using var folder = new TemporaryFolder().With(names);

        var warnings = Read(System.IO.Path.Combine(folder.Path, path)).Warnings;

        var warning = Assert.Single(warnings, w => w.Location.File == System.IO.Path.Combine(folder.Path, where));
        Assert.Contains(count, warning.Message, StringComparison.Ordinal);
        Assert.Contains($"'{name}'", warning.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m", new[] { "m/001_a.sql", "m/rollback/001_a.sql", "rollback/001_a.sql" })] // They have their undo.
    [InlineData("m", new[] { "m/001_a.sql", "down/002_b.sql", "undo/readme.md" })] // Those of others.
    [InlineData("m", new[] { "m/V1__a.sql", "m/undo/U1__a.sql" })] // Read.
    public void Undo_scripts_that_are_read_or_of_others_are_not_reported(string path, string[] names)
    {
        using var folder = new TemporaryFolder().With(names);

        Assert.Empty(Read(System.IO.Path.Combine(folder.Path, path)).Warnings);
    }

    [Theory]
    [InlineData("B1_10__base.sql", "'V1_10__base.sql'", "up to 1.10")]
    [InlineData("B2__base.sql", "'V2__base.sql'", "up to 2")]
    public void A_Flyway_baseline_keeps_its_version(string name, string remedy, string message)
    {
        using var folder = new TemporaryFolder().With("V1__a.sql", name);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.FileNameInvalid, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_files_without_numbers_get_different_ones_and_a_pair_gets_the_same()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "x.sql", "x.down.sql", "y.sql");

        Assert.Equal(
            ["Rename it to '002_x.down.sql'.", "Rename it to '002_x.sql'.", "Rename it to '003_y.sql'."],
            folder.Problems().Select(p => p.Remedy.ToString())
        );
    }

    [Fact]
    public void A_timestamp_folder_gets_a_later_timestamp()
    {
        using var folder = new TemporaryFolder().With("29990101120059_a.sql", "b.sql");

        Assert.Contains("'29990101120060_b.sql'", folder.Problem().Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_right_name_that_is_taken_is_told()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "1 a.sql");

        Assert.Contains("already exists", folder.Problem().Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00002_rename.go", "00002_rename.sql")]
    [InlineData("beforeMigrate.sql", "hooks")]
    [InlineData("rollback/undo.sql", "0001_rollback.sql")]
    [InlineData("2_b/other.sql", "up.sql")]
    public void What_cannot_run_is_refused(string name, string remedy)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", name);

        var problem = folder.Problem();

        Assert.Equal(ErrorId.FileNameInvalid, problem.Id);
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_bad_files_are_told_at_once_in_the_order_of_their_names()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "b.sql", "003_c.down.sql");
        folder.Write("004_d.sql", "-- Timeout: soon\nSELECT 1;\n");
        folder.Write("005_e.sql", [0x53, 0xE9]);

        var error = Assert.Throws<FolderException>(() => folder.Read());

        Assert.Equal(
            [ErrorId.UndoOrphaned, ErrorId.HeaderInvalid, ErrorId.EncodingInvalid, ErrorId.FileNameInvalid],
            error.Problems.Select(p => p.Id)
        );
        Assert.All(error.Problems, p => Assert.Contains(p.Remedy.ToString(), error.Message, StringComparison.Ordinal));
        Assert.Equal(ErrorId.FolderInvalid, error.Id);
    }

    [Fact]
    public void A_missing_folder_names_what_was_looked_for_and_what_is_near()
    {
        using var folder = new TemporaryFolder().With("db/Migrations/001_a.sql", "src/001_a.sql");

        var error = Assert.Throws<MigrationException>(() => Read(System.IO.Path.Combine(folder.Path, "db", "migration")));

        Assert.Equal(ErrorId.FolderMissing, error.Id);
        Assert.Contains(System.IO.Path.Combine(folder.Path, "db", "migration"), error.Message, StringComparison.Ordinal);
        Assert.Contains(System.IO.Path.Combine(folder.Path, "db", "Migrations"), error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            System.IO.Path.Combine("src", "001_a.sql"),
            Assert.Throws<MigrationException>(() => Read(System.IO.Path.Combine(folder.Path, "src", "001_a.sql"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_whose_subfolders_hold_the_migrations_names_them()
    {
        using var folder = new TemporaryFolder().With("api/0001_a.sql", "api/rollback/0001_rollback.sql", "scores/0001_b.sql");

        var error = Assert.Throws<MigrationException>(() => folder.Read());

        Assert.Equal(ErrorId.FolderMissing, error.Id);
        Assert.Contains("its subfolders do: api, scores.", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"--path \"{System.IO.Path.Combine(folder.Path, "api")}\" --service api",
            error.NextStep.ToString(),
            StringComparison.Ordinal
        );
    }

    private static Migrations.Folders.MigrationFolder Read(string path) =>
        Migrations.Folders.MigrationFolderReader.Read(path, new Migrations.Folders.FolderOptions(), CancellationToken.None);
}
