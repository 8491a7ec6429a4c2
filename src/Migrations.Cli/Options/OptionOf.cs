using System.CommandLine;

namespace Migrations.Cli.Options;

/// <summary>Makes options that take nothing, or a text.</summary>
internal static class OptionOf
{
    /// <summary>An option that is there or not.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>An option that takes a text.</summary>
    public static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
