using System.Text;
using Migrations.Folders;
using Migrations.Sql;
using Migrations.Variables;

namespace Migrations.Integrity;

/// <summary>Reads the declared checks of a migration folder: the <c>.sql</c> files in <c>checks/</c> and the folders below it.</summary>
public static class CheckFileReader
{
    /// <summary>The folder's name inside a migration folder.</summary>
    public const string FolderName = "checks";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the checks that come with migrations; only a folder has some.</summary>
    /// <exception cref="FolderException">Files are bad; all of them are named.</exception>
    internal static IReadOnlyList<DeclaredCheck> Read(MigrationSource source, ISqlDialect dialect, VariableSet? variables) =>
        source.Folder is { } folder ? Read(folder, dialect, variables) : [];

    /// <summary>Reads them, in the order of file names. No folder gives none.</summary>
    /// <param name="migrationFolder">The migration folder.</param>
    /// <param name="dialect">How its SQL is read.</param>
    /// <param name="variables">The values that the checks take by their names; null: none is changed.</param>
    /// <exception cref="FolderException">Files are bad; all of them are named (<see cref="ErrorId.CheckInvalid"/>, <see
    /// cref="ErrorId.FileUnreadable"/>).</exception>
    public static IReadOnlyList<DeclaredCheck> Read(string migrationFolder, ISqlDialect dialect, VariableSet? variables = null)
    {
        var folder = Path.Combine(Path.GetFullPath(migrationFolder), FolderName);
        if (!Directory.Exists(folder))
            return [];
        var problems = new List<FileProblem>();
        var checks = new List<DeclaredCheck>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (ReadText(file, problems) is { } text && Fill(file, text, dialect, variables, problems) is { } filled)
                checks.AddRange(CheckSections.Read(file, filled, dialect, problems));
        }

        foreach (var twice in checks.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            problems.Add(
                new FileProblem(
                    ErrorId.CheckInvalid,
                    twice.ElementAt(1).Location,
                    $"Another check is also named '{twice.Key}' ({twice.First().Location}).",
                    "Give each check a unique name: '-- check: name'."
                )
            );
        }

        return problems.Count == 0 ? checks : throw new FolderException(folder, problems);
    }

    private static string? Fill(string file, string text, ISqlDialect dialect, VariableSet? variables, List<FileProblem> problems)
    {
        try
        {
            return VariableBinding.Fill(file, text, dialect, variables);
        }
        catch (FolderException e)
        {
            problems.AddRange(e.Problems);
            return null;
        }
    }

    private static string? ReadText(string file, List<FileProblem> problems)
    {
        try
        {
            RegularFile.Require(file);
            var text = File.ReadAllText(file, Utf8);
            // What stops a migration stops a check: the lines of a conflict, and characters that no one sees.
            var survey = new ScriptSurvey();
            survey.Start(file);
            survey.StartPart(line: 1, isDown: false);
            survey.Append(Utf8.GetBytes(text));
            problems.AddRange(survey.Problems);
            return text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            problems.Add(
                new FileProblem(
                    ErrorId.FileUnreadable,
                    new ScriptLocation(file, 1),
                    $"The file cannot be read: {e.Message}",
                    "Make it readable, and save it as UTF-8."
                )
            );
            return null;
        }
    }
}
