using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

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
        ArgumentNullException.ThrowIfNull(parameterName);
        try
        {
            var configuration = new CompletionPlace(fakeBoundParameters).Configuration;
            var names = parameterName.EndsWith("Service", StringComparison.OrdinalIgnoreCase)
                ? configuration?.Services.Select(s => s.Name)
                : configuration?.Environments.Select(e => e.Name);
            return
            [
                .. (names ?? [])
                    .Where(name => name.StartsWith((wordToComplete ?? "").Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
                    .Select(name => CompletionPlace.ResultOf(name, name, "")),
            ];
        }
        catch (Exception e)
            when (e is MigrationException or RuntimeException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Completion is a courtesy: what is wrong with the file is reported when the command runs.
            return [];
        }
    }
}
