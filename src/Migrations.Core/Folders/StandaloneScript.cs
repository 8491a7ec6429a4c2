using System.Text;

namespace Migrations.Folders;

/// <summary>Reads a script that is no part of a migration folder, with the same care.</summary>
internal static class StandaloneScript
{
    /// <summary>What errors and the history call a text of the call.</summary>
    public const string CommandName = "command";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="warn">Takes what is allowed but worth a warning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">It is missing, cannot be read, or cannot be run as it is.</exception>
    public static MigrationScript Read(string path, Action<FileProblem> warn, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw Missing(path);
        using var reader = new ScriptReader();
        return Accept(reader.Read(FileOf(path), SectionRule.Read, cancellationToken), path, warn);
    }

    /// <summary>Reads a text of the call.</summary>
    /// <exception cref="MigrationException">It cannot be run as it is.</exception>
    public static MigrationScript OfText(string sql, Action<FileProblem> warn)
    {
        using var reader = new ScriptReader();
        var text = FileOf(CommandName) with { Open = () => new MemoryStream(Utf8.GetBytes(sql)) };
        return Accept(reader.Read(text, SectionRule.Read, CancellationToken.None), CommandName, warn);
    }

    /// <summary>The error for problems of one script.</summary>
    public static MigrationException Refused(IReadOnlyList<FileProblem> problems)
    {
        var others = string.Concat(problems.Skip(1).Select(p => "\n  " + p));
        return new MigrationException(problems[0].Id, $"{problems[0].Location}: {problems[0].Message}{others}", problems[0].Remedy)
        {
            Location = problems[0].Location,
        };
    }

    private static MigrationScript Accept(ScriptFile read, string path, Action<FileProblem> warn)
    {
        if (read.Problems.Count > 0)
            throw Refused(read.Problems);
        var script = read.Script!;
        if (read.DownSection is not null)
            throw Refused([Halves(path, read.DownSection.FirstLine)]);
        if (script.IsEmpty)
            throw Refused([Empty(path, script.FirstLine)]);
        foreach (var warning in read.Warnings)
            warn(warning);
        return script;
    }

    private static MigrationException Missing(string path) =>
        new(
            ErrorId.FileUnreadable,
            Directory.Exists(path) ? $"'{path}' is a folder, not a script." : $"The script '{path}' does not exist.",
            Directory.Exists(path) ? Advice.Of($"Name a file of SQL; a folder of migrations is run by '{Call.Up}'.") : "Correct the path."
        );

    private static FileProblem Halves(string path, int line) =>
        new(
            ErrorId.SectionInvalid,
            new ScriptLocation(path, line),
            "The file has a section that rolls back: it is a migration, and running all of it would do and undo it.",
            $"Apply it with '{Call.Up}', or take the section out."
        );

    private static FileProblem Empty(string path, int line) =>
        new(ErrorId.ScriptEmpty, new ScriptLocation(path, line), "The script contains no statement.", "Write one, or name another file.");

    /// <summary>A script as a reader takes it.</summary>
    public static MigrationFile FileOf(string path)
    {
        var name = Path.GetFileName(path);
        return new MigrationFile
        {
            Path = path,
            Version = null,
            Number = "",
            Name = name,
            FullName = name,
            IsDown = false,
            Form = FileForm.Plain,
        };
    }
}
