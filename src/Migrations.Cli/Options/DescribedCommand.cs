using System.CommandLine;

namespace Migrations.Cli.Options;

/// <summary>A command that says which of the shared options it takes, and shows how it is used.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="takes">The shared options that mean something to it.</param>
/// <param name="examples">Calls to learn from.</param>
internal sealed class DescribedCommand(string name, string description, SharedOptions takes, params string[] examples)
    : Command(name, description)
{
    /// <summary>The shared options that mean something to it.</summary>
    public SharedOptions Takes => takes;

    /// <summary>What it does to databases.</summary>
    public CommandEffect Effect { get; set; }

    /// <summary>An option of its own that answers what an environment asks; null without one.</summary>
    public Option<bool>? Confirmed { get; set; }

    /// <summary>The heading under which help lists it.</summary>
    public string Group { get; set; } = "";

    /// <summary>Calls to learn from.</summary>
    public IReadOnlyList<string> Examples => examples;
}
