using System.CommandLine;
using System.CommandLine.Parsing;

namespace Migrations.Cli.Options;

/// <summary>The option that names another server for scratch databases.</summary>
internal sealed class ScratchOption
{
    private readonly Option<string?> _option = new("--scratch-database")
    {
        HelpName = "database",
        Description = "A database on the server to create scratch databases on. Default: the database's own server.",
    };

    /// <summary>Puts the option on a command.</summary>
    public void AddTo(Command command) => command.Options.Add(_option);

    /// <summary>Whether one is named.</summary>
    public bool IsGiven(CommandResult result) => result.GetValue(_option) is not null;

    /// <summary>The server; null when none is named.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: what is named is not a database.</exception>
    public DatabaseTarget? Read(ParseResult parse) =>
        parse.GetValue(_option) is { } text ? DatabaseDrivers.Resolve(text, Directory.GetCurrentDirectory()).Target : null;
}
