using Migrations.Foreign;
using Migrations.History;

namespace Migrations.Adoption;

/// <summary>Compares a file with the checksum that another tool recorded, by the tool's own rule.</summary>
internal static class ContentComparison
{
    /// <summary>Compares it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>.</exception>
    public static ContentMatch Compare(ForeignTool tool, ForeignEntry entry, Migration migration)
    {
        if (entry.Checksum is not { Length: > 0 } recorded)
            return ContentMatch.Unknown;
        var file = migration.Up.File;
        var text = ScriptText.ReadFile(migration.Up);
        if (tool.ChecksumOf(text, file) is not { } checksum)
            return ContentMatch.Unknown;
        if (Is(checksum, recorded))
            return ContentMatch.Same;
        return Variants(text).Any(v => Is(tool.ChecksumOf(v, file), recorded)) ? ContentMatch.Cosmetic : ContentMatch.Different;
    }

    /// <summary>The checksums of a file: of its text, and of the text without what is cosmetic.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>.</exception>
    public static IEnumerable<string> ChecksumsOf(ForeignTool tool, Migration migration)
    {
        var file = migration.Up.File;
        var text = ScriptText.ReadFile(migration.Up);
        return Variants(text).Prepend(text).Select(v => tool.ChecksumOf(v, file)).OfType<string>();
    }

    private static bool Is(string? checksum, string recorded) => string.Equals(checksum, recorded, StringComparison.OrdinalIgnoreCase);

    /// <summary>The text as editors and version control change it without a word.</summary>
    private static IEnumerable<string> Variants(string text)
    {
        var plain = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var trimmed = string.Join('\n', plain.Split('\n').Select(l => l.TrimEnd()));
        foreach (var body in new[] { plain, trimmed })
        {
            foreach (var end in new[] { body, body.TrimEnd(), body.TrimEnd() + "\n" })
            {
                foreach (var lines in new[] { end, end.ReplaceLineEndings("\r\n") })
                {
                    yield return lines;
                    yield return "\uFEFF" + lines;
                }
            }
        }
    }
}
