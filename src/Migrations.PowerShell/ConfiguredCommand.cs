using System.Collections;
using System.Management.Automation;
using Migrations.Configuration;

namespace Migrations.PowerShell;

/// <summary>What all cmdlets share that the configuration file is for: which file, environment and services.</summary>
public abstract class ConfiguredCommand : MigrationCommand
{
    private readonly Dictionary<(string Vault, string Name), string> _secrets = [];
    private MigrationConfiguration? _configuration;
    private bool _isOpened;

    /// <summary>
    /// The configuration file; no wildcards. Default: <c>$env:MIGRATIONS_CONFIG</c>, else <c>migrations.json</c> in PowerShell's location
    /// or above it.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConfigurationPath { get; set; }

    /// <summary>
    /// The environment: which databases and settings of the configuration file count, and which migrations run, where their header names
    /// environments. Default: the file's default environment.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    /// <summary>
    /// The services of the configuration file, or <c>*</c> for all; without a file, the one whose migrations these are, where several share
    /// a database. Default: no service, or the only one.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    public string[]? Service { get; set; }

    /// <summary>
    /// Whose log the output is read in: for <c>AzureDevOps</c> and <c>GitHub</c>, errors, warnings and progress are also written to the
    /// host as commands of the build service, with file, line and column; and in all other messages, text of scripts and databases is kept
    /// from giving it any. Default: the configuration's, else <c>Text</c>.
    /// </summary>
    [Parameter]
    public LogFormat? LogFormat { get; set; }

    private protected sealed override LogFormat LogFormatInForce => LogFormat ?? ConfiguredLogFormat?.Value ?? Migrations.LogFormat.Text;

    // Without an environment, a database that is named has the settings at the top of the file.
    private ConfiguredValue<LogFormat>? ConfiguredLogFormat
    {
        get
        {
            var name = Environment ?? (Connections.Any() ? null : _configuration?.DefaultEnvironment?.Value);
            var environment = _configuration?.Environments.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.Ordinal));
            return environment?.Settings.LogFormat ?? _configuration?.Settings.LogFormat;
        }
    }

    /// <summary>The configuration; null without one.</summary>
    /// <exception cref="MigrationException">It is missing, not to be trusted, or invalid.</exception>
    private protected MigrationConfiguration? Configured
    {
        get
        {
            if (_isOpened)
                return _configuration;
            var named = ConfigurationPath ?? EnvironmentSettings.Configuration;
            _configuration = LintRules.Checked(ConfigurationFile.Open(named is null ? null : Paths.Literal(named), Paths.CurrentFolder));
            _isOpened = true;
            return _configuration;
        }
    }

    /// <summary>What the call says of databases and folders.</summary>
    /// <param name="databases">The databases that it names.</param>
    /// <param name="folder">The migration folder that it names.</param>
    private protected DatabaseChoice Choice(IReadOnlyList<string> databases, string? folder) =>
        new()
        {
            Databases = databases,
            Folder = folder,
            Environment = Environment,
            // An empty cell of a table means none.
            Services = [.. (Service ?? []).Where(s => !string.IsNullOrEmpty(s))],
            CurrentFolder = Paths.CurrentFolder,
            EngineAddress = () => DatabaseDrivers.EnvironmentAddress,
            Target = (text, folder) =>
                string.Equals(folder, Paths.CurrentFolder, StringComparison.Ordinal)
                    ? Resolve(text).Target
                    : DatabaseDrivers.Resolve(text, folder).Target,
            Secrets = Secret,
        };

    /// <summary>The full path of a folder that the configuration names.</summary>
    private protected string PathIn(ConfiguredValue<string> path) => new ConfigurationReferences(Configured!.Folder, Secret).PathOf(path);

    /// <summary>The variables of a call: those that it gives, and for all other names those of the configuration.</summary>
    private protected VariableSet? VariablesOf(ConfigurationSettings settings, Hashtable? given) =>
        ConfiguredVariables.Find(
            settings,
            new ConfigurationReferences(Configured?.Folder ?? Paths.CurrentFolder, Secret),
            given is null ? null : VariableTable.Read(given)
        );

    /// <summary>The folder for backups that the configuration names.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it names none.</exception>
    private protected string BackupFolderIn(ConfigurationSettings settings, string? environment = null) =>
        FindBackupFolder(settings)
        ?? throw new MigrationException(
            ErrorId.UsageInvalid,
            environment is null
                ? "No folder for backups is named."
                : $"The environment '{environment}', whose backup is wanted, names no folder for backups.",
            $"Name one on the command line, or as \"backup\": {{ \"folder\": ... }} in {MigrationConfiguration.FileName}."
        );

    /// <summary>The same; null when it names none.</summary>
    private protected string? FindBackupFolder(ConfigurationSettings settings) =>
        settings.BackupFolder is { } folder ? PathIn(folder) : null;

    /// <summary>Asks SecretManagement, on the pipeline's thread and once a run.</summary>
    /// <seealso href="https://learn.microsoft.com/powershell/module/microsoft.powershell.secretmanagement/get-secret"/>
    private string Secret(string vault, string name)
    {
        if (_secrets.TryGetValue((vault, name), out var known))
            return known;
        const string NextStep =
            "Install and unlock Microsoft.PowerShell.SecretManagement, or correct the names of the vault and the secret.";
        if (InvokeCommand.GetCommand("Get-Secret", CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Alias) is null)
        {
            throw new MigrationException(
                ErrorId.ConfigurationInvalid,
                $"The secret '{name}' of the vault '{vault}' cannot be read: there is no Get-Secret.",
                NextStep
            );
        }

        object? found;
        try
        {
            found = InvokeCommand
                .InvokeScript(
                    useLocalScope: true,
                    ScriptBlock.Create("param($vault, $name) Get-Secret -Vault $vault -Name $name -AsPlainText -ErrorAction Stop"),
                    input: null,
                    vault,
                    name
                )
                .FirstOrDefault()
                ?.BaseObject;
        }
        catch (RuntimeException e)
        {
            throw new MigrationException(
                ErrorId.ConfigurationInvalid,
                $"The secret '{name}' of the vault '{vault}' cannot be read: {e.Message}",
                NextStep,
                e
            );
        }

        return found is string { Length: > 0 } text
            ? _secrets[(vault, name)] = text
            : throw new MigrationException(
                ErrorId.ConfigurationInvalid,
                $"The secret '{name}' of the vault '{vault}' is no text.",
                NextStep
            );
    }
}
