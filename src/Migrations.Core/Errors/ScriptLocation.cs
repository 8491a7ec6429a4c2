namespace Migrations;

/// <summary>A place in a script.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1; null when only the line is known.</param>
public sealed record ScriptLocation(string File, int Line, int? Column = null)
{
    /// <inheritdoc/>
    public override string ToString() => Column is null ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";
}
