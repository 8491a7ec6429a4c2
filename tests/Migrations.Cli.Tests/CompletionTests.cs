using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>The scripts that let shells complete calls, each in its real shell where that is installed.</summary>
public sealed class CompletionTests
{
    // The command as a word that a shell finds; the tests run it through dotnet.
    private const string Wrapper = "#!/bin/sh\nexec dotnet \"$MIGRATIONS_PROGRAM\" \"$@\"\n";

    private static readonly (string Shell, string Script)[] Shells =
    [
        (
            "bash",
            """
            source <(migrations completion bash)
            COMP_WORDS=(migrations TYPED); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _migrations
            printf '%s\n' "${COMPREPLY[@]}"
            """
        ),
        (
            "zsh",
            """
            _describe() { local c; for c in "${candidates[@]}"; do print -r -- "${c%%:*}"; done }
            _files() { : }
            compdef() { : }
            source <(migrations completion zsh)
            words=(migrations TYPED); CURRENT=${#words}
            _migrations
            """
        ),
        (
            "fish",
            """
            migrations completion fish | source
            complete -C "LINE" | string replace -r '\t.*' ''
            """
        ),
        (
            "pwsh",
            """
            migrations completion pwsh | Out-String | Invoke-Expression
            [System.Management.Automation.CommandCompletion]::CompleteInput('LINE', 'LINE'.Length, $null).CompletionMatches.CompletionText
            """
        ),
    ];

    public static TheoryData<string, string, string[], string[]> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string[], string[]>();
            foreach (var (shell, _) in Shells)
            {
                data.Add(shell, "st", ["status"], ["up"]);
                data.Add(shell, "up --tr", ["--transaction-mode"], ["--target"]);
                data.Add(shell, "up --transaction-mode ", ["each", "all", "none"], ["--target", "Each"]);
                data.Add(shell, "--database x.db create --", ["--path", "--irreversible"], ["--lock-timeout", "--history-table"]);
                data.Add(shell, "help re", ["reset", "repair", "restore"], ["up"]);
                data.Add(shell, "completion ", ["bash", "zsh", "fish", "pwsh"], []);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_shell_completes(string shell, string typed, string[] expected, string[] not)
    {
        Assert.SkipWhen(!IsInstalled(shell), $"{shell} is not installed.");
        using var folder = new TemporaryFolder();
        var script = Array.Find(Shells, s => s.Shell == shell).Script;
        var words = string.Join(' ', typed.Split(' ').Select(w => w.Length == 0 ? "''" : w));
        var found = await CompleteAsync(
            shell,
            script.Replace("TYPED", words, StringComparison.Ordinal).Replace("LINE", "migrations " + typed, StringComparison.Ordinal),
            folder
        );
        Assert.All(expected, word => Assert.Contains(word, found));
        Assert.All(not, word => Assert.DoesNotContain(word, found));
    }

    [Fact]
    public async Task What_takes_a_path_is_left_to_the_shell()
    {
        Assert.Equal(":files", (await CliProcess.RunAsync("complete", "--", "up", "--database", "")).Output.Trim());
        Assert.Equal("--output=json", (await CliProcess.RunAsync("complete", "--", "up", "--output=j")).Output.Trim());
        // bash makes a word of its own of '='.
        Assert.Equal("json", (await CliProcess.RunAsync("complete", "--", "up", "--output", "=", "j")).Output.Trim());
    }

    [Fact]
    public async Task Another_shell_is_wrong_use()
    {
        var result = await CliProcess.RunAsync("completion", "tcsh");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("bash", result.Error, StringComparison.Ordinal);
    }

    private static async Task<string[]> CompleteAsync(string shell, string script, TemporaryFolder folder)
    {
        var wrapper = folder.Write("migrations", Wrapper);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(shell)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
            Environment =
            {
                ["MIGRATIONS_PROGRAM"] = CliProcess.Program,
                ["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH"),
            },
        };
        foreach (var argument in shell == "pwsh" ? (string[])["-NoProfile", "-NonInteractive", "-Command", script] : ["-c", script])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsInstalled(string program) =>
        !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
