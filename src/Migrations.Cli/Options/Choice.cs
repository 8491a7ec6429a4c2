using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Configuration;

namespace Migrations.Cli.Options;

/// <summary>Makes options that take one of a few words, a number from 1, a duration, or a moment.</summary>
internal static class Choice
{
    /// <summary>
    /// An option that takes one of some words, in any case and with or without dashes (<c>down-suffix</c>, <c>DownSuffix</c>).
    /// </summary>
    public static Option<T?> Of<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct, Enum
    {
        var words = string.Join('|', choices.Select(c => c.Word));
        var option = new Option<T?>(name)
        {
            Description = words.Length <= 20 ? description : $"{description} One of {words.Replace("|", ", ", StringComparison.Ordinal)}.",
            // A list that is too long for the usage column stands in the description.
            HelpName = words.Length <= 20 ? words : name.TrimStart('-'),
            CustomParser = result => Find(result, result.Tokens[0].Value, name, choices),
        };
        Offer(option, choices);
        return option;
    }

    /// <summary>An option that may be repeated, and takes one of some words each time.</summary>
    public static Option<T[]> Several<T>(string name, string description, IReadOnlyList<T> values, Func<T, string> word)
        where T : struct, Enum
    {
        // Loops: LINQ over a value type of our own would make the native file larger.
        var choices = new (string Word, T Value)[values.Count];
        for (var i = 0; i < choices.Length; i++)
            choices[i] = (word(values[i]), values[i]);
        var option = new Option<T[]>(name)
        {
            Description = $"{description} One of {string.Join(", ", choices.Select(c => c.Word))}.",
            HelpName = name.TrimStart('-'),
            CustomParser = result =>
            {
                var chosen = new T[result.Tokens.Count];
                for (var i = 0; i < chosen.Length; i++)
                    chosen[i] = Find(result, result.Tokens[i].Value, name, choices) ?? default;
                return chosen;
            },
        };
        Offer(option, choices);
        return option;
    }

    /// <summary>An option that takes a duration.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "duration",
            CustomParser = result =>
            {
                if (DurationParser.TryParse(result.Tokens[0].Value, out var duration))
                    return duration;
                result.AddError($"Invalid duration '{result.Tokens[0].Value}' for {name}. Expected {DurationParser.Forms}.");
                return null;
            },
        };

    /// <summary>An option that takes a moment; times are UTC unless they say otherwise.</summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "moment",
            CustomParser = result =>
            {
                if (MomentParser.TryParse(result.Tokens[0].Value, DateTimeOffset.UtcNow, out var moment))
                    return moment;
                result.AddError($"Invalid moment '{result.Tokens[0].Value}' for {name}. Expected {MomentParser.Forms}.");
                return null;
            },
        };

    /// <summary>An option that takes a whole number from 1.</summary>
    public static Option<int?> Count(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "n",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out var count) && count > 0)
                    return count;
                result.AddError($"Invalid number '{result.Tokens[0].Value}' for {name}. Expected a whole number from 1.");
                return null;
            },
        };

    private static T? Find<T>(ArgumentResult result, string text, string name, (string Word, T Value)[] choices)
        where T : struct, Enum
    {
        foreach (var (word, value) in choices)
        {
            if (string.Equals(Plain(word), Plain(text), StringComparison.OrdinalIgnoreCase))
                return value;
        }

        result.AddError($"Invalid value '{text}' for {name}. Expected one of {string.Join(", ", choices.Select(c => c.Word))}.");
        return null;
    }

    // In place of the names of the values, which the parser offers by itself.
    private static void Offer<T>(Option option, (string Word, T Value)[] choices)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(_ => choices.Select(c => new System.CommandLine.Completions.CompletionItem(c.Word)));
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal);
}
