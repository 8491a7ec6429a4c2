using System.CommandLine;

namespace Migrations.Cli.Options;

/// <summary>Options that are taken together.</summary>
/// <param name="Heading">What help calls them; groups with the same heading stand together.</param>
/// <param name="Takes">By what a command says that it takes them.</param>
/// <param name="Options">The options, in the order in which help shows them.</param>
internal sealed record OptionGroup(string Heading, SharedOptions Takes, IReadOnlyList<Option> Options);
