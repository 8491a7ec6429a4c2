namespace Migrations.Fixtures.Makers.Tools;

/// <summary>dbmate (<see href="https://github.com/amacneil/dbmate"/>).</summary>
public sealed class Dbmate : NpmTool
{
    public override string Name => "dbmate";

    public override IReadOnlyList<string> Changing => [];

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count) =>
        CommandAsync(
            "dbmate",
            folder,
            "--url",
            database is SqliteTestDatabase ? "sqlite:" + database.Address : database.Address + "?sslmode=disable",
            "--migrations-dir",
            WriteFirst(folder, count),
            "--no-dump-schema",
            "up"
        );
}
