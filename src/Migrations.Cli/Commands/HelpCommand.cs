using System.CommandLine;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>help</c>: what a command does and takes.</summary>
internal static class HelpCommand
{
    public static DescribedCommand Create(RootCommand root, DatabaseRunner runner, HelpPrinter help)
    {
        var name = new Argument<string?>("command")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The command to explain. Default: the list of all commands.",
        };
        var command = new DescribedCommand(
            "help",
            "Show help for a command.",
            SharedOptions.None,
            "migrations help",
            "migrations help restore"
        )
        {
            name,
        };
        command.SetAction(parse =>
            runner.RunAsync(
                parse,
                (_, _) =>
                {
                    help.Print(parse.GetValue(name) is { } given ? Find(root, given) : root);
                    return ExitCode.Done;
                }
            )
        );
        return command;
    }

    private static Command Find(RootCommand root, string name) =>
        root.Subcommands.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal))
        ?? throw new MigrationException(
            ErrorId.UsageInvalid,
            Suggestions.UnknownCommand(name, root.Subcommands.Select(c => c.Name)),
            "List all commands: migrations help"
        );
}
