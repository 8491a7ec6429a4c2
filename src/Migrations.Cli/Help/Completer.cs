using System.CommandLine;
using System.CommandLine.Completions;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Help;

/// <summary>
/// Finds what may follow in a call that is being typed, for the scripts of <c>migrations completion</c>: they ask with
/// <c>migrations complete -- WORD...</c>, where the last word is the one at the cursor.
/// </summary>
internal sealed class Completer(RootCommand root, GlobalOptions options)
{
    /// <summary>The word by which the scripts ask; no command of its own, and in no list.</summary>
    public const string Word = "complete";

    /// <summary>The answer that lets the shell complete names of files.</summary>
    public const string Files = ":files";

    /// <summary>Prints a line for each candidate: the word, a tab, and what it is.</summary>
    public int Print(string[] words, Terminal terminal)
    {
        foreach (var (text, description) in Candidates(words))
            terminal.Out(description.Length == 0 ? text : text + "\t" + description);
        return ExitCode.Done;
    }

    private IEnumerable<(string Text, string Description)> Candidates(string[] words)
    {
        // bash makes a word of its own of '=' and ':'.
        var typed = words.Where(w => w is not ("=" or ":")).ToList();
        var current = words is [.., not ("=" or ":")] ? typed[^1] : "";
        var before = words is [.., not ("=" or ":")] ? typed[..^1] : typed;
        var command = Command(before);
        var known = OptionsOf(command);
        // What an option takes, written behind it as a word of its own or with '='.
        if (current.StartsWith('-') && current.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            return Values(Find(known, current[..equals]))
                .Where(v => IsMeant(v.Text, current[(equals + 1)..]))
                .Select(v => (IsFiles(v.Text) ? Files : current[..equals] + "=" + v.Text, v.Description));
        if (before is [.., ['-', ..] option] && Find(known, option) is { } taken && TakesValue(taken))
            return Values(taken).Where(v => IsMeant(v.Text, current));
        var candidates =
            current.StartsWith('-') ? Names(known, before)
            : command is null ? root.Subcommands.Select(Describe)
            : Operands(command);
        return candidates.Where(c => IsMeant(c.Text, current));
    }

    private DescribedCommand? Command(List<string> words)
    {
        var all = options.Groups.SelectMany(g => g.Options).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-'))
                return root
                    .Subcommands.OfType<DescribedCommand>()
                    .FirstOrDefault(c => string.Equals(c.Name, words[i], StringComparison.Ordinal));
            if (Find(all, words[i]) is { } option && TakesValue(option))
                i++;
        }

        return null;
    }

    private List<Option> OptionsOf(DescribedCommand? command) =>
        [
            .. command?.Options ?? [],
            .. options.Groups.Where(g => command is null || command.Takes.HasFlag(g.Takes)).SelectMany(g => g.Options),
        ];

    private static IEnumerable<(string Text, string Description)> Names(List<Option> known, List<string> before) =>
        known
            .Where(o =>
                o.Arity.MaximumNumberOfValues > 1
                || !before.Exists(w => string.Equals(w, o.Name, StringComparison.Ordinal) || o.Aliases.Contains(w))
            )
            .Select(o => (o.Name, FirstSentence(o.Description)))
            .Append(("--help", "Show help."));

    private IEnumerable<(string Text, string Description)> Operands(DescribedCommand command) =>
        command.Name switch
        {
            "help" => root.Subcommands.Select(Describe),
            _ when command.Arguments.Count == 0 => [],
            _ => Offered(command.Arguments[0].CompletionSources),
        };

    private static IEnumerable<(string Text, string Description)> Values(Option? option) =>
        option is null ? [] : Offered(option.CompletionSources);

    // Without a list of its own, a value is a path or free text; the shell's own completion helps with either.
    private static IEnumerable<(string Text, string Description)> Offered(
        IReadOnlyCollection<Func<CompletionContext, IEnumerable<CompletionItem>>> sources
    )
    {
        var items = sources.SelectMany(source => source(CompletionContext.Empty)).Select(item => (item.Label, "")).ToList();
        return items.Count > 0 ? items : [(Files, "")];
    }

    private static bool IsMeant(string candidate, string typed) =>
        IsFiles(candidate) || candidate.StartsWith(typed, StringComparison.OrdinalIgnoreCase);

    private static bool IsFiles(string candidate) => string.Equals(candidate, Files, StringComparison.Ordinal);

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);

    private static Option? Find(List<Option> known, string name) =>
        known.Find(o => string.Equals(o.Name, name, StringComparison.Ordinal) || o.Aliases.Contains(name));

    private static (string Text, string Description) Describe(Command command) => (command.Name, FirstSentence(command.Description));

    private static string FirstSentence(string? text)
    {
        var end = text?.IndexOf(". ", StringComparison.Ordinal) ?? -1;
        return end < 0 ? text ?? "" : text![..(end + 1)];
    }
}
