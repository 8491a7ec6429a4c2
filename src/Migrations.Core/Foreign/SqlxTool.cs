using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>sqlx (<see href="https://github.com/launchbadge/sqlx"/>): a row for each version, with the SHA-384 of its file.</summary>
internal sealed class SqlxTool : ForeignTool
{
    private const long Salt = 0x3d32ad9e;
    private const long NanosecondsInMillisecond = 1_000_000;

    public override string Name => "sqlx";

    public override bool CanWrite => true;

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("_sqlx_migrations", "version description installed_on success checksum execution_time")];

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var ordered = rows.OrderBy(r => ForeignValue.Number(r["version"]) ?? 0).ToList();
        return new([
            .. ordered
                .Where(r => ForeignValue.IsTrue(r["success"]))
                .Select(r => new ForeignEntry
                {
                    Text = $"{r["version"]} {r["description"]}",
                    Version = r["version"],
                    Checksum = r["checksum"]?.Replace(@"\x", "", StringComparison.Ordinal),
                    AppliedAt = ForeignValue.Moment(r["installed_on"]),
                    Milliseconds = ForeignValue.Number(r["execution_time"]) is { } time and >= 0 ? time / NanosecondsInMillisecond : null,
                }),
        ])
        {
            Problems =
            [
                .. ordered
                    .Where(r => !ForeignValue.IsTrue(r["success"]))
                    .Select(r =>
                        $"version {r["version"]} is recorded as not successful: see what " + "of it is there, undo that, and delete its row"
                    ),
            ],
        };
    }

    public override string? ChecksumOf(string text, string file) => TextHash.Sha384(text);

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is not { } version
            ? []
            :
            [
                .. Remove(table, migration, highest),
                ForeignSql.Insert(
                    table,
                    ("version", ForeignSql.Text(version.Key)),
                    ("description", ForeignSql.Text(migration.Name.Replace('_', ' '))),
                    ("success", ForeignSql.Text("1")),
                    ("checksum", table.Bytes(TextHash.Sha384(ScriptText.ReadFile(migration.Up)))),
                    ("execution_time", ForeignSql.Text("0"))
                ),
            ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is { } version ? [ForeignSql.Delete(table, "version", version.Key)] : [];

    public override long? LockKey(ForeignTable table, string database) => Salt * Crc32.Of(database);
}
