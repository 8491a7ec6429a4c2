namespace Migrations.Fixtures.Makers.Tools;

/// <summary>The command line of Supabase (<see href="https://supabase.com/docs/reference/cli/supabase-migration-up"/>).</summary>
public sealed class Supabase : NpmTool
{
    public override string Name => "supabase";

    public override bool KnowsSqlite => false;

    public override IReadOnlyList<string> Changing => [];

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        WriteFirst(folder, count, "supabase/migrations");
        folder.Write("supabase/config.toml", "project_id = \"shop\"\n");
        return CommandAsync("supabase", folder, "migration", "up", "--db-url", database.Address + "?sslmode=disable", "--yes");
    }
}
