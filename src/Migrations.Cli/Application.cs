using System.CommandLine;
using System.CommandLine.Invocation;
using Migrations.Cli.Commands;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli;

/// <summary>The command <c>migrations</c>: reads the call, runs it, and gives its exit code.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var terminal = new Terminal();
        var options = new GlobalOptions();
        // An argument that begins with @ is an argument: no response files.
        var parse = CreateRoot(options, terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var faults = GivenValues.Faults(parse, args);
        if (faults.Count > 0 || parse.Action is ParseErrorAction)
            return RefuseCall(
                parse,
                faults.Count > 0 ? faults : [.. parse.Errors.Select(e => WithoutSecrets(e.Message, args))],
                options,
                terminal
            );
        using var interrupt = new Interrupt(terminal);
        // Signals are handled by Interrupt, which waits for the rollback however long it takes.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        var code = await parse.InvokeAsync(configuration, interrupt.Token).ConfigureAwait(false);
        if (terminal.OutputFailure is not { } failure)
            return code;
        terminal.Error(
            $"error {ErrorId.DiskFailed}: The output could not be written: {failure.Message}\n  What the call had to do is "
                + "done all the same, but for what is told above; see where the database stands: migrations status",
            Tone.Bad
        );
        return ExitCode.Combine(code, ExitCode.Failed);
    }

    private static RootCommand CreateRoot(GlobalOptions options, Terminal terminal)
    {
        var root = new RootCommand(
            "Applies, shows and undoes database migrations on SQLite and PostgreSQL, and backs up, verifies and restores their databases."
        );
        options.AddTo(root);
        var runner = new DatabaseRunner(options, terminal);
        root.Subcommands.Add(StatusCommand.Create(runner));
        root.Subcommands.Add(UpCommand.Create(runner));
        root.Subcommands.Add(DownCommand.Create(runner));
        root.Subcommands.Add(ResetCommand.Create(runner));
        root.Subcommands.Add(CreateCommand.Create(runner));
        root.Subcommands.Add(HistoryCommand.Create(runner));
        root.Subcommands.Add(RepairCommand.Create(runner));
        root.Subcommands.Add(BaselineCommand.Create(runner));
        root.Subcommands.Add(TestCommand.Create(runner));
        root.Subcommands.Add(CheckCommand.Create(runner));
        root.Subcommands.Add(SchemaCommand.Create(runner));
        root.Subcommands.Add(DiffCommand.Create(runner));
        root.Subcommands.Add(BackupCommand.Create(runner));
        root.Subcommands.Add(VerifyCommand.Create(runner));
        root.Subcommands.Add(RestoreCommand.Create(runner));
        root.Subcommands.Add(BackupsCommand.Create(runner));
        root.Subcommands.Add(PruneCommand.Create(runner));
        return root;
    }

    private static int RefuseCall(ParseResult parse, IReadOnlyList<string> faults, GlobalOptions options, Terminal terminal)
    {
        var command = Name(parse);
        var error = new MigrationException(
            ErrorId.UsageInvalid,
            string.Join('\n', faults.Distinct(StringComparer.Ordinal)),
            $"See what it takes: {command} --help"
        );
        if (options.IsJson(parse))
        {
            using var json = new JsonReport(terminal);
            json.Failure(target: null, error);
            json.Complete();
            return ExitCode.Usage;
        }

        ErrorPrinter.Print(terminal, target: null, error, MigrationDirection.Up, verbose: false);
        // Only a call that cannot be parsed has an answer of the parser's; any other would run.
        if (parse.Action is not ParseErrorAction)
            return ExitCode.Usage;
        terminal.Error();
        foreach (var line in SuggestionsAndUsage(parse))
            terminal.Error(line);
        return ExitCode.Usage;
    }

    // The parser's own answer is the whole help; of it, what was probably meant and the usage are enough beside an error.
    private static IEnumerable<string> SuggestionsAndUsage(ParseResult parse)
    {
        using var answer = new StringWriter();
        parse.Invoke(new InvocationConfiguration { Output = answer, Error = TextWriter.Null });
        var lines = answer.ToString().ReplaceLineEndings("\n").Split('\n');
        var description = Array.IndexOf(lines, "Description:");
        var usage = Array.IndexOf(lines, "Usage:");
        return lines
            .Take(Math.Max(0, description))
            .Concat(usage < 0 ? [] : lines.Skip(usage).TakeWhile(line => line.Length > 0))
            .Where(line => !string.IsNullOrWhiteSpace(line));
    }

    private static string Name(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        return command is RootCommand ? "migrations" : "migrations " + command.Name;
    }

    // The parser repeats what it did not expect; a connection string must not reach the screen that way.
    private static string WithoutSecrets(string message, string[] arguments)
    {
        var looksSecret =
            arguments.Any(a => GivenValues.MayHoldSecret(a) && message.Contains(a, StringComparison.Ordinal))
            || message.Contains("://", StringComparison.Ordinal)
            || message.Contains("password", StringComparison.OrdinalIgnoreCase)
            || (message.Contains('=', StringComparison.Ordinal) && message.Contains(';', StringComparison.Ordinal));
        return looksSecret
            ? "An argument that looks like a connection string, and is not shown for that reason, is not expected here. "
                + "Databases are given with --database."
            : message;
    }
}
