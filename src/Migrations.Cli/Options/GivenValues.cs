using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Databases;

namespace Migrations.Cli.Options;

/// <summary>
/// Looks at the values of a call before it runs. An empty one is a variable that was not set, and one that begins with a dash is an option
/// that was misspelt or that was taken for the value of the option before it: neither is what was meant, whatever the option.
/// </summary>
internal static class GivenValues
{
    private static readonly string[] TakesDatabase = ["--database", "-d", "--scratch-database", "left", "right", "from", "to"];

    // SQL may begin with a comment, and have addresses in it.
    private const string TakesSql = "--command";

    /// <summary>The name of an operand that may be standard input.</summary>
    public const string TakesInput = "file";

    /// <summary>What is wrong with the values, a sentence for each fault; secrets are not repeated.</summary>
    /// <param name="parse">The call.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="options">The names of the options that the command takes.</param>
    public static IReadOnlyList<string> Faults(ParseResult parse, IReadOnlyList<string> arguments, IReadOnlySet<string> options)
    {
        // '--path= next' makes the parser take what follows for the value.
        var emptied = arguments
            .TakeWhile(a => a is not "--")
            .Where(a => a.Length > 1 && a[^1] is '=' or ':' && options.Contains(a[..^1]))
            .Select(a => Empty(a[..^1]))
            .ToList();
        return emptied.Count > 0
            ? emptied
            : [.. parse.CommandResult.Children.SelectMany(r => Faults(r, options)), .. InheritedFaults(parse, options)];
    }

    /// <summary>Whether an argument may hold a secret, so that no message repeats it.</summary>
    public static bool MayHoldSecret(string argument) =>
        argument.Contains('=', StringComparison.Ordinal)
            ? ConnectionText.Find(argument[(argument.StartsWith('-') ? argument.IndexOf('=', StringComparison.Ordinal) + 1 : 0)..])
                is not null
            : argument[..Math.Min(1, argument.Length)] is not "-" && ConnectionText.Find(argument) is not null;

    // Options of the root stand in its own result where they were written before the command.
    private static IEnumerable<string> InheritedFaults(ParseResult parse, IReadOnlySet<string> options) =>
        parse.CommandResult.Parent is CommandResult root
            ? root.Children.Where(r => r is OptionResult).SelectMany(r => Faults(r, options))
            : [];

    private static IEnumerable<string> Faults(SymbolResult result, IReadOnlySet<string> options)
    {
        var (name, isOperand) = result switch
        {
            OptionResult { Implicit: false } option => (option.IdentifierToken?.Value ?? option.Option.Name, false),
            ArgumentResult argument => (argument.Argument.Name, true),
            _ => (null, false),
        };
        return name is null ? [] : result.Tokens.Select(t => Fault(name, t.Value, isOperand, options)).OfType<string>();
    }

    private static string? Fault(string name, string value, bool isOperand, IReadOnlySet<string> options)
    {
        if (string.IsNullOrWhiteSpace(value))
            return isOperand ? $"The {name} is empty. (A variable that is not set?)" : Empty(name);
        if (
            (name is TakesSql && value.Any(char.IsWhiteSpace))
            || (value is FleetGroup.StandardInput && (name is FleetGroup.FileName || (isOperand && name is TakesInput)))
        )
            return null;
        if (value[0] != '-')
            return !TakesDatabase.Contains(name, StringComparer.Ordinal) && IsSecret(value)
                ? $"The value of {name} looks like a connection and is therefore not shown. Specify databases with --database."
                : null;
        var shown = value.Split('=', ':', ' ')[0];
        var meant = Suggestions.Meant(shown, options) is { } option ? $" Did you mean '{option}'?" : "";
        return isOperand
            ? $"'{shown}' is not an option here, and a {name} cannot start with a dash.{meant}"
            : $"{name} has no value: '{shown}' starts with a dash, like an option. (Write a path that starts with a dash as ./-x.)"
                + (options.Contains(shown) ? "" : meant);
    }

    private static bool IsSecret(string value) =>
        (value.Contains("://", StringComparison.Ordinal) && value.Contains('@', StringComparison.Ordinal))
        || (
            value.Contains("password", StringComparison.OrdinalIgnoreCase)
            && value.Contains('=', StringComparison.Ordinal)
            && ConnectionText.Find(value) is not null
        );

    private static string Empty(string name) => $"{name} has an empty value. (A variable that is not set?)";
}
