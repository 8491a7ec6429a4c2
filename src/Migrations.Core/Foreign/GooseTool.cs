using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// goose (<see href="https://github.com/pressly/goose"/>): a row for each change; of old versions also rows that take one back.
/// </summary>
internal sealed class GooseTool : ForeignTool
{
    // Held by applications that migrate with it as a library, see https://pressly.github.io/goose/blog/2023/goose-provider/
    private const long Lock = 4097083626;

    public override string Name => "goose";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("goose_db_version", "version_id is_applied tstamp")];

    public override bool CanWrite => true;

    // Row 0 is goose's own.
    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.Where(r => r["version_id"] is { Length: > 0 } and not "0")
                .GroupBy(r => r["version_id"]!, StringComparer.Ordinal)
                .Select(g => g.MaxBy(r => ForeignValue.Number(r["id"]) ?? 0)!)
                .Where(r => ForeignValue.IsTrue(r["is_applied"]))
                .OrderBy(r => ForeignValue.Number(r["id"]) ?? 0)
                .Select(r => new ForeignEntry
                {
                    Text = r["version_id"]!,
                    Version = r["version_id"],
                    AppliedAt = ForeignValue.Moment(r["tstamp"]),
                }),
        ]);

    public override long? LockKey(ForeignTable table, string database) => Lock;

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is not { } version
            ? []
            :
            [
                ForeignSql.Delete(table, "version_id", version.Key),
                ForeignSql.Insert(
                    table,
                    ("version_id", ForeignSql.Text(version.Key)),
                    ("is_applied", ForeignSql.Text("1")),
                    ("tstamp", ForeignSql.Now)
                ),
            ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is { } version ? [ForeignSql.Delete(table, "version_id", version.Key)] : [];
}
