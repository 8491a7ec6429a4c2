namespace Migrations.Folders;

/// <summary>
/// Reads and writes <c>Replaces:</c> in a header: names of migrations, each with the checksum of its script behind it
/// (<c>Replaces: 0001_users sha256:9f86..., 0002_orders sha256:60303a...</c>). The line can be repeated.
/// </summary>
internal static class ReplacedMigrations
{
    /// <summary>How to write it, for messages.</summary>
    public const string Allowed = "'Replaces: <migration> sha256:<checksum>', one line for each migration";

    private const string Mark = "sha256:";
    private const int DigestLength = 64;

    /// <summary>Reads a line; null when it is invalid.</summary>
    public static IReadOnlyList<ReplacedMigration>? Read(string value)
    {
        var found = new List<ReplacedMigration>();
        var name = new List<string>();
        foreach (var word in value.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
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
            found.Add(Of(string.Join(' ', name), checksum));
            name.Clear();
        }

        found.AddRange(name.Select(n => Of(n, checksum: null)));
        return found;
    }

    /// <summary>The line for one migration, without dashes.</summary>
    public static string Write(Migration migration) => $"Replaces: {migration.FullName} {Mark}{migration.Up.Checksum}";

    private static ReplacedMigration Of(string name, string? checksum) => new(name, VersionOf(name), checksum);

    private static MigrationVersion? VersionOf(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (!MigrationFileName.TryParse(name[(slash + 1)..] + MigrationFileName.Extension, rollbackSuffix: false, out var parsed))
            return null;
        return slash < 0 ? parsed.Version : FolderContent.FolderVersion(name[..slash], parsed.Number);
    }
}
