using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Adoption;

namespace Migrations.PowerShell;

/// <summary>Completes the names of migration tools.</summary>
public sealed class ToolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    ) =>
        AdoptionRequest
            .Tools.Where(t => t.StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(t => new CompletionResult(t));
}
