using System.Text;

namespace Migrations.Folders;

/// <summary>
/// Reads a migration that is written in PowerShell: a file with a function <c>up</c> and mostly a function <c>down</c> at its top level.
/// What identifies a half is the file without the other half, so that an undo can be corrected after the migration was applied. Or reads
/// a hook, which is run as it stands.
/// </summary>
internal static class PowerShellFile
{
    public const string Extension = ".ps1";

    /// <summary>More than this is no migration.</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Whether a file's name is one of PowerShell.</summary>
    public static bool Is(string name) => name is [.., '1'] && name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file. What is wrong with it is in the result.</summary>
    public static ScriptFile Read(MigrationFile file) => Read(file, Halves);

    /// <summary>Reads a file that runs as a whole. What is wrong with it is in the result.</summary>
    public static ScriptFile ReadWhole(MigrationFile file) => Read(file, Whole);

    private static ScriptFile Read(MigrationFile file, Func<MigrationFile, string, ScriptFile> read)
    {
        try
        {
            if (RegularFile.OtherKind(file.Path) is { } kind)
                return Bad(file.Problem(ErrorId.FileUnreadable, $"The file is {kind}, and was not opened.", "Replace it with the script."));
            if (new FileInfo(file.Path).Length > MostBytes)
                return Bad(Invalid(file, 1, "The file is larger than 16 MiB.", "Keep data in files of its own."));
            var bytes = File.ReadAllBytes(file.Path);
            var mark = Utf8Check.MarkLength(bytes);
            return Utf8Check.FindProblem(file.Path, bytes, 0, 1) is { } problem
                ? Bad(problem)
                : read(file, Encoding.UTF8.GetString(bytes.AsSpan(mark)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Bad(
                file.Problem(
                    ErrorId.FileUnreadable,
                    $"The file cannot be read: {e.Message}",
                    "Make it readable for the user who runs migrations."
                )
            );
        }
    }

    private static ScriptFile Halves(MigrationFile file, string text)
    {
        var functions = PowerShellText.Functions(text);
        var header = HeaderOf(file, text);
        List<FileProblem> problems = [.. header.Problems, .. Twice(file, functions)];
        if (header.Header.Transaction == false)
            problems.Add(
                Invalid(file, 1, "Code runs in the transaction of its history row.", "Remove 'Transaction: none' from the header.")
            );
        if (file.Form is FileForm.UpSuffix || file.IsDown)
            problems.Add(
                Invalid(
                    file,
                    1,
                    "A migration in PowerShell has both halves in one file, as the functions 'up' and 'down'.",
                    $"Rename it to '{Path.GetFileName(file.FullName)}{Extension}', and put both functions into it."
                )
            );
        var (up, down) = (Find(functions, "up"), Find(functions, "down"));
        if (up is null)
            problems.Add(
                Invalid(
                    file,
                    1,
                    "The file has no function 'up' at its top level.",
                    "Put what applies the migration into 'function up { ... }', and what undoes it into 'function down { ... }'."
                )
            );
        return problems.Count > 0
            ? Bad([.. problems])
            : new ScriptFile
            {
                Script = Half(file, text, up!, down, header.Header),
                DownSection = down is null ? null : Half(file, text, down, up, header.Header),
                Dialect = SectionDialect.Plain,
            };
    }

    private static ScriptFile Whole(MigrationFile file, string text)
    {
        var header = HeaderOf(file, text);
        return header.Problems.Count > 0
            ? Bad([.. header.Problems])
            : new ScriptFile
            {
                Script = ScriptOf(file, text, text, line: 1, header.Header) with
                {
                    IsEmpty = PowerShellText.IsSame(text, ""),
                    Code = new MigrationCode(MigrationKind.PowerShell, run: null, text) { IsWhole = true },
                },
                Dialect = SectionDialect.Plain,
            };
    }

    private static HeaderBuilder HeaderOf(MigrationFile file, string text)
    {
        var header = new HeaderBuilder(MigrationHeader.Empty, file.Path);
        foreach (var (comment, line) in PowerShellText.LeadingComments(text))
            header.Comment(Encoding.UTF8.GetBytes(comment), line);
        return header;
    }

    private static MigrationScript Half(
        MigrationFile file,
        string text,
        PowerShellFunction half,
        PowerShellFunction? other,
        MigrationHeader header
    ) => ScriptOf(file, text, other is null ? text : text.Remove(other.Start, other.End - other.Start), half.Line, header);

    /// <summary>A script of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="text">Its whole text.</param>
    /// <param name="part">What of it identifies the script.</param>
    /// <param name="line">The line on which it begins.</param>
    /// <param name="header">What its comments say.</param>
    private static MigrationScript ScriptOf(MigrationFile file, string text, string part, int line, MigrationHeader header)
    {
        var own = Encoding.UTF8.GetBytes(part);
        using var hash = new NormalizedHash();
        hash.Append(own);
        return new MigrationScript
        {
            File = file.Path,
            Offset = 0,
            Length = own.Length,
            FirstLine = line,
            Checksum = hash.Finish(),
            IsEmpty = false,
            Header = header,
            Kept = own,
            Code = new MigrationCode(MigrationKind.PowerShell, run: null, text),
        };
    }

    private static PowerShellFunction? Find(List<PowerShellFunction> functions, string name) =>
        functions.Find(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<FileProblem> Twice(MigrationFile file, List<PowerShellFunction> functions) =>
        functions
            .GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1 && g.Key.ToUpperInvariant() is "UP" or "DOWN")
            .Select(g => Invalid(file, g.ElementAt(1).Line, $"The function '{g.Key}' is there twice.", "Keep one of the two functions."));

    private static FileProblem Invalid(MigrationFile file, int line, string message, string remedy) =>
        file.Problem(ErrorId.CodeInvalid, message, remedy, line);

    private static ScriptFile Bad(params FileProblem[] problems) => new() { Problems = problems };
}
