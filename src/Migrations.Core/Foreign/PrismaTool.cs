using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>Prisma Migrate (<see href="https://www.prisma.io/docs/orm/prisma-migrate"/>): a row for each attempt.</summary>
internal sealed class PrismaTool : ForeignTool
{
    private const long Lock = 72707369;

    public override string Name => "prisma";

    public override string Title => "Prisma";

    public override bool CanWrite => true;

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("_prisma_migrations", "id checksum finished_at migration_name rolled_back_at started_at")];

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var standing = rows.Where(r => r["rolled_back_at"] is null)
            .OrderBy(r => ForeignValue.Moment(r["started_at"]))
            .ThenBy(r => r["migration_name"], StringComparer.Ordinal)
            .ToList();
        return new([
            .. standing
                .Where(r => r["finished_at"] is not null)
                .Select(r => new ForeignEntry
                {
                    Text = r["migration_name"] ?? "",
                    Name = r["migration_name"],
                    Checksum = r["checksum"],
                    AppliedAt = ForeignValue.Moment(r["finished_at"]),
                }),
        ])
        {
            Problems =
            [
                .. standing
                    .Where(r => r["finished_at"] is null)
                    .Select(r =>
                        $"{r["migration_name"]} failed, or is running: see what of it is there, and decide it with 'prisma migrate resolve'"
                    ),
            ],
        };
    }

    public override string? ChecksumOf(string text, string file) => TextHash.Sha256(text);

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [
            ForeignSql.Insert(
                table,
                ("id", ForeignSql.Text(Guid.NewGuid().ToString())),
                ("checksum", ForeignSql.Text(TextHash.Sha256(ScriptText.ReadFile(migration.Up)))),
                ("finished_at", table.Moment),
                ("migration_name", ForeignSql.Text(migration.FullName)),
                ("started_at", table.Moment),
                ("applied_steps_count", ForeignSql.Text("1"))
            ),
        ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [ForeignSql.Delete(table, "migration_name", migration.FullName)];

    public override long? LockKey(ForeignTable table, string database) => Lock;
}
