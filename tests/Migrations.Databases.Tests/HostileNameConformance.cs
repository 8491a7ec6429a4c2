using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Names that would do harm if they were ever taken for SQL, or for a path.</summary>
public abstract class HostileNameConformance(DatabaseKind kind) : Conformance(kind)
{
    public static TheoryData<string> HostileNames { get; } =
    [
        "x\"; DROP TABLE canary; --",
        "x'; DROP TABLE canary; --",
        "x]; DROP TABLE canary; --",
        "x`; DROP TABLE canary; --",
        "a\nb; DROP TABLE canary",
        "\\'; DROP TABLE canary; --",
        "E'\\x41",
        "$$; DROP TABLE canary; $$",
        "${HOME}",
        "%s%n",
        "ünï çødé ☃",
        " spaces  ",
        "select",
        "migration_journal; --",
    ];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Histories_schemas_and_services(string name)
    {
        await Database.ExecuteAsync("CREATE TABLE canary (a integer)");
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("002_none", "-- Transaction: none\nCREATE TABLE b (id integer);\nDROP TABLE b;\n", "SELECT 1;");
        Migrator Hostile() =>
            Engine(o =>
                o with
                {
                    Service = name,
                    Session = o.Session with { HistoryTable = name, HistorySchema = Kind == DatabaseKind.Sqlite ? null : name },
                }
            );
        Assert.Equal("001_a, 002_none", Names(await Hostile().ApplyAsync()));
        Assert.Equal("001_a Applied, 002_none Applied", await StatesAsync(Hostile()));
        Assert.Empty(await Hostile().ApplyAsync());
        Assert.Equal(name, (await Hostile().GetHistoryAsync())[0].Service);
        Assert.Null((await Hostile().GetSummaryAsync()).LockedBy);
        Assert.Equal("002_none, 001_a", Names(await Hostile().UndoAsync(new UndoRequest { Last = 2 })));
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM canary"));
        var quoted = "\"" + name.Replace("\"", "\"\"") + "\"";
        Assert.Equal(
            "8",
            await Database.ScalarAsync($"SELECT count(*) FROM {(Kind == DatabaseKind.Sqlite ? quoted : quoted + "." + quoted)}")
        );
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task Files_and_tables(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows allows few of these in file names.");
        await Database.ExecuteAsync("CREATE TABLE canary (a integer)");
        var table = "\"" + name.Replace("\"", "\"\"").Replace("${HOME}", "$HOME") + "\"";
        Migration(
            "001_" + name,
            $"CREATE TABLE {table} (id integer PRIMARY KEY);\nINSERT INTO {table} VALUES (1);\n",
            $"DROP TABLE {table};"
        );
        Migration("002_" + name, $"-- Transaction: none\nALTER TABLE {table} ADD COLUMN b integer;\n", "SELECT 1;");
        try
        {
            Assert.Equal(2, (await ApplyAsync()).Count);
        }
        catch (FolderException e)
        {
            // Refused as a file name, with its fix: fine, as long as nothing has run.
            Assert.All(e.Problems, p => Assert.NotEmpty(p.Remedy.ToString()));
            Assert.Equal("canary", await TablesAsync());
            return;
        }

        Assert.All(await Engine().GetStatusAsync(), s => Assert.Equal(MigrationState.Applied, s.State));
        Assert.Equal("1", await Database.ScalarAsync($"SELECT count(*) FROM {table}"));
        Assert.Equal(2, (await UndoAsync(new UndoRequest { All = true })).Count);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM canary"));
        Assert.Equal("canary", await TablesAsync());
    }
}

public sealed class SqliteHostileNameTests() : HostileNameConformance(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData("it's; a \"test\".db")]
    [InlineData("a%20b?mode=ro#x.db")]
    [InlineData("file:x.db")]
    [InlineData("new\nline.db")]
    public async Task Database_files(string name)
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        using var folder = new Migrations.Testing.TemporaryFolder();
        var file = folder[name];
        var migrator = new Migrator(Kind.Driver, Kind.Driver.Parse(file, Folder)!, Folder);
        Assert.Single(await migrator.ApplyAsync());
        Assert.True(File.Exists(file));
        Assert.Equal(MigrationState.Applied, Assert.Single(await migrator.GetStatusAsync()).State);
    }
}

public sealed class PostgreSqlHostileNameTests() : HostileNameConformance(DatabaseKind.PostgreSql);
