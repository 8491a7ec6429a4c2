namespace Migrations.Folders;

/// <summary>Says of a file that looks like a migration and fits no rule what its name should be.</summary>
/// <param name="style">How the folder numbers its migrations.</param>
/// <param name="forced">The only layout that was asked for; null: all.</param>
internal sealed class MisfitNames(NumberingStyle style, MigrationLayout? forced)
{
    private static readonly string[] DownEndings = [".down", "_down", "_rollback", ".rollback", ".undo", ".revert", "-down", "-rollback"];
    private static readonly string[] UpEndings = [".up"];
    private static readonly string[] DownBeginnings = ["down", "undo", "rollback", "revert"];

    /// <summary>Numbers given to files without one, so that an up and its down get the same.</summary>
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a file only causes a warning: where every migration has a folder of its own, a script beside those folders is not named like
    /// one.
    /// </summary>
    public bool IsHarmless(string path) =>
        forced is null && style.Layout == MigrationLayout.FolderEach && MigrationFileName.NumberLength(Path.GetFileName(path)) == 0;

    /// <summary>The problem with a file, and the name it should have.</summary>
    public FileProblem Explain(string path)
    {
        var fileName = Path.GetFileName(path);
        var stem = fileName[..^4];
        if (IsFlywayCallback(stem))
            return Problem(
                path,
                "The file is a Flyway callback, not a migration.",
                "Move it into the subfolder 'hooks', as 'before-run.sql', 'after-run.sql', 'before-each.sql', 'after-each.sql' "
                    + "or 'on-error.sql'."
            );
        if (
            stem[0] == 'B'
            && MigrationFileName.TryParse("V" + stem[1..] + ".sql", rollbackSuffix: true, out var baseline)
            && baseline.Form == FileForm.Versioned
        )
            return ExplainBaseline(path, baseline);
        var (message, number, name, down) = Read(stem);
        var layout = forced ?? style.Layout;
        // Only versioned names have underscores in a number.
        if (layout != MigrationLayout.Versioned && !DateNumber.Is(number))
            number = number.Replace('_', '.');
        number = number.Length > 0 ? style.Pad(number) : NumberFor(path, name);
        return Problem(path, message, Rename(path, MigrationFileName.Compose(layout, number, name, down)));
    }

    /// <summary>See <see href="https://documentation.red-gate.com/flyway/flyway-concepts/migrations/baseline-migrations"/>.</summary>
    private static FileProblem ExplainBaseline(string path, MigrationFileName baseline) =>
        Problem(
            path,
            "The file is a Flyway baseline migration, which in a new database replaces all versions up to "
                + $"{baseline.Version}. Such files are not supported.",
            "To start new databases with it, remove the versions it replaces from the folder and make it version "
                + $"{baseline.Version}. "
                + $"{Rename(path, baseline.FullName + ".sql")} Otherwise move it out of the folder."
        );

    private (string Message, string Number, string Name, bool Down) Read(string stem)
    {
        if (forced is { } layout && MigrationFileName.TryParse(stem + ".sql", rollbackSuffix: true, out var parsed))
            return ($"The name does not match the selected layout, {layout}.", parsed.Number, parsed.Name, parsed.IsDown);
        var (rest, down) = TakeEnding(stem);
        var beginning = Array.Find(DownBeginnings, b => IsBefore(b, stem));
        if (beginning is not null)
            (rest, down) = (rest[(beginning.Length + 1)..], true);
        var versioned =
            rest.Length > 1 && "VvUuRrBb".Contains(rest[0], StringComparison.Ordinal) && (char.IsAsciiDigit(rest[1]) || rest[1] == '_');
        var skip = versioned ? 1 : 0;
        var separator = versioned ? rest.IndexOf("__", StringComparison.Ordinal) : -1;
        var length =
            separator > 1 && MigrationVersion.TryParse(rest[1..separator], out _)
                ? separator - 1
                : MigrationFileName.NumberLength(rest.AsSpan(skip));
        var number = rest.Substring(skip, length);
        (rest, var undoes) = TakeDirection(rest[(skip + length)..]);
        down |= undoes;
        var name = MigrationFileName.Slug(rest);
        if (versioned)
            return (
                "The name of a versioned migration starts with a capital V, U or R, its version and two underscores.",
                number,
                name,
                down || rest[0] is 'U' or 'u'
            );
        return (
            length == 0 || beginning is not null ? "The name does not start with a version number."
            : stem.Length > length && stem[length] == '_' ? "The name ends like that of a down script, but not in a supported form."
            : "The name has no underscore or hyphen after its number.",
            number,
            name,
            down
        );
    }

    /// <summary><c>undo_002_name</c>: the word stands before the number.</summary>
    private static bool IsBefore(string word, string stem) =>
        stem.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && stem.Length > word.Length + 1
        && (stem[word.Length] is '_' or '-')
        && char.IsAsciiDigit(stem[word.Length + 1]);

    /// <summary>
    /// Postgrator's <c>001.do.name</c> and <c>001.undo.name</c>, see <see href="https://github.com/rickbergfalk/postgrator"/>.
    /// </summary>
    private static (string Name, bool Down) TakeDirection(string name)
    {
        var undoes = name.StartsWith(".undo.", StringComparison.OrdinalIgnoreCase);
        return undoes || name.StartsWith(".do.", StringComparison.OrdinalIgnoreCase)
            ? (name[name.IndexOf('.', 1)..], undoes)
            : (name, false);
    }

    private static (string Stem, bool Down) TakeEnding(string stem)
    {
        foreach (var ending in DownEndings)
        {
            if (stem.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return (stem[..^ending.Length], true);
        }

        return (
            Array.Exists(UpEndings, e => stem.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ? stem[..^UpEndings[0].Length] : stem,
            false
        );
    }

    private string NumberFor(string path, string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
            _numbers[name] = number = style.Next(File.GetLastWriteTimeUtc(path), _numbers.Count);
        return number;
    }

    /// <summary>How to give a file its right name.</summary>
    public static string Rename(string path, string name)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        return File.Exists(Path.Combine(folder, name))
            ? $"The right name, '{name}', already exists: delete one of the two, or give this one the next number."
            : $"Rename it to '{name}'.";
    }

    private static bool IsFlywayCallback(string stem) =>
        (stem.StartsWith("before", StringComparison.Ordinal) || stem.StartsWith("after", StringComparison.Ordinal))
        && (
            stem.Contains("Migrate", StringComparison.Ordinal)
            || stem.Contains("Undo", StringComparison.Ordinal)
            || stem.Contains("Versioned", StringComparison.Ordinal)
        );

    private static FileProblem Problem(string path, string message, Advice remedy) =>
        new(ErrorId.FileNameInvalid, new ScriptLocation(path, 1), message, remedy);
}
