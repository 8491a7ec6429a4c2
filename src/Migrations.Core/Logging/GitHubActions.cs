using System.Globalization;

namespace Migrations.Logging;

/// <summary>
/// Workflow commands of GitHub Actions
/// (<see href="https://docs.github.com/actions/reference/workflow-commands-for-github-actions"/>).
/// </summary>
internal static class GitHubActions
{
    /// <summary>An error or a warning in the run's summary, and beside the line of the file where that is in the repository.</summary>
    public static string Issue(LogIssue issue)
    {
        var properties = new List<string>();
        if (issue.Location is { } location)
        {
            properties.Add("file=" + Property(InRepository(location.File)));
            properties.Add("line=" + location.Line.ToString(CultureInfo.InvariantCulture));
            if (location.Column is { } column)
                properties.Add("col=" + column.ToString(CultureInfo.InvariantCulture));
        }

        if (issue.Id is { } id)
            properties.Add("title=" + id);
        var head = issue.IsError ? "::error" : "::warning";
        return $"{head}{(properties.Count == 0 ? "" : " ")}{string.Join(',', properties)}::{Data(issue.Message)}";
    }

    /// <summary>
    /// The runner takes a line that begins with two colons, after blanks too, for a command; and in its older form, one with
    /// <c>##[</c> anywhere
    /// (<see href="https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs"/>).
    /// </summary>
    public static string Harmless(string text)
    {
        var safe = text.Replace("##", "# #", StringComparison.Ordinal);
        if (!safe.Contains("::", StringComparison.Ordinal))
            return safe;
        return string.Join('\n', safe.Split('\n').Select(line => IsCommand(line) ? Broken(line) : line));
    }

    private static bool IsCommand(string line) => line.AsSpan().TrimStart().StartsWith("::", StringComparison.Ordinal);

    private static string Broken(string line) => line.Insert(line.IndexOf("::", StringComparison.Ordinal) + 1, " ");

    // A path below the repository is what the files of a pull request are known by.
    private static string InRepository(string file) =>
        Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") is { Length: > 0 } root
        && Path.GetRelativePath(root, file) is var relative
        && !Path.IsPathRooted(relative)
        && !relative.StartsWith("..", StringComparison.Ordinal)
            ? relative.Replace('\\', '/')
            : file;

    // The percent sign first: the others bring new ones.
    private static string Data(string text) =>
        VisibleText.Of(
            text.Replace("%", "%25", StringComparison.Ordinal)
                .Replace("\r", "%0D", StringComparison.Ordinal)
                .Replace("\n", "%0A", StringComparison.Ordinal)
                .Replace("##", "# #", StringComparison.Ordinal)
        );

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
