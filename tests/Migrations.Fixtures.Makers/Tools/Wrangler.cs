namespace Migrations.Fixtures.Makers.Tools;

/// <summary>wrangler, with D1 as it runs locally (<see href="https://developers.cloudflare.com/d1/reference/migrations/"/>).</summary>
public sealed class Wrangler : NpmTool
{
    public override string Name => "d1";

    public override bool KnowsPostgreSql => false;

    public override IReadOnlyList<string> Changing => ["applied_at"];

    protected override string Package => "wrangler";

    public override async Task<TestDatabase?> CreateOwnAsync(TemporaryFolder folder)
    {
        folder.Write(
            "wrangler.toml",
            "name = \"shop\"\ncompatibility_date = \"2024-09-01\"\n[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"shop\"\n"
                + "database_id = \"99999999-9999-4999-8999-999999999999\"\nmigrations_dir = \"theirs\"\n"
        );
        await CommandAsync("wrangler", folder, "d1", "execute", "shop", "--local", "--command", "SELECT 1");
        return new SqliteTestDatabase(
            Directory
                .GetFiles(folder[".wrangler/state/v3/d1"], "*.sqlite", SearchOption.AllDirectories)
                .Single(f => Path.GetFileName(f) is not "metadata.sqlite")
        );
    }

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        WriteFirst(folder, count);
        return CommandAsync("wrangler", folder, "d1", "migrations", "apply", "shop", "--local");
    }
}
