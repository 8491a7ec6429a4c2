using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>Supabase (<see href="https://supabase.com/docs/guides/deployment/database-migrations"/>), by its command line.</summary>
internal sealed class SupabaseTool : ForeignTool
{
    public override string Name => "supabase";

    public override string Title => "Supabase";

    public override bool CanWrite => true;

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

    // It shows the statements, and runs none of them again.
    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is not { } version
            ? []
            :
            [
                .. Remove(table, migration, highest),
                ForeignSql.Insert(
                    table,
                    ("version", ForeignSql.Text(version.Text)),
                    ("statements", $"ARRAY[{ForeignSql.Text(ScriptText.ReadFile(migration.Up))}]"),
                    ("name", ForeignSql.Text(migration.Name))
                ),
            ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is { } version ? [ForeignSql.Delete(table, "version", version.Text)] : [];
}
