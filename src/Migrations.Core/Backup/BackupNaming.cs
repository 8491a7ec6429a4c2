using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.Backup;

/// <summary>
/// Names backups: <c>&lt;database&gt;_&lt;yyyyMMdd_HHmmss&gt;.&lt;ext&gt;</c>. The time is UTC, so that names sort as time went, in the
/// hour that summer time repeats too.
/// </summary>
internal static partial class BackupNaming
{
    /// <summary>The end of the name of a file with roles and other cluster-wide objects.</summary>
    public const string GlobalsSuffix = ".globals.sql";

    /// <summary>The end of the name of a folder in which a backup is being written.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>The end of the name of a compressed file.</summary>
    public const string CompressedSuffix = ".gz";

    // In bytes: most file systems keep 255, and what follows the name takes its share.
    private const int LongestStem = 100;

    /// <summary>The name without extension.</summary>
    /// <param name="database">The database's own name: whatever it holds, what comes out is a safe name of a file.</param>
    /// <param name="nativeExtension">The engine's own extension, which the name of a file database loses.</param>
    /// <param name="at">When the backup is begun.</param>
    /// <param name="what">What else is said in the name, for example <c>before_restore</c>.</param>
    public static string Stem(string database, string nativeExtension, DateTimeOffset at, string? what = null) =>
        Safe(database, nativeExtension) + End(at, what);

    /// <summary>What a name ends in, whatever the database is called.</summary>
    public static string End(DateTimeOffset at, string? what) =>
        at.UtcDateTime.ToString("'_'yyyyMMdd_HHmmss", CultureInfo.InvariantCulture) + (what is null ? "" : "_" + what);

    /// <summary>The same name for another try: the second one ends in <c>_2</c>.</summary>
    public static string Numbered(string stem, int attempt) =>
        attempt == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}_{attempt}");

    /// <summary>Whether a file is named as backups are.</summary>
    public static bool IsBackupName(string name) => BackupName().IsMatch(name) && !name.EndsWith(GlobalsSuffix, StringComparison.Ordinal);

    /// <summary>
    /// What the name says of a state that a restore kept, <c>before_restore</c> or <c>failed</c>; null for the name of anything else.
    /// </summary>
    public static string? KeptLabelOf(string name) => KeptName().Match(name) is { Success: true } match ? match.Groups["what"].Value : null;

    private static string Safe(string database, string nativeExtension)
    {
        var name =
            database.Length > nativeExtension.Length && database.EndsWith(nativeExtension, StringComparison.OrdinalIgnoreCase)
                ? database[..^nativeExtension.Length]
                : database;
        var safe = new StringBuilder();
        var room = LongestStem;
        foreach (var rune in name.EnumerateRunes().TakeWhile(r => (room -= r.Utf8SequenceLength) >= 0))
        {
            // Letters and digits of every script are safe everywhere; all else that a shell, a file system or a person may stumble over is
            // not.
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.')
                safe.Append(rune.ToString());
            else
                safe.Append('_');
        }

        // No hidden file, and no option of a command.
        var text = safe.ToString().TrimStart('.', '-').TrimEnd('.');
        return text.Length == 0 ? "database" : text;
    }

    [GeneratedRegex(
        @"_\d{8}_\d{6}_(?<what>before_restore|failed)(_\d+)?\.[a-z.]+$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex KeptName();

    [GeneratedRegex(
        @"_\d{8}_\d{6}(_\d+)?\.[a-z.]+$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex BackupName();
}
