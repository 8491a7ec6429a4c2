using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>Evolve (<see href="https://evolve-db.netlify.app/"/>): Flyway's file names, MD5 checksums, and rows of failures.</summary>
internal sealed class EvolveTool : ForeignTool
{
    private const long Lock = 12345;

    public override string Name => "evolve";

    public override string Title => "Evolve";

    public override bool CanWrite => true;

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("changelog", "id type version description name checksum installed_by installed_on success")];

    // Types: 0 versioned, 4 repeatable; the others are Evolve's own rows about the schema.
    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var last = rows.Where(r => r["type"] is "0" or "4")
            .OrderBy(r => ForeignValue.Number(r["id"]) ?? 0)
            .GroupBy(r => r["version"] ?? r["name"] ?? "", StringComparer.Ordinal)
            .Select(g => g.Last())
            .ToList();
        return new([
            .. last.Where(r => ForeignValue.IsTrue(r["success"]))
                .Select(r => new ForeignEntry
                {
                    Text = r["name"] ?? r["version"] ?? "",
                    Version = r["version"],
                    File = r["name"],
                    Checksum = r["checksum"],
                    AppliedAt = ForeignValue.Moment(r["installed_on"]),
                    AppliedBy = r["installed_by"] is { Length: > 0 } user ? user : null,
                }),
        ])
        {
            Problems =
            [
                .. last.Where(r => !ForeignValue.IsTrue(r["success"]))
                    .Select(r =>
                        $"{r["name"]} is recorded as failed: see what of it is there, undo that, and remove the row with 'evolve "
                        + "repair'"
                    ),
            ],
        };
    }

    public override string? ChecksumOf(string text, string file) =>
        TextHash.Md5(text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal));

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [
            .. Remove(table, migration, highest),
            ForeignSql.Insert(
                table,
                ("type", ForeignSql.Text(migration.Version is null ? "4" : "0")),
                ("version", migration.Version is { } version ? ForeignSql.Text(version.Text.Replace('_', '.')) : "NULL"),
                ("description", ForeignSql.Text(migration.Name.Replace('_', ' '))),
                ("name", ForeignSql.Text(Path.GetFileName(migration.Up.File))),
                ("checksum", ForeignSql.Text(ChecksumOf(ScriptText.ReadFile(migration.Up), migration.Up.File)!.ToUpperInvariant())),
                ("installed_by", ForeignSql.Text("migrations")),
                ("success", ForeignSql.Text("1"))
            ),
        ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [ForeignSql.Delete(table, "name", Path.GetFileName(migration.Up.File))];

    public override long? LockKey(ForeignTable table, string database) => Lock;
}
