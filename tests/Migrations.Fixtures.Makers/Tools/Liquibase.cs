namespace Migrations.Fixtures.Makers.Tools;

/// <summary>Liquibase (<see href="https://docs.liquibase.com/"/>), with a changelog of formatted SQL.</summary>
public sealed class Liquibase : NpmTool
{
    private const string SqliteDriver = "/usr/share/java/sqlite-jdbc.jar";

    public override string Name => "liquibase";

    public override bool IsCode => true;

    public override IReadOnlyList<string> Changing => ["dateexecuted", "deployment_id", "liquibase"];

    public override void Require()
    {
        base.Require();
        Assert.SkipWhen(Executable.OnPath("java") is null, "Java is not installed: apt-get install default-jre-headless.");
        Assert.SkipUnless(File.Exists(SqliteDriver), "Liquibase has no driver of SQLite: apt-get install libxerial-sqlite-jdbc-java.");
    }

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        folder.Write("changelog.sql", Changelog(count));
        var home = PathOf("liquibase", "dist", "liquibase");
        var jars = Directory
            .GetFiles(home, "*.jar", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(PathOf("liquibase", "dist", "drivers"), "postgresql-*.jar"))
            .Append(SqliteDriver);
        return new OtherProgram(Executable.OnPath("java")!, folder.Path).RunAsync([
            "-cp",
            string.Join(Path.PathSeparator, jars),
            "liquibase.integration.commandline.LiquibaseCommandLine",
            .. AddressOf(database),
            "--changelog-file=changelog.sql",
            "--show-banner=false",
            "update",
        ]);
    }

    private static string[] AddressOf(TestDatabase database) =>
        database is PostgreSqlTestDatabase postgres
            ?
            [
                $"--url=jdbc:postgresql://{postgres.Server.Host}:{postgres.Server.Port}/{postgres.Name}",
                "--username=" + postgres.Server.User,
                "--password=" + postgres.Server.Password,
            ]
            : ["--url=jdbc:sqlite:" + database.Address];

    private static string Changelog(int count) =>
        "--liquibase formatted sql\n"
        + string.Concat(
            Shop.Migrations.Take(count)
                .Select((m, i) => $"\n--changeset ann:{i + 1}\n{string.Join('\n', m.Statements)}\n--rollback DROP TABLE {m.Name};\n")
        );
}
