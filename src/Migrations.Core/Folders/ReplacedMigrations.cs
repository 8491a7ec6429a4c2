namespace Migrations.Folders;

/// <summary>
/// Reads and writes <c>Replaces:</c> in a header: names of migrations, each with the checksum of its script behind it
/// (<c>Replaces: 0001_users sha256:9f86..., 0002_orders sha256:60303a...</c>). The line can be repeated. What a squash among them had
/// replaced is named too, with that squash: <c>Replaces: 0001_users sha256:9f86... by:0002_squash</c>.
/// </summary>
internal static class ReplacedMigrations
{
    /// <summary>How to write it, for messages.</summary>
    public const string Allowed = "'Replaces: <migration> sha256:<checksum>', one line for each migration";

    private const string Mark = "sha256:";
    private const string By = " by:";
    private const int DigestLength = 64;

    /// <summary>Reads a line; null when it is invalid.</summary>
    public static IReadOnlyList<ReplacedMigration>? Read(string value)
    {
        var found = new List<ReplacedMigration>();
        var name = new List<string>();
        var at = value.IndexOf(By, StringComparison.OrdinalIgnoreCase);
        var by = at < 0 ? null : value[(at + By.Length)..].Trim();
        foreach (var word in value[..(at < 0 ? value.Length : at)].Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!word.StartsWith(Mark, StringComparison.OrdinalIgnoreCase))
            {
                name.Add(word);
                continue;
            }

            var checksum = word[Mark.Length..].ToLowerInvariant();
            if (name.Count == 0 || checksum.Length != DigestLength || !checksum.All(char.IsAsciiHexDigitLower))
                return null;
            // A folder of a migration's own may have spaces in its name.
            found.Add(Of(string.Join(' ', name), checksum, by));
            name.Clear();
        }

        // Without a checksum it is what people write for each other.
        return found;
    }

    /// <summary>The lines for one migration, without dashes: its own, and those of what it replaces.</summary>
    public static IEnumerable<string> Write(Migration migration) =>
        [
            Line(migration.FullName, migration.Up.Checksum, by: null),
            .. migration.Header.Replaces.Select(r => Line(r.Name, r.Checksum, r.By ?? migration.FullName)),
        ];

    private static string Line(string name, string checksum, string? by) =>
        $"Replaces: {name} {Mark}{checksum}{(by is null ? "" : By + by)}";

    private static ReplacedMigration Of(string name, string checksum, string? by) => new(name, VersionOf(name), checksum, by);

    private static MigrationVersion? VersionOf(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (!MigrationFileName.TryParse(name[(slash + 1)..] + MigrationFileName.Extension, rollbackSuffix: false, out var parsed))
            return null;
        return slash < 0 ? parsed.Version : MigrationFileName.VersionIn(name[..slash], parsed.Number);
    }
}
