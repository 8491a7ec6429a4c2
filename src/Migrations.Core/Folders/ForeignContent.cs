using System.Text;

namespace Migrations.Folders;

/// <summary>
/// Content that is not a script of ours: what a merge left behind, a pointer in place of the file, another tool's format.
/// </summary>
internal static class ForeignContent
{
    private const int MarkerLength = 7;

    /// <summary>
    /// Whether a line is one of the four that Git writes around a conflict, see <see
    /// href="https://git-scm.com/docs/git-merge#_how_conflicts_are_presented"/>.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="isText">Whether it is in a comment or a literal, where a line of seven equals signs underlines a heading.</param>
    public static bool IsConflict(ReadOnlySpan<byte> line, bool isText)
    {
        if (line.Length < MarkerLength || line[0] is not ((byte)'<' or (byte)'=' or (byte)'>' or (byte)'|') || (isText && line[0] == '='))
            return false;
        var length = line.IndexOfAnyExcept(line[0]);
        return (length < 0 ? line.Length : length) == MarkerLength && (length < 0 || line[length] is (byte)' ' or (byte)'\r' or (byte)'\n');
    }

    /// <summary>The problem with a line of a conflict.</summary>
    public static FileProblem Conflict(string file, int line, string text) =>
        new(
            ErrorId.MergeUnresolved,
            new ScriptLocation(file, line),
            $"Line {line} is a Git conflict marker: '{text}'.",
            "Resolve the conflict: keep the intended lines and delete the markers."
        );

    /// <summary>The problem with a file whose first line with anything in it is another tool's.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line's number.</param>
    /// <param name="bytes">The line, without blanks around it.</param>
    public static FileProblem? OfFirstLine(string file, int line, ReadOnlySpan<byte> bytes)
    {
        // Nearly every file ends here, without a text made of its line.
        if (!bytes.StartsWith("--"u8) && !bytes.StartsWith("version "u8) && bytes.IndexOf("/annex/"u8) < 0)
            return null;
        var text = Encoding.UTF8.GetString(bytes);
        var location = new ScriptLocation(file, line);
        if (
            text.StartsWith("version https://git-lfs.github.com/", StringComparison.Ordinal)
            || text.StartsWith("version https://hawser.github.com/", StringComparison.Ordinal)
        )
            return new FileProblem(
                ErrorId.FileUnreadable,
                location,
                "The file is a Git LFS pointer; the script itself has not been fetched.",
                "Fetch it: git lfs pull"
            );
        if (text.Contains("/annex/objects/", StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal))
            return new FileProblem(
                ErrorId.FileUnreadable,
                location,
                "The file is a git-annex pointer; the script itself has not been fetched.",
                "Fetch it: git annex get"
            );
        if (!text.StartsWith("--", StringComparison.Ordinal) || !text.Contains("liquibase", StringComparison.OrdinalIgnoreCase))
            return null;
        var words = text.TrimStart('-', ' ', '\t').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words is [var tool, var kind, var language, ..] && Is(tool, "liquibase") && Is(kind, "formatted") && Is(language, "sql")
            ? new FileProblem(
                ErrorId.HeaderInvalid,
                location,
                "The file is a Liquibase changelog: its changesets, contexts and preconditions are not supported, and all of it "
                    + "would run as one script.",
                $"Write each changeset as a separate migration, in plain SQL and without the first line. {NotSql.GoOn}"
            )
            : null;
    }

    private static bool Is(string word, string expected) => word.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
