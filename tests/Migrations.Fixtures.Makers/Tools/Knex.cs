using System.Text.Json;

namespace Migrations.Fixtures.Makers.Tools;

/// <summary>Knex (<see href="https://knexjs.org/guide/migrations.html"/>).</summary>
public sealed class Knex : NpmTool
{
    public override string Name => "knex";

    public override bool IsCode => true;

    public override IReadOnlyList<string> Changing => ["migration_time"];

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        foreach (var (name, statements) in Shop.Migrations.Take(count))
        {
            var calls = statements.Select(s => $"  await database.raw({JsonSerializer.Serialize(s)});\n");
            folder.Write(
                $"theirs/{Shop.Moments[name]}_{name}.js",
                $"exports.up = async (database) => {{\n{string.Concat(calls)}}};\nexports.down = async () => {{}};\n"
            );
        }

        return ScriptAsync("knex.cjs", folder, database.Address, folder["theirs"]);
    }
}
