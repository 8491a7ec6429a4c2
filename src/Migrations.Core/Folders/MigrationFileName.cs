using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Migrations.Folders;

/// <summary>The grammar of migration file names: reads them, and writes the name that a migration's file should have.</summary>
/// <param name="Number">The version as written; empty for repeatable migrations.</param>
/// <param name="Name">The name without version and suffixes; may be empty.</param>
/// <param name="FullName">Version and name as written, without suffixes.</param>
/// <param name="IsDown">Whether the name says that it only rolls back.</param>
/// <param name="Form">What the name looks like.</param>
internal sealed record MigrationFileName(string Number, string Name, string FullName, bool IsDown, FileForm Form)
{
    /// <summary>How the names of scripts end.</summary>
    public const string Extension = ".sql";

    private const string UpSuffix = ".up";
    private const string DownSuffix = ".down";
    private const string RollbackSuffix = "_rollback";

    /// <summary>Suffixes of undo scripts elsewhere; a file with one is never an up script.</summary>
    private static readonly string[] ForeignDownSuffixes = [".rollback", ".undo", ".revert"];

    private static readonly string[] UndoEndings =
    [
        "_down",
        "-down",
        "_rollback",
        "-rollback",
        "_undo",
        "-undo",
        "_revert",
        "-revert",
        "_downgrade",
        "-downgrade",
    ];

    /// <summary>The version; null for repeatable migrations.</summary>
    public MigrationVersion? Version => Form == FileForm.Versioned ? Parse(Number) : VersionOf(Number);

    /// <summary>Whether the name ends with <c>.sql</c>, in any case.</summary>
    public static bool IsSql(string fileName) => fileName.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the name of an <c>.sql</c> or <c>.ps1</c> file.</summary>
    /// <param name="fileName">The name without folders.</param>
    /// <param name="rollbackSuffix">Whether <c>_rollback</c> at the end means an undo script, and is not just a part of the name.</param>
    /// <param name="parsed">What it says.</param>
    public static bool TryParse(string fileName, bool rollbackSuffix, [NotNullWhen(true)] out MigrationFileName? parsed)
    {
        // Both endings are of one length.
        var stem = fileName[..^Extension.Length];
        parsed = ParseVersioned(stem) ?? ParseNumbered(stem, rollbackSuffix);
        return parsed is not null;
    }

    /// <summary>
    /// Reads the number that a name begins with: digits, dotted digits, or a date with separators (<see cref="DateNumber"/>).
    /// </summary>
    /// <returns>Its length; 0 without one.</returns>
    public static int NumberLength(ReadOnlySpan<char> name)
    {
        var length = DateNumber.Length(name);
        if (length > 0)
            return length;
        while (length < name.Length && (char.IsAsciiDigit(name[length]) || IsInnerDot(name, length)))
            length++;
        return length;
    }

    /// <summary>Whether a file's name begins as a migration's does, whatever it ends with.</summary>
    public static bool BeginsLikeOne(string name) =>
        (NumberLength(name) is > 0 and var length && length < name.Length && name[length] is '_' or '-' or '.')
        || (name.IndexOf("__", StringComparison.Ordinal) is > 0 and var separator && ParseVersioned(name[..(separator + 2)]) is not null);

    /// <summary>
    /// The version that a number represents. Dates with separators become timestamps of one length, so that they are ordered as times.
    /// </summary>
    public static MigrationVersion? VersionOf(string number) => Parse(DateNumber.Is(number) ? DateNumber.TimeStamp(number) : number);

    /// <summary>
    /// The version of a file in a version folder. The folder counts with three numbers, so that all of <c>0.9</c> comes before all of
    /// <c>0.9.1</c>.
    /// </summary>
    public static MigrationVersion? VersionIn(string folder, string number)
    {
        var missing = 2 - folder.Count(c => c == '.');
        return VersionOf(folder.TrimStart('v') + string.Concat(Enumerable.Repeat(".0", missing)) + "." + number);
    }

    /// <summary>
    /// Whether a name without its endings ends as those of undo scripts do, though it may be that of an up script: <c>010_scale_down</c>.
    /// </summary>
    public static bool EndsLikeUndo(string fullName, out string rest)
    {
        var ending = Array.Find(UndoEndings, e => fullName.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        rest = ending is null ? fullName : fullName[..^ending.Length];
        return ending is not null;
    }

    /// <summary>The path, inside the migration folder and with <c>/</c>, that a migration's file has in a layout.</summary>
    public static string Compose(MigrationLayout layout, string number, string name, bool down)
    {
        var full = name.Length == 0 ? number : number + "_" + name;
        return layout switch
        {
            MigrationLayout.RollbackSuffix => down ? full + RollbackSuffix + Extension : full + Extension,
            MigrationLayout.UpDownSuffix => full + (down ? DownSuffix : UpSuffix) + Extension,
            MigrationLayout.RollbackFolder => down ? "rollback/" + number + RollbackSuffix + Extension : full + Extension,
            MigrationLayout.Versioned => (down ? "U" : "V") + number + "__" + name + Extension,
            MigrationLayout.FolderEach => full + (down ? "/down" : "/up") + Extension,
            MigrationLayout.VersionFolders => number + "__" + name + (down ? DownSuffix : "") + Extension,
            _ => down ? full + DownSuffix + Extension : full + Extension,
        };
    }

    /// <summary>
    /// A name made of lower-case letters, digits and underscores, for example <c>add_user_prefs</c> for <c>Add user prefs</c>; empty when
    /// nothing is left.
    /// </summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
                slug.Append(Rune.ToLowerInvariant(rune));
            else if (slug.Length > 0 && slug[^1] != '_')
                slug.Append('_');
        }

        return slug.ToString().TrimEnd('_');
    }

    /// <summary>
    /// <c>V1_2__name</c>, <c>U1_2__name</c>, <c>R__name</c>: the prefix is case-sensitive, everything up to <c>__</c> is the version.
    /// </summary>
    private static MigrationFileName? ParseVersioned(string stem)
    {
        var separator = stem.IndexOf("__", StringComparison.Ordinal);
        if (separator < 1 || stem[0] is not ('V' or 'U' or 'R'))
            return null;
        var number = stem[1..separator];
        var repeatable = stem[0] == 'R';
        if (repeatable ? number.Length > 0 : !MigrationVersion.TryParse(number, out _))
            return null;
        return new MigrationFileName(number, stem[(separator + 2)..], stem, stem[0] == 'U', FileForm.Versioned);
    }

    private static MigrationFileName? ParseNumbered(string stem, bool rollbackSuffix)
    {
        var length = NumberLength(stem);
        if (length == 0)
            return null;
        var (rest, form) = TakeSuffix(stem[length..], rollbackSuffix);
        if (
            rest.Length > 0 && rest[0] is not ('_' or '-')
            || ForeignDownSuffixes.Any(s => rest.EndsWith(s, StringComparison.OrdinalIgnoreCase))
        )
            return null;
        rest = rest.TrimEnd('.');
        var down = form is FileForm.DownSuffix or FileForm.RollbackSuffix;
        return new MigrationFileName(stem[..length], rest.TrimStart('_', '-'), stem[..length] + rest.TrimEnd('_', '-'), down, form);
    }

    private static (string Stem, FileForm Form) TakeSuffix(string rest, bool rollbackSuffix)
    {
        if (rest.EndsWith(UpSuffix, StringComparison.OrdinalIgnoreCase))
            return (rest[..^UpSuffix.Length], FileForm.UpSuffix);
        if (rest.EndsWith(DownSuffix, StringComparison.OrdinalIgnoreCase))
            return (rest[..^DownSuffix.Length], FileForm.DownSuffix);
        return rollbackSuffix && rest.EndsWith(RollbackSuffix, StringComparison.OrdinalIgnoreCase)
            ? (rest[..^RollbackSuffix.Length], FileForm.RollbackSuffix)
            : (rest, FileForm.Plain);
    }

    private static bool IsInnerDot(ReadOnlySpan<char> name, int at) =>
        name[at] == '.' && at > 0 && at + 1 < name.Length && char.IsAsciiDigit(name[at + 1]);

    private static MigrationVersion? Parse(string number) => MigrationVersion.TryParse(number, out var version) ? version : null;
}
