using System.Text.Json.Nodes;

namespace Migrations.Fixtures.Makers.Tools;

/// <summary>Drizzle (<see href="https://orm.drizzle.team/docs/migrations"/>).</summary>
public sealed class Drizzle : NpmTool
{
    public override string Name => "drizzle";

    public override IReadOnlyList<string> Changing => [];

    protected override string Package => "drizzle-orm";

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        var journal = JsonNode.Parse(File.ReadAllText(Path.Combine(Fixture, "migrations", "meta", "_journal.json")))!;
        var entries = journal["entries"]!.AsArray();
        while (entries.Count > count)
            entries.RemoveAt(entries.Count - 1);
        folder.Write("theirs/meta/_journal.json", journal.ToJsonString());
        return ScriptAsync("drizzle.cjs", folder, database.Address, WriteFirst(folder, count));
    }
}
