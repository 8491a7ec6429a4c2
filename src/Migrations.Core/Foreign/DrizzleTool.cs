using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// Drizzle (<see href="https://orm.drizzle.team/docs/migrations"/>): the SHA-256 of each file, and no name.
/// </summary>
internal sealed class DrizzleTool : ForeignTool
{
    private const int DigitsShown = 12;

    public override string Name => "drizzle";

    public override string Title => "Drizzle";

    // On SQLite its SERIAL means nothing, and every id is NULL.
    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("__drizzle_migrations", "id hash created_at")];

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.OrderBy(r => ForeignValue.Number(r["created_at"]) ?? 0)
                .Where(r => r["hash"] is { Length: > 0 })
                .Select(r => new ForeignEntry
                {
                    Text = "the file with the hash " + r["hash"]![..Math.Min(DigitsShown, r["hash"]!.Length)],
                    Checksum = r["hash"],
                    AppliedAt = ForeignValue.Moment(r["created_at"]),
                }),
        ]);

    public override string? ChecksumOf(string text, string file) => TextHash.Sha256(text);
}
