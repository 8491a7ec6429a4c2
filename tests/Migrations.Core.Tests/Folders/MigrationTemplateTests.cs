using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class MigrationTemplateTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 9, 8, 9, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(new[] { "003_c.sql", "003_c.down.sql" }, new[] { "004_add_tags.sql", "004_add_tags.down.sql" })]
    [InlineData(new[] { "003_c.sql", "003_c_rollback.sql" }, new[] { "004_add_tags.sql", "004_add_tags_rollback.sql" })]
    [InlineData(new[] { "9_c.up.sql", "9_c.down.sql" }, new[] { "10_add_tags.up.sql", "10_add_tags.down.sql" })]
    [InlineData(new[] { "0004_c.sql", "rollback/0004_rollback.sql" }, new[] { "0005_add_tags.sql", "rollback/0005_rollback.sql" })]
    [InlineData(new[] { "V1_9__c.sql", "R__x.sql" }, new[] { "V1_10__add_tags.sql", "U1_10__add_tags.sql" })]
    [InlineData(new[] { "V1.2__c.sql", "U1.2__c.sql" }, new[] { "V1.3__add_tags.sql", "U1.3__add_tags.sql" })]
    [InlineData(new[] { "20230101120000_c/up.sql" }, new[] { "20240506070809_add_tags/up.sql", "20240506070809_add_tags/down.sql" })]
    [InlineData(
        new[] { "2023-01-01-120000_c/up.sql" },
        new[] { "2024-05-06-070809_add_tags/up.sql", "2024-05-06-070809_add_tags/down.sql" }
    )]
    [InlineData(
        new[] { "2026-01-01-120000-0000_c/up.sql" },
        new[] { "2026-01-01-120001-0000_add_tags/up.sql", "2026-01-01-120001-0000_add_tags/down.sql" }
    )]
    [InlineData(new[] { "20230101_120000_c.sql" }, new[] { "20240506_070809_add_tags.sql", "20240506_070809_add_tags.down.sql" })]
    [InlineData(new[] { "2023_01_01_120000_c.sql" }, new[] { "2024_05_06_070809_add_tags.sql", "2024_05_06_070809_add_tags.down.sql" })]
    [InlineData(new[] { "2099_01_01_120000_c.sql" }, new[] { "2099_01_01_120001_add_tags.sql", "2099_01_01_120001_add_tags.down.sql" })]
    [InlineData(new[] { "20990101_1200_c.sql" }, new[] { "20990101_1201_add_tags.sql", "20990101_1201_add_tags.down.sql" })]
    [InlineData(new[] { "2023_01_01_c.sql" }, new[] { "2024_05_06_070809_add_tags.sql", "2024_05_06_070809_add_tags.down.sql" })]
    [InlineData(new[] { "0.9/00__a.sql", "0.10/07__b.sql" }, new[] { "0.10/08__add_tags.sql", "0.10/08__add_tags.down.sql" })]
    [InlineData(new[] { "20230101120000_c.sql" }, new[] { "20240506070809_add_tags.sql", "20240506070809_add_tags.down.sql" })]
    [InlineData(new[] { "20230101_c.sql" }, new[] { "20240506_add_tags.sql", "20240506_add_tags.down.sql" })]
    [InlineData(new[] { "20990101120000_c.sql" }, new[] { "20990101120001_add_tags.sql", "20990101120001_add_tags.down.sql" })]
    [InlineData(
        new[] { "12345678901234567890_c.sql" },
        new[] { "12345678901234567891_add_tags.sql", "12345678901234567891_add_tags.down.sql" }
    )]
    [InlineData(new[] { "001_c.sql", "007_orphan.down.sql" }, new[] { "008_add_tags.sql", "008_add_tags.down.sql" })]
    [InlineData(new[] { "0001_c.sql" }, new[] { "0002_add_tags.sql", "rollback/0002_rollback.sql" })]
    [InlineData(
        new[] { "20230101120000_c/migration.sql" },
        new[] { "20240506070809_add_tags/migration.sql", "20240506070809_add_tags/down.sql" }
    )]
    [InlineData(new string[0], new[] { "001_add_tags.sql", "001_add_tags.down.sql" })]
    public void The_next_number_in_the_folders_own_layout(string[] files, string[] expected)
    {
        using var folder = new TemporaryFolder().With(files);

        Assert.Equal(expected, Create(folder.Path));
        Assert.All(expected, f => Assert.True(File.Exists(System.IO.Path.Combine(folder.Path, f))));
    }

    [Theory]
    [InlineData("rollback/0005_rollback.sql", new[] { "0006_add_tags.sql", "rollback/0006_rollback.sql" })]
    [InlineData("0005_c.down.sql", new[] { "0006_add_tags.sql", "0006_add_tags.down.sql" })]
    public void A_marker_above_an_up_script_alone_makes_no_sections(string down, string[] expected)
    {
        using var folder = new TemporaryFolder().With("0001_a.sql", "0002_b.sql", down);
        folder.Write("0004_x.sql", "-- Up Migration\nSELECT 1;\n");
        folder.Write("0005_c.sql", "-- Up Migration\nSELECT 1;\n");

        Assert.Equal(expected, Create(folder.Path));
    }

    /// <summary>Files of the project, the migration folder in it, and what is made.</summary>
    [Theory]
    [InlineData(
        "wrangler.toml",
        "[[d1_databases]]\nbinding = \"DB\"",
        "migrations",
        new[] { "001_a.sql" },
        new[] { "002_add_tags.sql", "rollback/002_rollback.sql" }
    )]
    [InlineData(
        "wrangler.toml",
        "[[d1_databases]]\nmigrations_dir = 'db/d1'",
        "db/d1",
        new string[0],
        new[] { "0001_add_tags.sql", "rollback/0001_rollback.sql" }
    )]
    [InlineData(
        "wrangler.jsonc",
        "{ \"d1_databases\": [{ \"migrations_dir\": \"./db/d1/\" }] } // x",
        "db/d1",
        new[] { "0001_a.sql", "0001_a.down.sql" },
        new[] { "0002_add_tags.sql", "rollback/0002_rollback.sql" }
    )]
    [InlineData(
        "wrangler.json",
        "{ \"d1_databases\": [{}] }",
        "migrations",
        new[] { "1_a.up.sql", "1_a.down.sql" },
        new[] { "2_add_tags.sql", "rollback/2_rollback.sql" }
    )]
    [InlineData(
        "wrangler.toml",
        "[[d1_databases]]\nmigrations_dir = 'db/d1'",
        "other",
        new[] { "001_a.sql" },
        new[] { "002_add_tags.sql", "002_add_tags.down.sql" }
    )]
    [InlineData(
        "wrangler.toml",
        "[[kv_namespaces]]",
        "migrations",
        new[] { "001_a.sql" },
        new[] { "002_add_tags.sql", "002_add_tags.down.sql" }
    )]
    [InlineData(
        "supabase/config.toml",
        "",
        "supabase/migrations",
        new[] { "20230101120000_a.sql" },
        new[] { "20240506070809_add_tags.sql", "rollback/20240506070809_rollback.sql" }
    )]
    [InlineData(
        "migrations/atlas.sum",
        "h1:x",
        "migrations",
        new[] { "20230101120000_a.sql" },
        new[] { "20240506070809_add_tags.sql", "rollback/20240506070809_rollback.sql" }
    )]
    [InlineData(
        "compose.yaml",
        "",
        "docker-entrypoint-initdb.d",
        new[] { "01_a.sql" },
        new[] { "02_add_tags.sql", "rollback/02_rollback.sql" }
    )]
    [InlineData("migrations/tern.conf", "", "migrations", new[] { "001_a.sql" }, new[] { "002_add_tags.sql", "rollback/002_rollback.sql" })]
    [InlineData(
        "Cargo.toml",
        "refinery = '0.8'",
        "migrations",
        new[] { "V1_1__a.sql" },
        new[] { "V1_2__add_tags.sql", "rollback/1.2_rollback.sql" }
    )]
    public void Another_program_that_reads_the_folder_finds_no_undo_to_run(
        string file,
        string text,
        string path,
        string[] files,
        string[] expected
    )
    {
        using var project = new TemporaryFolder().With([.. files.Select(f => path + "/" + f)]);
        project.Write(file, text);

        Assert.Equal(expected, Create(project[path]));
        var read = MigrationFolderReader.Read(project[path], new FolderOptions(), CancellationToken.None);
        Assert.NotNull(read.Migrations[^1].Down);
    }

    [Fact]
    public void A_layout_that_is_asked_for_is_used_beside_another_program_too()
    {
        using var project = new TemporaryFolder().With("migrations/0001_a.sql");
        project.Write("wrangler.toml", "[[d1_databases]]");

        Assert.Equal(
            ["0002_add_tags.sql", "0002_add_tags.down.sql"],
            Create(project["migrations"], options: new CreateOptions { Layout = MigrationLayout.DownSuffix })
        );
    }

    [Theory]
    [InlineData("0001_a.down.sql", "SELECT 1;")]
    [InlineData("0001_a_rollback.sql", "SELECT 1;")]
    [InlineData("0001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;")]
    public void An_undo_that_another_program_would_run_is_warned_of(string name, string text)
    {
        using var project = new TemporaryFolder().With("migrations/0001_a.sql");
        project.Write("wrangler.toml", "[[d1_databases]]");
        project.Write("migrations/" + name, text);

        var warning = Assert.Single(
            MigrationFolderReader.Read(project["migrations"], new FolderOptions(), CancellationToken.None).Warnings
        );

        Assert.Equal((ErrorId.FileNameInvalid, project["migrations/" + name]), (warning.Id, warning.Location.File));
        Assert.StartsWith("Wrangler reads this folder too", warning.Message, StringComparison.Ordinal);
        Assert.Contains("'rollback/0001_rollback.sql'", warning.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { "api/0001_a.sql", "api/rollback/0001_rollback.sql", "scores/0001_b.sql" }, "api\"")]
    [InlineData("rollback", new[] { "0001_a.sql", "rollback/0001_rollback.sql" }, "--path")]
    public void A_migration_is_not_made_where_it_cannot_be_meant(string path, string[] files, string nextStep)
    {
        using var folder = new TemporaryFolder().With(files);

        var error = Assert.Throws<MigrationException>(() => Create(folder[path]));

        Assert.Equal(ErrorId.FolderMissing, error.Id);
        Assert.Contains(nextStep, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MigrationLayout.RollbackSuffix, "001_add_tags.sql")]
    [InlineData(MigrationLayout.UpDownSuffix, "001_add_tags.up.sql")]
    [InlineData(MigrationLayout.RollbackFolder, "0001_add_tags.sql")]
    [InlineData(MigrationLayout.Sections, "001_add_tags.sql")]
    [InlineData(MigrationLayout.Versioned, "V1__add_tags.sql")]
    [InlineData(MigrationLayout.FolderEach, "20240506070809_add_tags/up.sql")]
    [InlineData(MigrationLayout.VersionFolders, "0.1/01__add_tags.sql")]
    public void A_layout_can_be_asked_for_and_the_folder_is_made(MigrationLayout layout, string expected)
    {
        using var folder = new TemporaryFolder();
        var inner = System.IO.Path.Combine(folder.Path, "db", "migrations");

        Assert.Equal(expected, Create(inner, options: new CreateOptions { Layout = layout })[0]);
        var read = MigrationFolderReader.Read(inner, new FolderOptions(), CancellationToken.None);
        Assert.True(EmptyScript.IsUnwritten(Assert.Single(read.Migrations).Up));
        Assert.Contains(
            read.Warnings,
            w => w.Id == ErrorId.ScriptEmpty && w.Remedy.ToString().Contains("Write it", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("-- +goose Up\nSELECT 1;\n", "-- +goose Up\n", "-- +goose Down\n")]
    [InlineData("-- migrate:up\nSELECT 1;\n-- migrate:down\n", "-- migrate:up\n", "-- migrate:down\n")]
    [InlineData("-- +migrate Up\nSELECT 1;\n-- +migrate Down\n", "-- +migrate Up\n", "-- +migrate Down\n")]
    [InlineData("-- Up Migration\nSELECT 1;\n-- Down Migration\n", "-- Up Migration\n", "-- Down Migration\n")]
    public void Sections_are_made_with_the_markers_that_the_folder_uses(string text, string up, string down)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", text);

        var created = Assert.Single(Create(folder.Path));
        Assert.Equal("002_add_tags.sql", created);
        var written = File.ReadAllText(System.IO.Path.Combine(folder.Path, created));
        Assert.Contains(up, written, StringComparison.Ordinal);
        folder.Write(
            created,
            written
                .Replace(up, up + "CREATE TABLE a (b);\n", StringComparison.Ordinal)
                .Replace(down, down + "DROP TABLE a;\n", StringComparison.Ordinal)
        );
        Assert.True(folder.Read().Migrations[1].HasUndo);
    }

    [Fact]
    public void Both_halves_have_a_header()
    {
        using var folder = new TemporaryFolder();

        var files = Create(folder.Path, "Add user prefs").Select(f => File.ReadAllText(System.IO.Path.Combine(folder.Path, f))).ToList();

        Assert.StartsWith(
            "-- Migration: 001_add_user_prefs\n-- Created: 2024-05-06\n-- Description: Add user prefs\n",
            files[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "-- Migration: 001_add_user_prefs\n-- Created: 2024-05-06\n-- Description: Undo: Add user prefs\n",
            files[1],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData(MigrationLayout.Sections)]
    [InlineData(MigrationLayout.FolderEach)]
    [InlineData(MigrationLayout.RollbackFolder)]
    public void Where_no_undo_is_wanted_there_is_one_file_that_says_so(MigrationLayout? layout)
    {
        using var folder = new TemporaryFolder();
        var options = new CreateOptions { Irreversible = true, Layout = layout };

        var file = Assert.Single(MigrationTemplate.Create(folder.Path, "drop old rows", options, DateTimeOffset.UnixEpoch));
        File.AppendAllText(file, "DROP TABLE old;\n");

        var read = folder.Read();
        var migration = Assert.Single(read.Migrations);
        Assert.True(migration.IsIrreversible);
        Assert.Empty(read.Warnings);
    }

    [Fact]
    public void A_script_that_was_written_is_read_with_its_header()
    {
        using var folder = new TemporaryFolder();
        Create(folder.Path, options: new CreateOptions { Description = "Tags\nof all kinds" });
        File.AppendAllText(System.IO.Path.Combine(folder.Path, "001_add_tags.sql"), "CREATE TABLE a (b);\n");

        Assert.Equal("Tags of all kinds", folder.Single().Header.Description);
    }

    [Theory]
    [InlineData("Add user prefs", "001_add_user_prefs.sql")]
    [InlineData("  add--user__prefs!  ", "001_add_user_prefs.sql")]
    [InlineData("Größe ändern", "001_größe_ändern.sql")]
    [InlineData("../../etc/passwd", "001_etc_passwd.sql")]
    public void Names_are_made_fit_for_files(string name, string expected)
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(expected, Create(folder.Path, name)[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("add rollback")]
    [InlineData(
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    )]
    public void Names_that_cannot_be_used_are_refused(string name)
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(ErrorId.UsageInvalid, Assert.Throws<MigrationException>(() => Create(folder.Path, name)).Id);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_file_in_the_folders_place_is_refused()
    {
        using var folder = new TemporaryFolder().With("migrations");

        Assert.Equal(
            ErrorId.FolderMissing,
            Assert.Throws<MigrationException>(() => Create(System.IO.Path.Combine(folder.Path, "migrations"))).Id
        );
    }

    [Theory]
    [InlineData(MigrationLayout.DownSuffix)]
    [InlineData(MigrationLayout.FolderEach)]
    [InlineData(MigrationLayout.Sections)]
    public void Many_at_once_get_different_numbers(MigrationLayout layout)
    {
        using var folder = new TemporaryFolder();

        Parallel.For(
            0,
            24,
            new ParallelOptions { MaxDegreeOfParallelism = 6 },
            i => Create(folder.Path, $"m{i % 8}", new CreateOptions { Layout = layout })
        );

        var numbers = Directory
            .EnumerateFileSystemEntries(folder.Path)
            .Select(p => System.IO.Path.GetFileName(p))
            .Where(n => !n.EndsWith(".down.sql", StringComparison.Ordinal))
            .Select(n => n.Split('_')[0])
            .ToList();
        Assert.Equal(24, numbers.Count);
        Assert.Equal(24, numbers.Distinct().Count());
    }

    private static List<string> Create(string folder, string name = "add tags", CreateOptions? options = null) =>
        [
            .. MigrationTemplate
                .Create(folder, name, options ?? new CreateOptions(), Now)
                .Select(p => System.IO.Path.GetRelativePath(folder, p).Replace('\\', '/')),
        ];
}
