using System.Text.Json;

namespace Migrations.Configuration;

/// <summary>A value of the configuration file, with the place where it stands.</summary>
/// <param name="Place">File, line and column.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A string's text; a number as it is written; empty for all else.</param>
internal sealed record ConfigurationNode(ScriptLocation Place, JsonValueKind Kind, string Text)
{
    /// <summary>The members of an object, in their order.</summary>
    public List<ConfigurationMember> Members { get; } = [];

    /// <summary>The items of a list.</summary>
    public List<ConfigurationNode> Items { get; } = [];

    /// <summary>What it is, in words.</summary>
    public string KindInWords =>
        Kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => Kind == JsonValueKind.True ? "true" : "false",
        };
}
