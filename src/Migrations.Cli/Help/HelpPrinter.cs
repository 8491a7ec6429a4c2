using System.CommandLine;
using System.CommandLine.Invocation;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Help;

/// <summary>Prints help: what a command does, what it takes in groups, and examples.</summary>
internal sealed class HelpPrinter(RootCommand root, GlobalOptions options, Terminal terminal) : SynchronousCommandLineAction
{
    private const int Margin = 2;
    private const int WidestName = 28;

    private static readonly (string Name, string Text)[] Variables =
    [
        ("DATABASE_URL", "The database, where --database does not name one."),
        ("MIGRATIONS_CONFIG", "The configuration file."),
        ("DATABASE_URL_FILE", "A file that contains the database URL, for example a mounted secret."),
        ("PGHOST, PGDATABASE", "Without any of these: PostgreSQL, as psql connects (also PGSERVICE, PGPORT, PGUSER, ...)."),
        ("MIGRATION_PATH", "The migration folder, where --path does not name one."),
        ("DB_RETRY_ATTEMPTS", "How often to try to connect. Default: 1."),
        ("DB_RETRY_DELAY", "The pause between two attempts. Default: 5s, with --wait 1s."),
        ("NO_COLOR", "Print without colors."),
    ];

    private static readonly (string Name, string Text)[] ExitCodes =
    [
        ("0", "Done."),
        ("1", "Failed."),
        ("2", "Incorrect use."),
        ("3", "Migrations are pending (status --exit-code)."),
        ("4", "Something was found: a failed check, a difference, an unproven backup."),
        ("5", "Another run holds the migration lock."),
        ("130", "Cancelled."),
    ];

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Print(parseResult.CommandResult.Command);
        return ExitCode.Done;
    }

    /// <summary>Prints the help of a command.</summary>
    public void Print(Command command)
    {
        using var listing = terminal.Listing();
        Wrapped(command.Description ?? "", indent: 0);
        terminal.Out();
        terminal.Out("Usage: " + Usage(command));
        if (command is DescribedCommand described)
            PrintDescribed(described);
        else
            PrintRoot();
    }

    /// <summary>How a command is called, in one line.</summary>
    public static string Usage(Command command)
    {
        if (command is RootCommand)
            return "migrations <command> [options]";
        var arguments = command.Arguments.Select(a =>
        {
            var name = a.Arity.MaximumNumberOfValues > 1 ? $"<{a.Name}>..." : $"<{a.Name}>";
            return a.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        });
        return string.Join(' ', ["migrations", command.Name, .. arguments, "[options]"]);
    }

    private void PrintRoot()
    {
        foreach (var group in root.Subcommands.OfType<DescribedCommand>().GroupBy(c => c.Group, StringComparer.Ordinal))
            Section(group.Key, [.. group.Select(c => (c.Name, c.Description ?? ""))]);
        Section("Environment variables", Variables);
        Section("Exit codes", ExitCodes);
        terminal.Out();
        Wrapped("Help for a command, with its options and examples: migrations help <command>", indent: 0);
    }

    private void PrintDescribed(DescribedCommand command)
    {
        Section("Arguments", [.. command.Arguments.Select(a => ($"<{a.Name}>", a.Description ?? ""))]);
        Section("Options", [.. command.Options.Select(Row)]);
        foreach (var heading in options.Groups.Select(g => g.Heading).Distinct(StringComparer.Ordinal))
            Section(heading, [.. Taken(command, heading)]);
        terminal.Out();
        terminal.Out("Examples:");
        foreach (var example in command.Examples)
            terminal.Out(new string(' ', Margin) + example);
    }

    private IEnumerable<(string Name, string Text)> Taken(DescribedCommand command, string heading)
    {
        var taken = options.Groups.Where(g =>
            command.Takes.HasFlag(g.Takes) && string.Equals(g.Heading, heading, StringComparison.Ordinal)
        );
        foreach (var option in taken.SelectMany(g => g.Options))
            yield return Row(option);
        if (string.Equals(heading, GlobalOptions.General, StringComparison.Ordinal))
            yield return ("-h, --help", "Show this help.");
    }

    private static (string Name, string Text) Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length));
        var value = option.HelpName is null ? "" : $" <{option.HelpName}>";
        return (names + value, option.Description + (option.Required ? " Required." : ""));
    }

    private void Section(string heading, IReadOnlyList<(string Name, string Text)> rows)
    {
        if (rows.Count == 0)
            return;
        terminal.Out();
        terminal.Out(heading + ":");
        var column = Margin + Math.Min(WidestName, rows.Max(r => r.Name.Length)) + Margin;
        foreach (var (name, text) in rows)
        {
            var start = new string(' ', Margin) + name;
            var fits = start.Length + Margin <= column;
            if (!fits)
                terminal.Out(start);
            Wrapped(text, column, fits ? start : "");
        }
    }

    private void Wrapped(string text, int indent, string start = "")
    {
        var line = start.PadRight(indent);
        var isEmpty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > terminal.Width)
            {
                terminal.Out(line);
                (line, isEmpty) = (new string(' ', indent), true);
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }

        terminal.Out(line);
    }
}
