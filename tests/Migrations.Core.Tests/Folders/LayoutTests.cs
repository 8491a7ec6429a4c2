using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class LayoutTests
{
    /// <summary>Files, and what they should be read as: <c>full name|layout|has undo</c>, in order.</summary>
    public static TheoryData<string, string[], string[]> Layouts =>
        new()
        {
            {
                "rollback suffix",
                [
                    "001_initial_schema.sql",
                    "001_initial_schema_rollback.sql",
                    "002_add_indexes.sql",
                    "002_add_indexes_rollback.sql",
                    "003_tags.sql",
                ],
                ["001_initial_schema|RollbackSuffix|True", "002_add_indexes|RollbackSuffix|True", "003_tags|RollbackSuffix|False"]
            },
            { "down suffix", ["001_a.sql", "001_a.down.sql", "002_b.sql"], ["001_a|DownSuffix|True", "002_b|DownSuffix|False"] },
            { "up and down suffix", ["1_a.up.sql", "1_a.down.sql", "2_b.up.sql"], ["1_a|UpDownSuffix|True", "2_b|UpDownSuffix|False"] },
            {
                "rollback folder",
                [
                    "0001_a.sql",
                    "rollback/0001_rollback.sql",
                    "0002_b.sql",
                    "rollback/0002_b.sql",
                    "0003_c.sql",
                    "rollback/0003_c_rollback.sql",
                ],
                ["0001_a|RollbackFolder|True", "0002_b|RollbackFolder|True", "0003_c|RollbackFolder|True"]
            },
            {
                "versioned",
                ["V2__b.sql", "V1_2__a.sql", "U1_2__a.sql", "V1.10__c.sql", "R__views.sql", "R__Aliases.sql"],
                [
                    "V1_2__a|Versioned|True",
                    "V1.10__c|Versioned|False",
                    "V2__b|Versioned|False",
                    "R__Aliases|Versioned|False",
                    "R__views|Versioned|False",
                ]
            },
            { "versioned in subfolders", ["2023/V1__a.sql", "2024/more/V2__b.sql"], ["V1__a|Versioned|False", "V2__b|Versioned|False"] },
            {
                "folder each",
                [
                    "20240101120000_first/up.sql",
                    "20240101120000_first/down.sql",
                    "20240102120000_second step/migration.sql",
                    "20240102120000_second step/snapshot.json",
                ],
                ["20240101120000_first|FolderEach|True", "20240102120000_second step|FolderEach|False"]
            },
            {
                "diesel",
                [
                    "00000000000000_diesel_initial_setup/up.sql",
                    "00000000000000_diesel_initial_setup/down.sql",
                    "2024-01-01-120000_users/up.sql",
                    "2024-01-01-120000_users/down.sql",
                ],
                ["00000000000000_diesel_initial_setup|FolderEach|True", "2024-01-01-120000_users|FolderEach|True"]
            },
            {
                "diesel, both kinds of dates",
                ["2026-05-27-120000_b/up.sql", "2026-05-27-120000-0000_c/up.sql", "2026-05-11-183755-0000_a/up.sql", "2026-05-28_d/up.sql"],
                [
                    "2026-05-11-183755-0000_a|FolderEach|False",
                    "2026-05-27-120000_b|FolderEach|False",
                    "2026-05-27-120000-0000_c|FolderEach|False",
                    "2026-05-28_d|FolderEach|False",
                ]
            },
            {
                "version folders",
                ["0.10/00__c.sql", "0.9/00__a.sql", "0.9/02__b.sql", "0.9/02__b.down.sql", "0.9.1/00__x.sql"],
                [
                    "0.9/00__a|VersionFolders|False",
                    "0.9/02__b|VersionFolders|True",
                    "0.9.1/00__x|VersionFolders|False",
                    "0.10/00__c|VersionFolders|False",
                ]
            },
            {
                "mixed",
                [
                    "001_a.sql",
                    "001_a_rollback.sql",
                    "002_b.up.sql",
                    "002_b.down.sql",
                    "V3__c.sql",
                    "U3__c.sql",
                    "4_d/up.sql",
                    "005_e.sql",
                    "005_e.down.sql",
                ],
                [
                    "001_a|RollbackSuffix|True",
                    "002_b|UpDownSuffix|True",
                    "V3__c|Versioned|True",
                    "4_d|FolderEach|True",
                    "005_e|DownSuffix|True",
                ]
            },
            {
                "numbers, not texts",
                ["10_b.sql", "2_a.sql", "1.2_x.sql", "1.10_y.sql"],
                ["1.2_x|DownSuffix|False", "1.10_y|DownSuffix|False", "2_a|DownSuffix|False", "10_b|DownSuffix|False"]
            },
            {
                "no names",
                ["0189.up.sql", "0189.down.sql", "190.sql", "191__x.sql"],
                ["0189|UpDownSuffix|True", "190|DownSuffix|False", "191__x|DownSuffix|False"]
            },
            { "double dot", ["0001_x..up.sql", "0001_x.down.sql"], ["0001_x|UpDownSuffix|True"] },
            { "capital extension", ["001_a.SQL", "001_a.DOWN.sql"], ["001_a|DownSuffix|True"] },
            {
                "odd letters",
                ["001_it's a \"test\".sql", "002_größe_用户.sql", "002_größe_用户.down.sql"],
                ["001_it's a \"test\"|DownSuffix|False", "002_größe_用户|DownSuffix|True"]
            },
            {
                "names that end like directions",
                [
                    "001_set_up.sql",
                    "002_break_down.sql",
                    "002_break_down.down.sql",
                    "003_scale_down.up.sql",
                    "V4__add_undo.sql",
                    "5_tear_down/up.sql",
                ],
                [
                    "001_set_up|DownSuffix|False",
                    "002_break_down|DownSuffix|True",
                    "003_scale_down|UpDownSuffix|False",
                    "V4__add_undo|Versioned|False",
                    "5_tear_down|FolderEach|False",
                ]
            },
            {
                "dates with separators",
                [
                    "20240101_120000_a.sql",
                    "20240101_130000_b.sql",
                    "2024_01_02_120000_c.sql",
                    "2024_01_02_130000_d.sql",
                    "20240103T0900_e.sql",
                    "2024_01_04_f.sql",
                    "20240105-10-11-12_g/up.sql",
                ],
                [
                    "20240101_120000_a|DownSuffix|False",
                    "20240101_130000_b|DownSuffix|False",
                    "2024_01_02_120000_c|DownSuffix|False",
                    "2024_01_02_130000_d|DownSuffix|False",
                    "20240103T0900_e|DownSuffix|False",
                    "2024_01_04_f|DownSuffix|False",
                    "20240105-10-11-12_g|FolderEach|False",
                ]
            },
        };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Layouts_are_found_by_themselves(string layout, string[] files, string[] expected)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in files)
            folder.Write(file, file.Contains("/down", StringComparison.Ordinal) && file.StartsWith('4') ? "" : "SELECT 1;");
        if (layout == "mixed")
            folder.Write("4_d/down.sql", "SELECT 1;");

        Assert.Equal(expected, folder.Read().Migrations.Select(m => $"{m.FullName}|{m.Layout}|{m.HasUndo}"));
    }

    [Fact]
    public void Version_and_name_come_from_the_file_name()
    {
        using var folder = new TemporaryFolder().With(
            "V1_2__add_tags.sql",
            "0.9/03__late.sql",
            "20240101120000_x/up.sql",
            "2024-01-02-030405_y/up.sql"
        );

        var migrations = folder.Read().Migrations;

        Assert.Equal(["0.9.0.03", "1.2", "20240101120000", "20240102030405"], migrations.Select(m => m.Version!.Text));
        Assert.Equal(["late", "add_tags", "x", "y"], migrations.Select(m => m.Name));
        Assert.All(migrations, m => Assert.Equal(MigrationKey.Of(m.Version!), m.Key));
    }

    [Theory]
    [InlineData("20240101_120000_x.sql", "20240101120000", "x")]
    [InlineData("20240101-120000-x.sql", "20240101120000", "x")]
    [InlineData("20240101T120000_x.sql", "20240101120000", "x")]
    [InlineData("20240101_1200_x.sql", "20240101120000", "x")]
    [InlineData("2024_01_01_120000_x.sql", "20240101120000", "x")]
    [InlineData("2024_01_01_12_00_05_x.sql", "20240101120005", "x")]
    [InlineData("2024_01_01_x.sql", "20240101000000", "x")]
    [InlineData("2024_01_01.sql", "20240101000000", "")]
    [InlineData("2024-01-01-1200-x.sql", "20240101000000", "1200-x")]
    [InlineData("20240101_999999_x.sql", "20240101", "999999_x")]
    [InlineData("20240101_12_x.sql", "20240101", "12_x")]
    [InlineData("2024_13_01_x.sql", "2024", "13_01_x")]
    [InlineData("001_01_01_x.sql", "001", "01_01_x")]
    [InlineData("V2024_01_01_120000__x.sql", "2024.01.01.120000", "x")]
    public void A_date_with_separators_is_one_version(string file, string version, string name)
    {
        using var folder = new TemporaryFolder().With(file);

        var migration = folder.Single();

        Assert.Equal((version, name), (migration.Version!.Text, migration.Name));
    }

    [Fact]
    public void Repeatables_are_known_by_name_and_have_no_version()
    {
        using var folder = new TemporaryFolder().With("R__views.sql");

        var migration = folder.Single();

        Assert.True(migration.IsRepeatable);
        Assert.Null(migration.Version);
        Assert.Equal(MigrationKey.Of("R__views"), migration.Key);
    }

    [Theory]
    [InlineData("schema.sql")]
    [InlineData("seed.sql")]
    [InlineData("Schema.SQL")]
    [InlineData("README.md")]
    [InlineData("migrations.json")]
    [InlineData("notes.txt")]
    [InlineData("002_data.csv")]
    [InlineData("002_meta.json")]
    [InlineData("LICENSE")]
    [InlineData("query.sql.txt")]
    [InlineData(".hidden.sql")]
    [InlineData(".001_a.sql.swp")]
    [InlineData("embed.go")]
    [InlineData("checks/users.sql")]
    [InlineData("hooks/before-run.sql")]
    [InlineData(".git/001_x.sql")]
    [InlineData("docs/query.sql")]
    public void What_is_no_migration_is_left_out_in_silence(string name)
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        folder.Write(name, "not ; SQL");

        var read = folder.Read();

        Assert.Single(read.Migrations);
        Assert.Empty(read.Warnings);
    }

    [Theory]
    [InlineData("001_a.sql~")]
    [InlineData("001_a.sql.orig")]
    [InlineData("001_a.sql.bak")]
    [InlineData("archive/000_old.sql")]
    [InlineData("001_a.sql.disabled")]
    [InlineData("002_b.sql.old")]
    [InlineData("002_b.txt")]
    [InlineData("2_b/README.md")]
    public void What_may_have_been_meant_is_left_out_with_a_warning(string name)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", name);

        var read = folder.Read();

        Assert.Single(read.Migrations);
        Assert.Contains(Assert.Single(read.Warnings).Location.File, System.IO.Path.Combine(folder.Path, name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_beside_migrations_with_folders_of_their_own_is_left_out_with_a_warning()
    {
        using var folder = new TemporaryFolder().With("2024-01-01-120000_a/up.sql", "load_data.sql");

        Assert.EndsWith("load_data.sql", Assert.Single(folder.Read().Warnings).Location.File, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_has_no_migrations()
    {
        using var folder = new TemporaryFolder();

        var read = folder.Read();

        Assert.Empty(read.Migrations);
        Assert.True(read.IsEmpty);
        Assert.Equal(folder.Path, read.Path);
    }

    [Theory]
    [InlineData("R__views.sql")]
    [InlineData("checks/users.sql")]
    public void A_folder_with_anything_for_this_tool_is_not_empty(string name)
    {
        using var folder = new TemporaryFolder().With(name);

        Assert.False(folder.Read().IsEmpty);
    }

    [Theory]
    [InlineData(MigrationLayout.RollbackFolder)]
    [InlineData(MigrationLayout.DownSuffix)]
    public void A_forced_layout_takes_other_suffixes_as_part_of_the_name(MigrationLayout layout)
    {
        using var folder = new TemporaryFolder().With("005_add_rollback.sql");

        Assert.Equal("add_rollback", Assert.Single(folder.Read(layout).Migrations).Name);
        Assert.Equal(ErrorId.UndoOrphaned, folder.Problem().Id);
    }

    [Theory]
    [InlineData(MigrationLayout.UpDownSuffix, "001_a.sql", "'001_a.up.sql'")]
    [InlineData(MigrationLayout.DownSuffix, "001_a.up.sql", "'001_a.sql'")]
    [InlineData(MigrationLayout.RollbackSuffix, "001_a.down.sql", "'001_a_rollback.sql'")]
    [InlineData(MigrationLayout.Versioned, "001_a.sql", "'V001__a.sql'")]
    [InlineData(MigrationLayout.FolderEach, "20240101000000_a.sql", "'20240101000000_a/up.sql'")]
    [InlineData(MigrationLayout.DownSuffix, "V001__a.sql", "'001_a.sql'")]
    public void A_forced_layout_refuses_the_files_of_others(MigrationLayout layout, string name, string expected)
    {
        using var folder = new TemporaryFolder().With(name);

        var problem = folder.Problem(layout);

        Assert.Equal(ErrorId.FileNameInvalid, problem.Id);
        Assert.Contains(expected, problem.Remedy.ToString(), StringComparison.Ordinal);
    }
}
