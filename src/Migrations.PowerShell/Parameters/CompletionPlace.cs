using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Migrations.Configuration;

namespace Migrations.PowerShell;

/// <summary>Where a command line is completed: PowerShell's location, and the configuration that the command line means. Asks no
/// database.</summary>
/// <param name="given">The parameters that the command line gives.</param>
internal sealed class CompletionPlace(IDictionary given)
{
    /// <summary>PowerShell's location in the file system.</summary>
    public string Location { get; } = Ask("(Get-Location -PSProvider FileSystem).ProviderPath");

    /// <summary>The configuration file; null without one.</summary>
    public MigrationConfiguration? Configuration => field ??= ConfigurationFile.Open(TextOf("ConfigurationPath"), Location);

    /// <summary>What the command line chooses of the configuration.</summary>
    public DatabaseSelector Selector =>
        new(
            Configuration,
            new DatabaseChoice
            {
                CurrentFolder = Location,
                Environment = TextOf("Environment"),
                Services = TextOf("Service") is { } service ? [service] : [],
                Target = (text, folder) => DatabaseDrivers.Resolve(text, folder).Target,
            }
        );

    /// <summary>What the command line gives for a parameter, as far as it is a text.</summary>
    public string? TextOf(string parameter) => given[parameter] is { } value ? LanguagePrimitives.ConvertTo<string>(value) : null;

    /// <summary>The full path of what the command line gives for a path.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, Location);

    /// <summary>A result, in quotes where PowerShell needs them.</summary>
    public static CompletionResult ResultOf(string text, string shown, string explained) =>
        new(
            text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '\\' or ':')
                ? text
                : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'",
            shown,
            CompletionResultType.ParameterValue,
            explained.Length == 0 ? shown : explained
        );

    private static string Ask(string script)
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript(script).Invoke<string>()[0];
    }
}
