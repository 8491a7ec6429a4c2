namespace Migrations;

/// <summary>Whose log the output is read in.</summary>
public enum LogFormat
{
    /// <summary>People's: text only.</summary>
    Text,

    /// <summary>
    /// Azure DevOps': errors, warnings and progress are also logging commands
    /// (<see href="https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands"/>).
    /// </summary>
    AzureDevOps,

    /// <summary>
    /// GitHub Actions': errors and warnings are also workflow commands
    /// (<see href="https://docs.github.com/actions/reference/workflow-commands-for-github-actions"/>).
    /// </summary>
    GitHub,
}
