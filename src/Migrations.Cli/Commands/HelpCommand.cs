using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>help</c>: what a command does and takes.</summary>
internal static class HelpCommand
{
    public static DescribedCommand Create(CommandTree tree, DatabaseRunner runner, HelpPrinter help)
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
                    help.Print(parse.GetValue(name) is { } given ? Find(tree, given) : tree.Root);
                    return ExitCode.Done;
                }
            )
        );
        return command;
    }

    private static DescribedCommand Find(CommandTree tree, string name) =>
        tree.Find(name)
        ?? throw new MigrationException(
            ErrorId.UsageInvalid,
            Suggestions.UnknownCommand(name, tree.Commands.Select(c => c.Name)),
            "List all commands: migrations help"
        );
}
