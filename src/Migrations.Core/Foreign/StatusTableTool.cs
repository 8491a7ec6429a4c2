using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>
/// A runner of one's own with a table <c>schema_migrations</c> of semantic versions, SHA-256 checksums and a status: applied, pending,
/// failed or rolled back.
/// </summary>
internal sealed class StatusTableTool : ForeignTool
{
    public override string Name => "schema_migrations";

    public override string Title => "a runner with a table schema_migrations";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("schema_migrations", "version description status")];

    public override bool CanWrite => true;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var inOrder = rows.OrderBy(r => ForeignValue.Number(r["id"]) ?? 0).ThenBy(r => r["version"], StringComparer.Ordinal).ToList();
        return new([.. inOrder.Where(r => Is(r, "applied")).Select(Entry)])
        {
            Problems =
            [
                .. inOrder
                    .Where(r => Is(r, "failed"))
                    .Select(r =>
                        $"{r["version"]} ({r["description"]}) is recorded as failed: see what of it is there, finish it or undo it, and "
                        + "set its status to 'applied' or 'rolled_back'"
                    ),
            ],
        };
    }

    public override string? ChecksumOf(string text, string file) => TextHash.Sha256(text);

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [
            ForeignSql.Delete(table, "version", VersionOf(migration)),
            ForeignSql.Insert(
                table,
                ("version", ForeignSql.Text(VersionOf(migration))),
                ("description", ForeignSql.Text(migration.Header.Description ?? migration.FullName)),
                ("applied_at", ForeignSql.Now),
                ("checksum", ForeignSql.Text(TextHash.Sha256(ScriptText.ReadFile(migration.Up)))),
                ("status", ForeignSql.Text("applied"))
            ),
        ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [
            $"UPDATE {table} SET {table.Column("status")} = 'rolled_back' WHERE {table.Column("version")} = "
                + ForeignSql.Text(VersionOf(migration)),
        ];

    private static string VersionOf(Migration migration) =>
        migration.Header.SemanticVersion ?? migration.Version?.Text ?? migration.FullName;

    private static bool Is(ForeignRow row, string status) => string.Equals(row["status"], status, StringComparison.OrdinalIgnoreCase);

    // A text with dots is a semantic version, which says nothing about the number of the file.
    private static ForeignEntry Entry(ForeignRow row)
    {
        var version = row["version"] ?? "";
        var isSemantic = version.Contains('.', StringComparison.Ordinal);
        return new ForeignEntry
        {
            Text = version,
            SemanticVersion = isSemantic ? version : null,
            Version = isSemantic ? null : version,
            Checksum = row["checksum"],
            AppliedAt = ForeignValue.Moment(row["applied_at"]),
            Milliseconds = ForeignValue.Number(row["execution_time_ms"]),
        };
    }
}
