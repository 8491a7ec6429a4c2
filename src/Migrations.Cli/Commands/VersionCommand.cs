using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.History;

namespace Migrations.Cli.Commands;

/// <summary><c>version</c>: the same as <c>--version</c>.</summary>
internal static class VersionCommand
{
    public static DescribedCommand Create(Terminal terminal)
    {
        var command = new DescribedCommand(
            "version",
            "Show the version of this command.",
            SharedOptions.None,
            "migrations version",
            "migrations --version"
        );
        command.SetAction(_ => terminal.Out(JournalRecorder.ToolVersion));
        return command;
    }
}
