using System.Globalization;

namespace Migrations.History;

/// <summary>A statement in which a script differs from what was applied.</summary>
/// <param name="Line">The line of the file on which it stands, or behind which it is gone.</param>
/// <param name="Applied">The statement that was applied, without secrets; null when the file has it in addition.</param>
/// <param name="Current">The statement in the file, without secrets; null when it is gone from it.</param>
public sealed record StatementDifference(int Line, string? Applied, string? Current)
{
    private const int LongestShown = 2000;

    /// <summary>
    /// The difference for people, as <c>diff</c> shows it: what was applied begins with <c>-</c>, what is in the file with <c>+</c>.
    /// </summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"line {Line}:");
        foreach (var line in Marked("- ", Applied).Concat(Marked("+ ", Current)))
            yield return line;
    }

    private static IEnumerable<string> Marked(string mark, string? text)
    {
        if (text is null)
            return [];
        var shown = text.Length > LongestShown ? text[..LongestShown] + " ..." : text;
        return shown.Split('\n').Select(line => mark + line.TrimEnd('\r'));
    }
}
