using System.Text.RegularExpressions;

namespace Migrations.Folders;

/// <summary>
/// Other programs that read a migration folder and run every SQL file directly in it (or, with refinery, also those that begin with U), so
/// that an undo script beside the migrations would be run as one of them. None of them looks into <c>rollback/</c> for a name without their
/// prefix.
/// </summary>
internal static partial class OtherReader
{
    private const int MostLevels = 4;

    private static readonly string[] WranglerFiles = ["wrangler.toml", "wrangler.json", "wrangler.jsonc"];

    /// <summary>The program that reads a folder; null when none is known to.</summary>
    /// <param name="root">The folder's full path.</param>
    public static string? Find(string root)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
        var parent = Path.GetFileName(Path.GetDirectoryName(root));
        if (
            string.Equals(parent, "supabase", StringComparison.OrdinalIgnoreCase)
            && string.Equals(name, "migrations", StringComparison.OrdinalIgnoreCase)
        )
            return "Supabase";
        if (name.EndsWith("initdb.d", StringComparison.OrdinalIgnoreCase))
            return "the PostgreSQL image";
        if (File.Exists(Path.Combine(root, "atlas.sum")))
            return "Atlas";
        return File.Exists(Path.Combine(root, "tern.conf")) ? "tern" : FindAbove(root);
    }

    private static string? FindAbove(string root)
    {
        var folder = root;
        for (var level = 0; level < MostLevels && folder is not null; level++, folder = Path.GetDirectoryName(folder))
        {
            if (Array.Exists(WranglerFiles, f => IsNamedByWrangler(Path.Combine(folder, f), root)))
                return "wrangler";
            if (
                File.Exists(Path.Combine(folder, "refinery.toml"))
                || Read(Path.Combine(folder, "Cargo.toml")).Contains("refinery", StringComparison.Ordinal)
            )
                return "refinery";
        }

        return null;
    }

    /// <summary>
    /// See <see href="https://developers.cloudflare.com/d1/reference/migrations/"/>: <c>migrations_dir</c> of a database, <c>migrations</c>
    /// without.
    /// </summary>
    private static bool IsNamedByWrangler(string file, string root)
    {
        var text = Read(file);
        return text.Contains("d1_databases", StringComparison.Ordinal)
            && FoldersIn(text)
                .Any(f =>
                    string.Equals(
                        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, f))),
                        root,
                        StringComparison.Ordinal
                    )
                );
    }

    /// <summary>
    /// Apart, because every run asks <see cref="Find"/>, and hardly one needs the library for patterns, which takes milliseconds to load.
    /// </summary>
    private static IEnumerable<string> FoldersIn(string text) =>
        Folders().Matches(text).Select(m => m.Groups["folder"].Value).Append("migrations");

    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) && RegularFile.OtherKind(file) is null ? File.ReadAllText(file) : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another program's file is not ours to complain of.
            return "";
        }
    }

    [GeneratedRegex(
        """migrations_dir"?\s*[=:]\s*["'](?<folder>[^"']+)["']""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Folders();
}
