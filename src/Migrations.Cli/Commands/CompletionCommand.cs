using System.CommandLine;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>completion</c>: a script for a shell.</summary>
internal static class CompletionCommand
{
    public static DescribedCommand Create(Terminal terminal)
    {
        var shells = CompletionScripts.All.Select(s => s.Shell).ToArray();
        var shell = new Argument<string>("shell") { Description = $"The shell: {string.Join(", ", shells)}." };
        shell.AcceptOnlyFromAmong(shells);
        var command = new DescribedCommand(
            "completion",
            "Print a script that makes a shell complete commands, options and values.",
            SharedOptions.None,
            "source <(migrations completion bash)",
            "migrations completion pwsh | Out-String | Invoke-Expression"
        )
        {
            shell,
        };
        command.SetAction(parse =>
            terminal.Out(
                Array
                    .Find(CompletionScripts.All, s => string.Equals(s.Shell, parse.GetRequiredValue(shell), StringComparison.Ordinal))
                    .Script
            )
        );
        return command;
    }
}
