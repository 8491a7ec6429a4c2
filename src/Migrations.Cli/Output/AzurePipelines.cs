using System.Globalization;

namespace Migrations.Cli.Output;

/// <summary>
/// Logging commands of Azure DevOps
/// (<see href="https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands"/>).
/// </summary>
internal static class AzurePipelines
{
    /// <summary>An error or a warning in the run's summary, linked to a place in a file.</summary>
    public static string Issue(string type, string message, ScriptLocation? location = null, string? code = null)
    {
        var properties = "type=" + type + ";";
        if (location is not null)
        {
            properties += $"sourcepath={Property(location.File)};linenumber={location.Line.ToString(CultureInfo.InvariantCulture)};";
            if (location.Column is { } column)
                properties += $"columnnumber={column.ToString(CultureInfo.InvariantCulture)};";
        }

        if (code is not null)
            properties += $"code={Property(code)};";
        return $"##vso[task.logissue {properties}]{Data(message)}";
    }

    /// <summary>An error as issues: one, or one for each bad file.</summary>
    public static IEnumerable<string> Issues(Exception exception) =>
        exception switch
        {
            FolderException folder => folder.Problems.Select(problem =>
                Issue("error", $"{problem.Message} {problem.Remedy}", problem.Location, problem.Id.ToString())
            ),
            MigrationException error => [Issue("error", error.Message, error.Location, error.Id.ToString())],
            _ => [Issue("error", exception.Message)],
        };

    /// <summary>How far the run has got.</summary>
    public static string Progress(int percent, string message) =>
        $"##vso[task.setprogress value={percent.ToString(CultureInfo.InvariantCulture)};]{Data(message)}";

    // The percent sign first: the others bring new ones.
    private static string Data(string text) =>
        PlainText.Clean(
            text.Replace("%", "%AZP25", StringComparison.Ordinal)
                .Replace("\r", "%0D", StringComparison.Ordinal)
                .Replace("\n", "%0A", StringComparison.Ordinal)
                .Replace("##", "# #", StringComparison.Ordinal)
        );

    private static string Property(string text) =>
        Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
