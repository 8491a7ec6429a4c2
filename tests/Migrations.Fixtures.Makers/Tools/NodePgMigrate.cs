namespace Migrations.Fixtures.Makers.Tools;

/// <summary>node-pg-migrate (<see href="https://salsita.github.io/node-pg-migrate/"/>).</summary>
public sealed class NodePgMigrate : NpmTool
{
    public override string Name => "node-pg-migrate";

    public override bool KnowsSqlite => false;

    public override IReadOnlyList<string> Changing => ["run_on"];

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        folder.Write("url.json", System.Text.Json.JsonSerializer.Serialize(new { url = database.Address }));
        return CommandAsync(
            "node-pg-migrate",
            folder,
            "up",
            "--config-file",
            folder["url.json"],
            "--migrations-dir",
            WriteFirst(folder, count)
        );
    }
}
