using System.Security.Cryptography;

namespace Migrations.Folders;

/// <summary>
/// Checks files against their <c>.sha256</c> side files, as <c>sha256sum --check</c> does: lines of <c>hex  name</c> or <c>hex *name</c>
/// about the raw bytes of files in the same folder. Folders in a name do not count: the list is mostly made from somewhere else. See <see
/// href="https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html"/>.
/// </summary>
internal static class ChecksumFile
{
    private const int HexLength = SHA256.HashSizeInBytes * 2;

    private static readonly char[] Separators = ['/', '\\'];
    private static readonly char[] UnixSeparators = ['/'];

    /// <summary>Checks every file that a side file names.</summary>
    public static IEnumerable<FileProblem> Check(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        string[] lines;
        try
        {
            RegularFile.Require(path);
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return
            [
                new FileProblem(
                    ErrorId.FileUnreadable,
                    new ScriptLocation(path, 1),
                    $"The file cannot be read: {error.Message}",
                    "Make it readable, or delete it."
                ),
            ];
        }

        var checks = lines
            .Index1()
            .Where(l => !string.IsNullOrWhiteSpace(l.Text))
            .Select(l => CheckLine(path, folder, l.Line, l.Text))
            .ToList();
        return checks.Count == 0 ? [Malformed(path, 1, "is empty")] : checks.OfType<FileProblem>();
    }

    private static FileProblem? CheckLine(string path, string folder, int line, string text)
    {
        // GNU marks names that hold a backslash or a line end with a backslash before the digest.
        var escaped = text.StartsWith('\\');
        text = escaped ? text[1..] : text;
        if (text.Length < HexLength || !text.AsSpan(0, HexLength).ToString().All(char.IsAsciiHexDigit))
            return Malformed(path, line, "does not start with 64 hexadecimal digits");
        var rest = text[HexLength..];
        var bare = string.IsNullOrWhiteSpace(rest);
        if (!bare && (rest.Length < 3 || rest[0] != ' ' || rest[1] is not (' ' or '*')))
            return Malformed(path, line, "does not have two characters ('  ' or ' *') between the digest and the name");
        var name =
            bare ? Path.GetFileNameWithoutExtension(path)
            : escaped ? LastSegment(Unescape(rest[2..]), UnixSeparators)
            : LastSegment(rest[2..], Separators);
        var file = Path.Combine(folder, name);
        return File.Exists(file)
            ? Compare(path, file, line, text[..HexLength])
            : new FileProblem(
                ErrorId.ChecksumFileMismatch,
                new ScriptLocation(path, line),
                $"It names '{name}', which is not in the same folder.",
                "Restore the file, or correct or delete the '.sha256' file."
            );
    }

    private static FileProblem? Compare(string path, string file, int line, string expected)
    {
        try
        {
            RegularFile.Require(file);
            using var stream = File.OpenRead(file);
            var actual = Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();
            if (actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
                return null;
            var name = Path.GetFileName(file);
            return new FileProblem(
                ErrorId.ChecksumFileMismatch,
                new ScriptLocation(file, 1),
                $"The file has the SHA-256 {actual}, but '{Path.GetFileName(path)}' line {line} says {expected.ToLowerInvariant()}.",
                $"Restore the file; or, if the edit is intended, write the new checksum: sha256sum '{name}' > '{Path.GetFileName(path)}'"
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new FileProblem(
                ErrorId.FileUnreadable,
                new ScriptLocation(file, 1),
                $"The file cannot be read: {error.Message}",
                "Make it readable for the user who runs migrations."
            );
        }
    }

    private static FileProblem Malformed(string path, int line, string how) =>
        new(
            ErrorId.ChecksumFileMismatch,
            new ScriptLocation(path, line),
            $"The checksum file {how}; '<64 hexadecimal digits>  <file name>' is expected.",
            $"Recreate it with: sha256sum '{Path.GetFileNameWithoutExtension(path)}' > '{Path.GetFileName(path)}'"
        );

    private static string LastSegment(string name, char[] separators) => name[(name.LastIndexOfAny(separators) + 1)..];

    private static string Unescape(string name) =>
        name.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    private static IEnumerable<(int Line, string Text)> Index1(this IEnumerable<string> lines) =>
        lines.Select((text, index) => (index + 1, text));
}
