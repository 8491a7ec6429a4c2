using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary>All commands, in the groups and the order in which help lists them.</summary>
internal sealed class CommandTree
{
    public CommandTree(GlobalOptions options, Terminal terminal)
    {
        var runner = new DatabaseRunner(options, terminal);
        var help = new HelpPrinter(this, options, terminal);
        Groups =
        [
            (
                "Migrations",
                [
                    StatusCommand.Create(runner),
                    UpCommand.Create(runner),
                    DownCommand.Create(runner),
                    ResetCommand.Create(runner),
                    CreateCommand.Create(runner),
                    HistoryCommand.Create(runner),
                    RepairCommand.Create(runner),
                    BaselineCommand.Create(runner),
                ]
            ),
            (
                "Tests and checks",
                [TestCommand.Create(runner), CheckCommand.Create(runner), SchemaCommand.Create(runner), DiffCommand.Create(runner)]
            ),
            (
                "Backups",
                [
                    BackupCommand.Create(runner),
                    VerifyCommand.Create(runner),
                    RestoreCommand.Create(runner),
                    BackupsCommand.Create(runner),
                    PruneCommand.Create(runner),
                ]
            ),
            ("About", [HelpCommand.Create(this, runner, help), VersionCommand.Create(terminal), CompletionCommand.Create(terminal)]),
        ];
        Root = CreateRoot(options, help);
    }

    /// <summary>The command <c>migrations</c> itself.</summary>
    public RootCommand Root { get; }

    /// <summary>The commands, in groups with a heading.</summary>
    public IReadOnlyList<(string Heading, IReadOnlyList<DescribedCommand> Commands)> Groups { get; }

    /// <summary>All commands.</summary>
    public IEnumerable<DescribedCommand> Commands => Groups.SelectMany(g => g.Commands);

    /// <summary>The command of a name; null when there is none.</summary>
    public DescribedCommand? Find(string name) => Commands.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal));

    private RootCommand CreateRoot(GlobalOptions options, HelpPrinter help)
    {
        var root = new RootCommand("Migrate, test, back up and restore SQLite and PostgreSQL databases.");
        foreach (var option in root.Options.OfType<System.CommandLine.Help.HelpOption>())
            option.Action = help;
        options.AddTo(root);
        foreach (var command in Commands)
            root.Subcommands.Add(command);
        root.SetAction(parse => help.Invoke(parse));
        return root;
    }
}
