using System.CommandLine;
using Migrations.Configuration;

namespace Migrations.Cli.Options;

/// <summary>The options that name the configuration file, and what is meant in it.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string?> _file = OptionOf.Text(
        "--config",
        "file",
        "The configuration file. Default: MIGRATIONS_CONFIG, else migrations.json in this folder or above."
    );
    private readonly Option<string?> _environment = OptionOf.Text(
        "--environment",
        "name",
        "The environment: which databases and settings of the configuration file count, and which migrations run."
    );
    private readonly Option<string[]> _service = new("--service")
    {
        HelpName = "name",
        Description = "The service: one, several with commas between, or '*' for all of the configuration file; can be repeated.",
    };

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IReadOnlyList<Option> All => [_file, _environment, _service];

    /// <summary>Offers the names that the configuration file has, where a call is being typed.</summary>
    public ConfigurationOptions()
    {
        _environment.CompletionSources.Add(_ => Offer(c => c.Environments.Select(e => e.Name)));
        _service.CompletionSources.Add(_ => Offer(c => c.Services.Select(s => s.Name)));
    }

    /// <summary>The configuration that holds for a call; null without one.</summary>
    /// <exception cref="MigrationException">It is missing, not to be trusted, or invalid.</exception>
    public MigrationConfiguration? Open(ParseResult parse) =>
        LintRules.Checked(ConfigurationFile.Open(parse.GetValue(_file), Directory.GetCurrentDirectory()));

    /// <summary>The file that the call names; null when it names none.</summary>
    public string? Named(ParseResult parse) => parse.GetValue(_file);

    /// <summary>What the call says of environment and services.</summary>
    public DatabaseChoice Read(ParseResult parse, DatabaseChoice choice) =>
        choice with
        {
            Environment = parse.GetValue(_environment),
            Services = ServicesIn(parse.GetValue(_service) ?? []),
        };

    private static IReadOnlyList<string> ServicesIn(string[] given) =>
        [.. given.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    // Completion is a courtesy: what is wrong with the file is reported when the command runs.
    private static IEnumerable<System.CommandLine.Completions.CompletionItem> Offer(Func<MigrationConfiguration, IEnumerable<string>> names)
    {
        try
        {
            return ConfigurationFile.Open(null, Directory.GetCurrentDirectory()) is { } configuration
                ? [.. names(configuration).Select(name => new System.CommandLine.Completions.CompletionItem(name))]
                : [];
        }
        catch (MigrationException)
        {
            return [];
        }
    }
}
