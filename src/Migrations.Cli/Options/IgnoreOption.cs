using System.CommandLine;

namespace Migrations.Cli.Options;

/// <summary>The option that names what no comparison of schemas looks at.</summary>
internal sealed class IgnoreOption
{
    private readonly Option<string[]> _option = new("--ignore")
    {
        HelpName = "pattern",
        Description =
            "Do not compare objects of this name or schema.name, with * and ? as wildcards; can be repeated. "
            + "Tables of other migration tools, D1 and Litestream are always ignored.",
    };

    /// <summary>Puts the option on a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_option);

    /// <summary>The patterns.</summary>
    public IReadOnlyList<string> Read(ParseResult parse, Settings settings) =>
        parse.GetValue(_option) is { Length: > 0 } given ? given : settings.Configured.Ignore?.Value ?? [];
}
