using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Supabase (<see href="https://supabase.com/docs/guides/deployment/database-migrations"/>), by its command line.</summary>
internal sealed class SupabaseTool : ForeignTool
{
    public override string Name => "supabase";

    public override string Title => "Supabase";

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("schema_migrations", "version statements name") { Schema = "supabase_migrations" }];

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.OrderBy(r => r["version"], StringComparer.Ordinal)
                .Select(r => new ForeignEntry
                {
                    Text = $"{r["version"]}_{r["name"]}",
                    Version = r["version"],
                    Name = r["name"] is null ? null : $"{r["version"]}_{r["name"]}",
                }),
        ]);
}
