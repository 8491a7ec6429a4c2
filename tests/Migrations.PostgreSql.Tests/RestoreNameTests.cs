using Migrations.Backup;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Restores of databases whose names are long or odd: a name has 63 bytes, not 63 characters.</summary>
public sealed class RestoreNameTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public RestoreNameTests() => Prerequisite.PgDump();

    public static TheoryData<string> Names =>
        new()
        {
            string.Concat(Enumerable.Range(0, 21).Select(i => (char)('\u4e00' + i))),
            string.Concat(Enumerable.Range(0, 20).Select(i => (char)('\u5e00' + i))),
            string.Concat(Enumerable.Range(0, 31).Select(i => (char)('\u0430' + (i % 32)))),
            new string('a', 29) + "\U0001F600\U0001F600",
            string.Concat(Enumerable.Repeat("\U0001F600", 15)) + "ab",
            new string('z', 63),
            "it's \"odd\" \\ %NAME% = x",
        };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_old_database_is_kept_and_the_new_one_has_its_name(string name)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(PostgreSqlServer.Shared, name);
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        var target = Driver.Parse(database.Address, "/")!;
        var backup = await new BackupManager(Driver, target).BackUpAsync(new BackupRequest { Folder = folder.Path });
        await database.ExecuteAsync("CREATE TABLE later (a int)");
        var names = new List<string>();
        for (var i = 0; i < 2; i++)
            names.Add((await new BackupManager(Driver, target).RestoreAsync(backup)).Kept!);
        await using var kept = PostgreSqlTestDatabase.Of(PostgreSqlServer.Shared, names[0]);
        await using var keptAgain = PostgreSqlTestDatabase.Of(PostgreSqlServer.Shared, names[1]);
        Assert.Equal(["t"], await database.TablesAsync());
        Assert.Equal(["later", "t"], await kept.TablesAsync());
        Assert.Equal(["t"], await keptAgain.TablesAsync());
        Assert.All(names, n => Assert.StartsWith(char.IsSurrogate(name[0]) ? "_" : name[..2], n, StringComparison.Ordinal));
        Assert.All(names, n => Assert.Matches("_[0-9]{8}_[0-9]{6}_before_restore(_2)?$", n));
        Assert.Equal(
            "0",
            await database.ScalarAsync(
                "SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_restoring\\_%' AND starts_with(datname, "
                    + "left(current_database(), 6))"
            )
        );
    }

    [Fact]
    public async Task What_stands_in_a_comment_or_a_setting_is_no_name_of_the_database()
    {
        const string Settings =
            "SELECT shobj_description(d.oid, 'pg_database') || ' ' || array_to_string(s.setconfig, ',')"
            + " FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0 WHERE d.datname = "
            + "current_database()";
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        var name = await database.ScalarAsync("SELECT quote_ident(current_database())");
        await database.ExecuteAsync(
            $"COMMENT ON DATABASE {name} IS 'the 100% %NAME% of %I''s'; ALTER DATABASE {name} SET app.label = '%NAME%'"
        );
        var before = await database.ScalarAsync(Settings);
        var manager = new BackupManager(Driver, Driver.Parse(database.Address, "/")!);

        var kept = (await manager.RestoreAsync(await manager.BackUpAsync(new BackupRequest { Folder = folder.Path }))).Kept!;

        await using var _ = PostgreSqlTestDatabase.Of(PostgreSqlServer.Shared, kept);
        Assert.Equal("the 100% %NAME% of %I's app.label=%NAME%", before);
        Assert.Equal(before, await database.ScalarAsync(Settings));
    }
}
