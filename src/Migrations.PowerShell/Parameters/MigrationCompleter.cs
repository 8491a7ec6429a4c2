using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Configuration;
using Migrations.Folders;

namespace Migrations.PowerShell;

/// <summary>Completes the name of a migration from the folder that the command line names. Asks no database.</summary>
public sealed class MigrationCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    )
    {
        try
        {
            var word = wordToComplete.Trim('\'', '"');
            var read = MigrationFolderReader.Read(FindFolder(fakeBoundParameters), new FolderOptions(), CancellationToken.None);
            return [.. read.Migrations.Where(m => m.FullName.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(Complete)];
        }
        catch (Exception e) when (e is MigrationException or RuntimeException or IOException or UnauthorizedAccessException)
        {
            // Completion is a courtesy: an invalid folder is reported when the command runs.
            return [];
        }
    }

    private static CompletionResult Complete(Migration migration)
    {
        var text = migration.FullName.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.')
            ? migration.FullName
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(migration.FullName)}'";
        return new CompletionResult(
            text,
            migration.FullName,
            CompletionResultType.ParameterValue,
            migration.Header.Description ?? migration.FullName
        );
    }

    private static string FindFolder(IDictionary given)
    {
        var literal = given["LiteralPath"] as string;
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell
            .AddCommand("Microsoft.PowerShell.Management\\Convert-Path")
            .AddParameter(
                literal is null ? "Path" : "LiteralPath",
                literal ?? given["Path"] as string ?? EnvironmentSettings.Folder ?? "migrations"
            );
        return shell.Invoke<string>()[0];
    }
}
