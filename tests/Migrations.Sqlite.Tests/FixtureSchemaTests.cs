using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

/// <summary>Real schemas: each keeps its fingerprint through what SQLite does to the text of definitions.</summary>
public sealed class FixtureSchemaTests
{
    public static TheoryData<string> Folders =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("tests", "fixtures"), "*.sql", SearchOption.AllDirectories)
                .Where(f => !f.Contains("postgresql", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(Repository.PathOf("tests", "fixtures"), Path.GetDirectoryName(f)!))
                .Distinct()
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Renaming_there_and_back_dumping_and_copying_change_nothing(string folder)
    {
        using var place = new TestFolder();
        Make(place.Database, Repository.PathOf("tests", "fixtures", folder));
        var expected = await ShowAsync(place.Database);
        Assert.NotEqual("", expected);

        RenameThereAndBack(place.Database);
        Assert.Equal(expected, await ShowAsync(place.Database));

        var (dump, loaded) = (Path.Combine(place.Path, "dump.sql"), Path.Combine(place.Path, "loaded.db"));
        await TestBackup.BackUpAsync(place.Database, dump, BackupFormat.Sql);
        await TestBackup.LoadAsync(dump, loaded, BackupFormat.Sql);
        Assert.Equal(expected, await ShowAsync(loaded));
        await TestBackup.EqualAsync(place.Database, loaded);
    }

    // What of a folder does not run by itself (another's starting point) is left out: each schema counts as it comes.
    private static void Make(string database, string folder)
    {
        foreach (
            var file in Directory
                .GetFiles(folder, "*.sql")
                .Where(f => !f.Contains("down", StringComparison.Ordinal) && !f.Contains("rollback", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var handle = TestSql.Open(database);
            try
            {
                handle.Run(File.ReadAllText(file));
            }
            catch (Native.SqliteFailure) when (File.Exists(database))
            {
                if (handle.InTransaction)
                    handle.Execute("COMMIT");
            }
        }

        TestSql.Run(database, "CREATE TABLE IF NOT EXISTS always (id INTEGER PRIMARY KEY)");
    }

    private static void RenameThereAndBack(string database)
    {
        using var handle = TestSql.Open(database);
        foreach (var table in SqliteSchemaItem.Read(handle).Where(i => i.IsPlainTable && !i.IsInternal).ToList())
        {
            handle.Execute($"ALTER TABLE {SqliteNames.Quote(table.Name)} RENAME TO renamed_meanwhile");
            handle.Execute($"ALTER TABLE renamed_meanwhile RENAME TO {SqliteNames.Quote(table.Name)}");
            var column = SqliteTableReader.Read(table.Sql!).Columns[0].Name;
            handle.Execute($"ALTER TABLE {SqliteNames.Quote(table.Name)} RENAME COLUMN {SqliteNames.Quote(column)} TO renamed_meanwhile");
            handle.Execute($"ALTER TABLE {SqliteNames.Quote(table.Name)} RENAME COLUMN renamed_meanwhile TO {SqliteNames.Quote(column)}");
        }
    }

    private static async Task<string> ShowAsync(string path)
    {
        await using var session = await new SqliteDriver().OpenAsync(TestBackup.Target(path), new Databases.SessionOptions(), default);
        return TestSql.Show(await session.Inspector.ReadSchemaAsync(default));
    }
}
