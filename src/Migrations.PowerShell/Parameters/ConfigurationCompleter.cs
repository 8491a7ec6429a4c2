using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Configuration;

namespace Migrations.PowerShell;

/// <summary>Completes environments and services from the configuration file that the command line means.</summary>
public sealed class ConfigurationCompleter : IArgumentCompleter
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
            using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
            var folder = shell.AddScript("(Get-Location -PSProvider FileSystem).ProviderPath").Invoke<string>()[0];
            var configuration = ConfigurationFile.Open(fakeBoundParameters["ConfigurationPath"] as string, folder);
            var names = parameterName.EndsWith("Service", StringComparison.OrdinalIgnoreCase)
                ? configuration?.Services.Select(s => s.Name)
                : configuration?.Environments.Select(e => e.Name);
            return
            [
                .. (names ?? [])
                    .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
                    .Select(name => new CompletionResult(name)),
            ];
        }
        catch (Exception e) when (e is MigrationException or RuntimeException)
        {
            // Completion is a courtesy: what is wrong with the file is reported when the command runs.
            return [];
        }
    }
}
