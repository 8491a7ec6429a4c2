using System.Security.Cryptography;
using System.Text;

namespace Migrations.Foreign;

/// <summary>The rules by which tools that are recognised make their checksums.</summary>
internal static class RecognisedChecksums
{
    /// <summary>grate's (<see href="https://erikbra.github.io/grate/"/>): the MD5 of the text with doubled apostrophes.</summary>
    public static string Grate(string text, string file)
    {
        var plain = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        return Convert.ToBase64String(Convert.FromHexString(TextHash.Md5(plain)));
    }

    /// <summary>
    /// That of an <c>atlas.sum</c> (<see href="https://atlasgo.io/concepts/migration-directory-integrity"/>): one SHA-256 that runs over
    /// the names and texts of all files up to this one.
    /// </summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Its path.</param>
    public static string Atlas(string text, string file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var before = Directory
            .EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(file))!, "*.sql")
            .Where(f => string.CompareOrdinal(Path.GetFileName(f), Path.GetFileName(file)) < 0)
            .OrderBy(f => Path.GetFileName(f), StringComparer.Ordinal);
        foreach (var earlier in before)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(earlier)));
            hash.AppendData(File.ReadAllBytes(earlier));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file) + text));
        return Convert.ToBase64String(hash.GetHashAndReset());
    }
}
