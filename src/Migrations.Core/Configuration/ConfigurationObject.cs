using System.Globalization;
using System.Text.Json;

namespace Migrations.Configuration;

/// <summary>Reads the members of an object, each with the type that it must have. Refuses what no one asked about.</summary>
internal sealed class ConfigurationObject
{
    private readonly ConfigurationNode _node;
    private readonly string _what;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Reads an object.</summary>
    /// <param name="node">What should be one.</param>
    /// <param name="what">What it is, for messages: <c>an environment</c>.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/></exception>
    public ConfigurationObject(ConfigurationNode node, string what)
    {
        if (node.Kind != JsonValueKind.Object)
            throw Expected(node, what, "an object in braces");
        (_node, _what) = (node, what);
    }

    /// <summary>Every member, for objects whose names are free.</summary>
    public IReadOnlyList<ConfigurationMember> Members => _node.Members;

    /// <summary>The value of a member; null when it is not there.</summary>
    public ConfigurationNode? Find(string name)
    {
        _known.Add(name);
        return _node.Members.Find(m => string.Equals(m.Name, name, StringComparison.Ordinal))?.Value;
    }

    /// <summary>An object in it; null when it is not there.</summary>
    public ConfigurationObject? Object(string name) => Find(name) is { } node ? new ConfigurationObject(node, $"'{name}'") : null;

    /// <summary>A string that is not empty.</summary>
    public ConfiguredValue<string>? Text(string name) => Find(name) is { } node ? TextOf(node, $"'{name}'") : null;

    /// <summary>A string that is taken as it is written: one in which nothing is replaced must not look as if it were.</summary>
    public ConfiguredValue<string>? PlainText(string name) => Text(name) is { } text ? Plain(text, $"'{name}'") : null;

    /// <summary>True or false.</summary>
    public ConfiguredValue<bool>? Flag(string name) =>
        Find(name) switch
        {
            null => null,
            { Kind: JsonValueKind.True or JsonValueKind.False } node => new(node.Kind == JsonValueKind.True, node.Place),
            var node => throw Expected(node, $"'{name}'", "true or false"),
        };

    /// <summary>A whole number from 1.</summary>
    public ConfiguredValue<int>? Count(string name) =>
        Find(name) switch
        {
            null => null,
            { Kind: JsonValueKind.Number } node
                when int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 => new(
                count,
                node.Place
            ),
            var node => throw Expected(node, $"'{name}'", "a whole number from 1"),
        };

    /// <summary>A duration: a string, or a number of seconds.</summary>
    public ConfiguredValue<TimeSpan>? Duration(string name) =>
        Find(name) switch
        {
            null => null,
            { Kind: JsonValueKind.String or JsonValueKind.Number } node when DurationParser.TryParse(node.Text, out var duration) => new(
                duration,
                node.Place
            ),
            var node => throw Expected(node, $"'{name}'", $"a duration ({DurationParser.Forms})"),
        };

    /// <summary>One of a few words.</summary>
    public ConfiguredValue<T>? Choice<T>(string name, params (string Word, T Value)[] choices)
    {
        if (Find(name) is not { } node)
            return null;
        var words = string.Join(", ", choices.Select(c => $"\"{c.Word}\""));
        if (node.Kind != JsonValueKind.String)
            throw Expected(node, $"'{name}'", $"one of {words}");
        foreach (var (word, value) in choices)
        {
            if (string.Equals(word, node.Text, StringComparison.Ordinal))
                return new ConfiguredValue<T>(value, node.Place);
        }

        throw ConfigurationError.At(
            node.Place,
            $"\"{node.Text}\" is no value of '{name}'.{ConfigurationError.DidYouMean(node.Text, choices.Select(c => c.Word))}",
            $"Write one of {words}."
        );
    }

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<ConfiguredValue<string>>? Texts(string name) =>
        Find(name) switch
        {
            null => null,
            { Kind: JsonValueKind.Array } node => [.. node.Items.Select(i => TextOf(i, $"an item of '{name}'"))],
            var node => throw Expected(node, $"'{name}'", "a list of strings in brackets"),
        };

    /// <summary>A list of strings that are taken as they are written.</summary>
    public IReadOnlyList<ConfiguredValue<string>>? PlainTexts(string name) =>
        Texts(name)?.Select(t => Plain(t, $"an item of '{name}'")).ToList();

    /// <summary>Refuses members that were not asked for.</summary>
    public void RefuseOthers()
    {
        var other = _node.Members.Find(m => !_known.Contains(m.Name));
        if (other is null)
            return;
        throw ConfigurationError.At(
            other.Place,
            $"'{other.Name}' is not a setting of {_what}.{ConfigurationError.DidYouMean(other.Name, _known)}",
            $"Correct or remove it. {Capital(_what)} may have: {string.Join(", ", _known.Order(StringComparer.Ordinal))}."
        );
    }

    /// <summary>The text of a string that is not empty.</summary>
    public static ConfiguredValue<string> TextOf(ConfigurationNode node, string what)
    {
        if (node.Kind != JsonValueKind.String)
            throw Expected(node, what, "a string in double quotes");
        return node.Text.AsSpan().Trim().Length > 0
            ? new ConfiguredValue<string>(node.Text, node.Place)
            : throw ConfigurationError.At(node.Place, $"{Capital(what)} is empty.", "Write a value, or remove it.");
    }

    /// <summary>The text of a string, also of an empty one, or of a number.</summary>
    public static ConfiguredValue<string> ValueOf(ConfigurationNode node, string what) =>
        node.Kind is JsonValueKind.String or JsonValueKind.Number
            ? new ConfiguredValue<string>(node.Text, node.Place)
            : throw Expected(node, what, "a string in double quotes, or a number");

    private static ConfiguredValue<string> Plain(ConfiguredValue<string> text, string what) =>
        text.Value.Contains("${", StringComparison.Ordinal)
            ? throw ConfigurationError.At(
                text.Place,
                $"{Capital(what)} is taken as it is written: no reference like '${{NAME}}' is replaced in it.",
                "Write the value itself. Where an environment differs, set it in that environment."
            )
            : text;

    private static MigrationException Expected(ConfigurationNode node, string what, string expected) =>
        ConfigurationError.At(
            node.Place,
            $"{Capital(what)} must be {expected}, but it is {node.KindInWords}{Shown(node)}.",
            $"Write {expected}."
        );

    // Numbers are no secrets; a string may be one.
    private static string Shown(ConfigurationNode node) => node.Kind == JsonValueKind.Number ? $" ({node.Text})" : "";

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];
}
