using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>Flyway (<see href="https://documentation.red-gate.com/flyway/"/>), with the table of its versions before 5 too.</summary>
internal sealed class FlywayTool : ForeignTool
{
    private const string Columns = "installed_rank version description type script checksum installed_on success";

    // What Flyway writes about the schema itself, not about a migration.
    private static readonly string[] Synthetic = ["SCHEMA", "BASELINE"];

    public override string Name => "flyway";

    public override string Title => "Flyway";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("flyway_schema_history", Columns), new("schema_version", Columns)];

    public override bool CanWrite => true;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var ranked = rows.OrderBy(r => ForeignValue.Number(r["installed_rank"]) ?? 0).ToList();
        // What an undo or a repair took back is recorded by a later row of the same version.
        var last = ranked
            .Where(r => !Synthetic.Contains(r["type"], StringComparer.Ordinal))
            .GroupBy(r => r["version"] ?? r["script"] ?? "", StringComparer.Ordinal)
            .Select(g => g.Last())
            .Where(r => r["type"] is not "DELETE" && r["type"]?.StartsWith("UNDO", StringComparison.Ordinal) != true)
            .OrderBy(r => ForeignValue.Number(r["installed_rank"]) ?? 0)
            .ToList();
        return new([.. last.Where(r => ForeignValue.IsTrue(r["success"])).Select(Entry)])
        {
            Head = ranked.LastOrDefault(r => r["type"] is "BASELINE")?["version"],
            Problems =
            [
                .. last.Where(r => !ForeignValue.IsTrue(r["success"]))
                    .Select(r =>
                        $"{r["script"]} is recorded as failed: see what of it is there, undo that, and remove the row with "
                        + "'flyway repair'"
                    ),
            ],
        };
    }

    public override string? ChecksumOf(string text, string file) => Checksum(text).ToString(CultureInfo.InvariantCulture);

    /// <summary>One CRC-32 over all lines without their ends and without a byte order mark, as a signed number.</summary>
    public static int Checksum(string text)
    {
        var crc = new Crc32();
        using var lines = new StringReader(text.TrimStart('\uFEFF'));
        while (lines.ReadLine() is { } line)
            crc.Add(line);
        return unchecked((int)crc.Value);
    }

    public override long? LockKey(ForeignTable table, string database) => 77431708279161 + JavaHash($"\"{table.Schema}\".\"{table.Name}\"");

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [
            ForeignSql.Insert(
                table,
                ("installed_rank", $"(SELECT COALESCE(MAX(installed_rank), 0) + 1 FROM {table})"),
                ("version", migration.Version is { } version ? ForeignSql.Text(version.Text) : "NULL"),
                ("description", ForeignSql.Text(migration.Name.Replace('_', ' '))),
                ("type", ForeignSql.Text("SQL")),
                ("script", ForeignSql.Text(Path.GetFileName(migration.Up.File))),
                ("checksum", ForeignSql.Text(ChecksumOf(ScriptText.ReadFile(migration.Up), migration.Up.File)!)),
                ("installed_by", ForeignSql.Text("migrations")),
                ("execution_time", ForeignSql.Text("0")),
                ("success", ForeignSql.Text("1"))
            ),
        ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [ForeignSql.Delete(table, "script", Path.GetFileName(migration.Up.File))];

    private static ForeignEntry Entry(ForeignRow row) =>
        new()
        {
            Text = row["script"] ?? row["version"] ?? "",
            Version = row["version"],
            File = row["script"],
            Checksum = row["checksum"],
            AppliedAt = ForeignValue.Moment(row["installed_on"]),
            AppliedBy = row["installed_by"] is { Length: > 0 } user ? user : null,
            Milliseconds = ForeignValue.Number(row["execution_time"]),
        };

    // https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/String.html#hashCode()
    private static int JavaHash(string text) => unchecked(text.Aggregate(0, (hash, c) => (hash * 31) + c));
}
