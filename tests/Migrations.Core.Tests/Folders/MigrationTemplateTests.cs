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
    [InlineData(new[] { "2023-01-01-120000_c/up.sql" }, new[] { "2024-05-06-070809_add_tags/up.sql", "2024-05-06-070809_add_tags/down.sql" })]
    [InlineData(new[] { "2026-01-01-120000-0000_c/up.sql" }, new[] { "2026-01-01-120001-0000_add_tags/up.sql", "2026-01-01-120001-0000_add_tags/down.sql" })]
    [InlineData(new[] { "20230101_120000_c.sql" }, new[] { "20240506_070809_add_tags.sql", "20240506_070809_add_tags.down.sql" })]
    [InlineData(new[] { "2023_01_01_120000_c.sql" }, new[] { "2024_05_06_070809_add_tags.sql", "2024_05_06_070809_add_tags.down.sql" })]
    [InlineData(new[] { "2099_01_01_120000_c.sql" }, new[] { "2099_01_01_120001_add_tags.sql", "2099_01_01_120001_add_tags.down.sql" })]
    [InlineData(new[] { "20990101_1200_c.sql" }, new[] { "20990101_1201_add_tags.sql", "20990101_1201_add_tags.down.sql" })]
    [InlineData(new[] { "2023_01_01_c.sql" }, new[] { "2024_05_06_070809_add_tags.sql", "2024_05_06_070809_add_tags.down.sql" })]
    [InlineData(new[] { "0.9/00__a.sql", "0.10/07__b.sql" }, new[] { "0.10/08__add_tags.sql", "0.10/08__add_tags.down.sql" })]
    [InlineData(new[] { "20230101120000_c.sql" }, new[] { "20240506070809_add_tags.sql", "20240506070809_add_tags.down.sql" })]
    [InlineData(new[] { "20230101_c.sql" }, new[] { "20240506_add_tags.sql", "20240506_add_tags.down.sql" })]
    [InlineData(new[] { "20990101120000_c.sql" }, new[] { "20990101120001_add_tags.sql", "20990101120001_add_tags.down.sql" })]
    [InlineData(new[] { "12345678901234567890_c.sql" }, new[] { "12345678901234567891_add_tags.sql", "12345678901234567891_add_tags.down.sql" })]
    [InlineData(new[] { "001_c.sql", "007_orphan.down.sql" }, new[] { "008_add_tags.sql", "008_add_tags.down.sql" })]
    [InlineData(new string[0], new[] { "001_add_tags.sql", "001_add_tags.down.sql" })]
    public void The_next_number_in_the_folders_own_layout(string[] files, string[] expected)
    {
        using var folder = new TemporaryFolder().With(files);

        Assert.Equal(expected, Create(folder.Path));
        Assert.All(expected, f => Assert.True(File.Exists(System.IO.Path.Combine(folder.Path, f))));
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
        Assert.Contains(read.Warnings, w => w.Id == ErrorId.ScriptEmpty && w.Remedy.Contains("Write it", StringComparison.Ordinal));
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
        folder.Write(created, written.Replace(up, up + "CREATE TABLE a (b);\n", StringComparison.Ordinal).Replace(down, down + "DROP TABLE a;\n", StringComparison.Ordinal));
        Assert.True(folder.Read().Migrations[1].HasUndo);
    }

    [Fact]
    public void Both_halves_have_a_header()
    {
        using var folder = new TemporaryFolder();

        var files = Create(folder.Path, "Add user prefs").Select(f => File.ReadAllText(System.IO.Path.Combine(folder.Path, f))).ToList();

        Assert.StartsWith("-- Migration: 001_add_user_prefs\n-- Created: 2024-05-06\n-- Description: Add user prefs\n", files[0], StringComparison.Ordinal);
        Assert.StartsWith("-- Migration: 001_add_user_prefs\n-- Created: 2024-05-06\n-- Description: Undo: Add user prefs\n", files[1], StringComparison.Ordinal);
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
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
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

        Assert.Equal(ErrorId.FolderMissing, Assert.Throws<MigrationException>(() => Create(System.IO.Path.Combine(folder.Path, "migrations"))).Id);
    }

    [Theory]
    [InlineData(MigrationLayout.DownSuffix)]
    [InlineData(MigrationLayout.FolderEach)]
    [InlineData(MigrationLayout.Sections)]
    public void Many_at_once_get_different_numbers(MigrationLayout layout)
    {
        using var folder = new TemporaryFolder();

        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i => Create(folder.Path, $"m{i % 8}", new CreateOptions { Layout = layout }));

        var numbers = Directory.EnumerateFileSystemEntries(folder.Path).Select(p => System.IO.Path.GetFileName(p)).Where(n => !n.EndsWith(".down.sql", StringComparison.Ordinal)).Select(n => n.Split('_')[0]).ToList();
        Assert.Equal(24, numbers.Count);
        Assert.Equal(24, numbers.Distinct().Count());
    }

    private static List<string> Create(string folder, string name = "add tags", CreateOptions? options = null) =>
        [.. MigrationTemplate.Create(folder, name, options ?? new CreateOptions(), Now).Select(p => System.IO.Path.GetRelativePath(folder, p).Replace('\\', '/'))];
}
