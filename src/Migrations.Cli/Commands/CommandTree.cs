using System.CommandLine;
using System.CommandLine.Help;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary>All commands, in the groups and the order in which help lists them.</summary>
internal static class CommandTree
{
    /// <summary>The command <c>migrations</c> with all its commands.</summary>
    public static RootCommand Create(GlobalOptions options, Terminal terminal)
    {
        var root = new RootCommand("Migrate, test, back up and restore SQLite and PostgreSQL databases.");
        var help = new HelpPrinter(root, options, terminal);
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = help;
        options.AddTo(root);
        var runner = new DatabaseRunner(options, terminal);
        Add(
            root,
            "Migrations",
            StatusCommand.Create(runner),
            InitCommand.Create(runner),
            UpCommand.Create(runner),
            DownCommand.Create(runner),
            ResetCommand.Create(runner),
            CreateCommand.Create(runner),
            SquashCommand.Create(runner),
            HistoryCommand.Create(runner),
            RunCommand.Create(runner),
            ScriptCommand.Create(runner),
            RepairCommand.Create(runner),
            BaselineCommand.Create(runner),
            ClearCommand.Create(runner),
            ClearCommand.CreateFresh(runner),
            AdoptCommand.Create(runner),
            MergeResultsCommand.Create(runner)
        );
        Add(
            root,
            "Tests and checks",
            TestCommand.Create(runner),
            LintCommand.Create(runner),
            CheckCommand.Create(runner),
            SchemaCommand.Create(runner),
            DiffCommand.Create(runner),
            ReportCommand.Create(runner)
        );
        Add(root, "Copies", CopyCommand.Create(runner));
        Add(
            root,
            "Backups",
            BackupCommand.Create(runner),
            VerifyCommand.Create(runner),
            RestoreCommand.Create(runner),
            BackupsCommand.Create(runner),
            PruneCommand.Create(runner)
        );
        Add(
            root,
            "About",
            ConfigCommand.Create(runner),
            HelpCommand.Create(root, runner, help),
            VersionCommand.Create(terminal),
            CompletionCommand.Create(terminal)
        );
        root.SetAction(parse => help.Invoke(parse));
        return root;
    }

    private static void Add(RootCommand root, string group, params DescribedCommand[] commands)
    {
        foreach (var command in commands)
        {
            command.Group = group;
            root.Subcommands.Add(command);
        }
    }
}
