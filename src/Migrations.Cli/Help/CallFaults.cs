using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Migrations.Cli.Options;

namespace Migrations.Cli.Help;

/// <summary>Finds what is wrong with a call before it runs.</summary>
internal static class CallFaults
{
    /// <summary>A sentence for each fault; none when the call can run. Secrets are not repeated.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse, string[] arguments, GlobalOptions options)
    {
        // An asked help is given, whatever else stands beside it.
        if (parse.Action is System.CommandLine.Help.HelpAction or HelpPrinter)
            return [];
        var names = options.NamesOf(parse.CommandResult.Command);
        var values = GivenValues.Faults(parse, arguments, names);
        if (values.Count > 0)
            return values;
        IReadOnlyList<string> faults =
            parse.Action is ParseErrorAction || parse.Errors.Count > 0 ? [.. Unknown(parse, names), .. Other(parse)] : [];
        return [.. (faults.Count > 0 ? faults : [.. options.Misplaced(parse)]).Select(message => WithoutSecrets(message, arguments))];
    }

    /// <summary>Refuses options that contradict each other.</summary>
    public static void Exclude(CommandResult result, string message, params Option[] options)
    {
        if (options.Count(option => result.GetResult(option) is { Implicit: false }) > 1)
            result.AddError(message);
    }

    // What follows an unknown command or option belongs to it, and says nothing by itself.
    private static IEnumerable<string> Unknown(ParseResult parse, IReadOnlySet<string> names)
    {
        var words = parse.UnmatchedTokens;
        if (words.Count == 0)
            return [];
        var options = words.Where(word => word.StartsWith('-')).Select(word => word.Split('=', ':')[0]).ToList();
        if (parse.CommandResult.Command is RootCommand)
        {
            var command = words.FirstOrDefault(word => !word.StartsWith('-'));
            return command is not null && (options.Count == 0 || !words[0].StartsWith('-'))
                ? [Suggestions.UnknownCommand(command, parse.CommandResult.Command.Subcommands.Select(c => c.Name))]
                : options.Select(option => Suggestions.UnknownOption(option, "migrations", names));
        }

        var name = parse.CommandResult.Command.Name;
        return options.Count > 0
            ? options.Select(option => Suggestions.UnknownOption(option, name, names))
            : words.Select(word => $"Unexpected argument '{word}'.");
    }

    private static IEnumerable<string> Other(ParseResult parse) =>
        parse
            .Errors.Select(error => error.Message)
            .Where(message => !parse.UnmatchedTokens.Any(word => message.Contains($"'{word}'", StringComparison.Ordinal)));

    // The parser repeats what it did not expect; a connection string must not reach the screen that way.
    private static string WithoutSecrets(string message, string[] arguments)
    {
        var looksSecret =
            arguments.Any(a => GivenValues.MayHoldSecret(a) && message.Contains(a, StringComparison.Ordinal))
            || message.Contains("://", StringComparison.Ordinal)
            || message.Contains("password", StringComparison.OrdinalIgnoreCase)
            || (message.Contains('=', StringComparison.Ordinal) && message.Contains(';', StringComparison.Ordinal));
        return looksSecret
            ? "Unexpected argument. It looks like a connection string and is therefore not shown. Specify databases with --database."
            : message;
    }
}
