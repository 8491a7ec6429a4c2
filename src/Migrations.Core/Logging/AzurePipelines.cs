using System.Globalization;

namespace Migrations.Logging;

/// <summary>
/// Logging commands of Azure DevOps
/// (<see href="https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands"/>).
/// </summary>
internal static class AzurePipelines
{
    /// <summary>An error or a warning in the run's summary, linked to a place in a file.</summary>
    public static string Issue(LogIssue issue)
    {
        var properties = $"type={(issue.IsError ? "error" : "warning")};";
        if (issue.Location is { } location)
        {
            properties += $"sourcepath={Property(location.File)};linenumber={location.Line.ToString(CultureInfo.InvariantCulture)};";
            if (location.Column is { } column)
                properties += $"columnnumber={column.ToString(CultureInfo.InvariantCulture)};";
        }

        if (issue.Id is { } id)
            properties += $"code={id};";
        return $"##vso[task.logissue {properties}]{Data(issue.Message)}";
    }

    /// <summary>How far the run has got.</summary>
    public static string Progress(int percent, string message) =>
        $"##vso[task.setprogress value={percent.ToString(CultureInfo.InvariantCulture)};]{Data(message)}";

    /// <summary>The agent looks for its prefix anywhere in a line, so it is broken up anywhere.</summary>
    public static string Harmless(string text) => text.Replace("##", "# #", StringComparison.Ordinal);

    // The percent sign first: the others bring new ones.
    private static string Data(string text) =>
        VisibleText.Of(
            Harmless(
                text.Replace("%", "%AZP25", StringComparison.Ordinal)
                    .Replace("\r", "%0D", StringComparison.Ordinal)
                    .Replace("\n", "%0A", StringComparison.Ordinal)
            )
        );

    private static string Property(string text) =>
        Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
