using System.CommandLine;
using Migrations.Databases;

namespace Migrations.Cli.Options;

/// <summary>The options that choose tables.</summary>
internal sealed class TableOptions
{
    private readonly Option<string[]> _tables = new("--table")
    {
        HelpName = "pattern",
        Description = "Only tables of this name, with * and ? as wildcards; can be repeated.",
    };

    private readonly Option<string[]> _excluded = new("--exclude-table")
    {
        HelpName = "pattern",
        Description = "No table of this name, with * and ? as wildcards; can be repeated.",
    };

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_tables);
        command.Options.Add(_excluded);
    }

    /// <summary>The tables that are meant.</summary>
    public CopyScope Read(ParseResult parse) =>
        new() { Tables = parse.GetValue(_tables) ?? [], Excluded = parse.GetValue(_excluded) ?? [] };

    /// <summary>Whether either option is given.</summary>
    public bool IsGiven(System.CommandLine.Parsing.CommandResult result) =>
        result.GetResult(_tables) is not null || result.GetResult(_excluded) is not null;
}
