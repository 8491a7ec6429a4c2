namespace Migrations;

/// <summary>A place in a script.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1; null when only the line is known.</param>
public sealed record ScriptLocation(string File, int Line, int? Column = null)
{
    /// <summary>
    /// The file as sentences name it: with its folder where the name alone says little (<c>20240101120000_users/up.sql</c>).
    /// </summary>
    public string ShownFile =>
        Path.GetFileName(Path.GetDirectoryName(File)) is { Length: > 0 } folder
        && (char.IsAsciiDigit(folder[0]) || string.Equals(folder, "rollback", StringComparison.OrdinalIgnoreCase))
            ? folder + "/" + Path.GetFileName(File)
            : Path.GetFileName(File);

    /// <inheritdoc/>
    public override string ToString() => Column is null ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";
}
