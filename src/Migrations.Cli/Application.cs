using System.CommandLine;
using Migrations.Cli.Commands;
using Migrations.Cli.Help;
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
        var root = CommandTree.Create(options, terminal);
        if (args is [Completer.Word, "--", .. var words])
            return new Completer(root, options).Print(words, terminal);
        // An argument that begins with @ is an argument: no response files.
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        terminal.Format = options.LogFormatOf(parse) ?? terminal.Format;
        var faults = CallFaults.Of(parse, args, options);
        if (faults.Count > 0)
            return RefuseCall(parse, faults, options, terminal);
        using var interrupt = new Interrupt(terminal);
        // Signals are handled by Interrupt, which waits for the rollback however long it takes.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        var code = await parse.InvokeAsync(configuration, interrupt.Token).ConfigureAwait(false);
        if (terminal.OutputFailure is not { } failure)
            return code;
        terminal.Error(
            $"error {ErrorId.DiskFailed}: The output could not be written: {failure.Message}\n"
                + "  Only the output failed; apart from the errors above, the command completed. "
                + "See the state of the database: migrations status",
            Tone.Bad
        );
        return ExitCode.Combine(code, ExitCode.Failed);
    }

    private static int RefuseCall(ParseResult parse, IReadOnlyList<string> faults, GlobalOptions options, Terminal terminal)
    {
        var command = parse.CommandResult.Command;
        var error = new MigrationException(
            ErrorId.UsageInvalid,
            string.Join('\n', faults.Distinct(StringComparer.Ordinal)),
            command is RootCommand ? "List all commands: migrations help" : $"See the options: migrations help {command.Name}"
        );
        if (options.IsJson(parse))
        {
            using var json = new JsonReport(terminal);
            json.Failure(target: null, error);
            json.Complete();
            return ExitCode.Usage;
        }

        ErrorPrinter.Print(terminal, target: null, error, verbose: false);
        terminal.Error();
        terminal.Error("Usage: " + HelpPrinter.Usage(command));
        return ExitCode.Usage;
    }
}
