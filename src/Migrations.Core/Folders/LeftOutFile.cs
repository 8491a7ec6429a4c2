namespace Migrations.Folders;

/// <summary>A file that has a migration's name but for its ending, so that no layout takes it.</summary>
/// <param name="Message">What is odd about it.</param>
/// <param name="Name">The name with which it would be read; null where it is left out on purpose.</param>
internal sealed record LeftOutFile(string Message, string? Name)
{
    private const string Sql = ".sql";

    private static readonly string[] Copies = ["~", ".orig", ".bak", ".rej", ".swp", ".old", ".save", ".tmp"];
    private static readonly string[] Disabled =
    [
        ".disabled",
        ".off",
        ".skip",
        ".skipped",
        ".inactive",
        ".deleted",
        ".removed",
        ".example",
        ".sample",
    ];
    private static readonly string[] Companions = [".conf", ".md", ".sha256", ".asc", ".sig", ".license"];
    private static readonly string[] Packed = [".gz", ".bz2", ".xz", ".zst", ".zip", ".gpg"];
    private static readonly string[] SqlEndings =
    [
        ".ddl",
        ".dml",
        ".pgsql",
        ".psql",
        ".plsql",
        ".plpgsql",
        ".tsql",
        ".mysql",
        ".sqll",
        ".sq",
    ];
    private static readonly string[] Halves = [".up", ".down"];

    /// <summary>Looks at a file that does not end with <c>.sql</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isNamed">Whether it begins like a migration.</param>
    /// <returns>What to say of it; null where it is something else.</returns>
    public static LeftOutFile? Of(string name, bool isNamed)
    {
        var end = name.LastIndexOf(Sql, StringComparison.OrdinalIgnoreCase) + Sql.Length;
        var ending = end < Sql.Length ? null : name[end..];
        if (ending is not null && Is(Copies, ending))
            return new LeftOutFile("The file looks like an editor's copy of a migration, and is ignored.", null);
        if (!isNamed)
            return null;
        if (ending is { Length: > 0 } && !char.IsLetter(ending[0]))
            return OfSql(name[..end], ending);
        var extension = Path.GetExtension(name);
        if (Is(SqlEndings, extension))
            return new LeftOutFile(
                $"The file looks like a migration, but its name ends with '{extension}'.",
                name[..^extension.Length] + Sql
            );
        if (extension.Length == 0 || Is(Halves, extension))
            return new LeftOutFile("The file looks like a migration, but its name does not end with '.sql'.", name + Sql);
        return extension.Equals(".txt", StringComparison.OrdinalIgnoreCase)
            ? new LeftOutFile("The file is named like a migration but ends with '.txt', and is ignored.", null)
            : null;
    }

    private static LeftOutFile? OfSql(string name, string ending)
    {
        if (Is(Companions, ending))
            return null;
        if (Is(Disabled, ending))
            return new LeftOutFile($"The file name ends with '{ending}'; the file is ignored.", null);
        if (string.IsNullOrWhiteSpace(ending))
            return new LeftOutFile("The file looks like a migration, but its name has a space after '.sql'.", name);
        return new LeftOutFile(
            $"The file looks like a migration, but '{ending}' follows the '.sql' of its "
                + $"name{(Is(Packed, ending) ? ": it is packed" : "")}.",
            name
        );
    }

    private static bool Is(string[] endings, string ending) =>
        Array.Exists(endings, e => e.Equals(ending, StringComparison.OrdinalIgnoreCase));
}
