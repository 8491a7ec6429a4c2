namespace Migrations.Logging;

/// <summary>
/// The commands that a build service reads in a log, and the text that it must not take for one, because it comes from a script or a
/// database.
/// </summary>
public static class LogCommands
{
    /// <summary>
    /// The format of the service that runs this process: both set a variable of their own
    /// (<see href="https://learn.microsoft.com/azure/devops/pipelines/build/variables"/>,
    /// <see href="https://docs.github.com/actions/reference/variables-reference"/>).
    /// </summary>
    public static LogFormat Detected =>
        IsSet("TF_BUILD") ? LogFormat.AzureDevOps
        : IsSet("GITHUB_ACTIONS") ? LogFormat.GitHub
        : LogFormat.Text;

    /// <summary>An error as lines of the log: one, or one for each bad file. None in text.</summary>
    public static IEnumerable<string> Errors(LogFormat format, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return format is LogFormat.Text ? [] : IssuesOf(error).Select(issue => Line(format, issue));
    }

    /// <summary>A warning as lines of the log. None in text.</summary>
    public static IEnumerable<string> Warning(LogFormat format, string message, ScriptLocation? location = null) =>
        format is LogFormat.Text ? [] : [Line(format, new LogIssue(IsError: false, message, location))];

    /// <summary>What is wrong in a script as lines of the log. None in text.</summary>
    public static IEnumerable<string> Issue(LogFormat format, bool isError, string message, ScriptLocation location) =>
        format is LogFormat.Text ? [] : [Line(format, new LogIssue(isError, message, location))];

    /// <summary>How far a run has got, as lines of the log; none where the service shows no progress.</summary>
    public static IEnumerable<string> Progress(LogFormat format, int percent, string message) =>
        format is LogFormat.AzureDevOps ? [AzurePipelines.Progress(percent, message)] : [];

    /// <summary>Text in which the service finds no command.</summary>
    public static string Harmless(LogFormat format, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return format switch
        {
            LogFormat.AzureDevOps => AzurePipelines.Harmless(text),
            LogFormat.GitHub => GitHubActions.Harmless(text),
            _ => text,
        };
    }

    private static string Line(LogFormat format, LogIssue issue) =>
        format is LogFormat.GitHub ? GitHubActions.Issue(issue) : AzurePipelines.Issue(issue);

    private static IEnumerable<LogIssue> IssuesOf(Exception error) =>
        error switch
        {
            FolderException folder => folder.Problems.Select(p => new LogIssue(IsError: true, $"{p.Message} {p.Remedy}", p.Location, p.Id)),
            MigrationException known => [new LogIssue(IsError: true, known.Message, known.Location, known.Id)],
            _ => [new LogIssue(IsError: true, error.Message)],
        };

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
