using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Evolve (<see href="https://evolve-db.netlify.app/"/>): Flyway's file names, MD5 checksums, and rows of failures.</summary>
internal sealed class EvolveTool : ForeignTool
{
    private const long Lock = 12345;

    public override string Name => "evolve";

    public override string Title => "Evolve";

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

    public override long? LockKey(ForeignTable table, string database) => Lock;
}
