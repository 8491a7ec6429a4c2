using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Foreign;

/// <summary>
/// Drizzle (<see href="https://orm.drizzle.team/docs/migrations"/>): the SHA-256 of each file, and no name.
/// </summary>
internal sealed class DrizzleTool : ForeignTool
{
    private const int DigitsShown = 12;

    public override string Name => "drizzle";

    public override string Title => "Drizzle";

    public override bool CanWrite => true;

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

    public override Migration? Find(ForeignEntry entry, IEnumerable<Migration> free)
    {
        var files = free.ToList();
        var folder = files.Select(m => Path.GetDirectoryName(m.Up.File)).FirstOrDefault();
        if (folder is null || entry.AppliedAt?.ToUnixTimeMilliseconds() is not { } moment)
            return null;
        var names = DrizzleJournal.Read(folder).Where(j => j.Value == moment).Select(j => j.Key).ToList();
        return names is [var name] ? files.Find(m => string.Equals(m.FullName, name, StringComparison.Ordinal)) : null;
    }

    // It applies what is newer in its journal than the newest moment here.
    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest)
    {
        var moments = DrizzleJournal.Read(Path.GetDirectoryName(migration.Up.File) ?? "");
        var moment = moments.TryGetValue(migration.FullName, out var known)
            ? ForeignSql.Text(known.ToString(CultureInfo.InvariantCulture))
            : $"(SELECT COALESCE(MAX(created_at), 0) + 1 FROM {table})";
        return
        [
            .. Remove(table, migration, highest),
            ForeignSql.Insert(table, ("hash", ForeignSql.Text(HashOf(migration))), ("created_at", moment)),
        ];
    }

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        [ForeignSql.Delete(table, "hash", HashOf(migration))];

    private static string HashOf(Migration migration) => TextHash.Sha256(ScriptText.ReadFile(migration.Up));
}
