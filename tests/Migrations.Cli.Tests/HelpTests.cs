namespace Migrations.Cli.Tests;

/// <summary>What the command says about itself, and what it says was probably meant.</summary>
public sealed class HelpTests
{
    private static readonly string[] Commands =
    [
        "status",
        "up",
        "down",
        "reset",
        "create",
        "squash",
        "history",
        "repair",
        "baseline",
        "test",
        "check",
        "schema",
        "diff",
        "backup",
        "verify",
        "restore",
        "backups",
        "prune",
        "config",
        "help",
        "version",
        "completion",
    ];

    public static TheoryData<string> AllCommands => [.. Commands];

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Without_a_command_all_commands_are_listed(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.All(Commands, name => Assert.Matches($"(?m)^  {name} ", result.Output));
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Help_of_a_command_has_its_usage_and_two_examples_and_fits_80_columns(string command)
    {
        var result = await CliProcess.RunAsync("help", command);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((await CliProcess.RunAsync(command, "--help")).Output, result.Output);
        Assert.Contains($"Usage: migrations {command}", result.Output, StringComparison.Ordinal);
        var examples = result.Output[result.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Trim().Split('\n')[1..];
        Assert.True(examples.Length >= 2, result.Output);
        Assert.All(examples, e => Assert.True(e.Length <= 80 && e.Contains("migrations", StringComparison.Ordinal), e));
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Examples_use_only_options_that_the_command_has(string command)
    {
        var help = (await CliProcess.RunAsync("help", command)).Output;
        var start = help.IndexOf("Examples:", StringComparison.Ordinal);
        var named = help[start..].Split(' ', '\n').Where(w => w.StartsWith('-')).Where(o => o != "--version");
        Assert.All(named, option => Assert.Matches($@"(?m)^  (-\w, )?{option}\b", help[..start]));
    }

    [Theory]
    [InlineData("help")]
    [InlineData("create", "--lock-timeout", "--history-table", "--yes", "--identity")]
    [InlineData("status", "--what-if", "--yes")]
    [InlineData("backups", "--path", "--what-if", "--lock-timeout")]
    [InlineData("backup", "--path", "--layout", "--yes")]
    [InlineData("version", "--database", "--path")]
    public async Task Options_are_shown_only_where_they_apply(string command, params string[] not)
    {
        var help = (await CliProcess.RunAsync("help", command)).Output;
        Assert.Contains("--output <table|json>", help, StringComparison.Ordinal);
        Assert.All(not, option => Assert.DoesNotMatch($@"(?m)^  (-\w, )?{option}\b", help));
    }

    [Theory]
    [InlineData("There is no command 'stauts'. Did you mean 'status'?", "stauts")]
    [InlineData("Did you mean 'up'?", "migrate", "--target", "3")]
    [InlineData("Did you mean 'up'?", "apply")]
    [InlineData("Did you mean 'down'?", "rollback")]
    [InlineData("Did you mean 'down'?", "undo")]
    [InlineData("Did you mean 'status'?", "info")]
    [InlineData("Did you mean 'create'?", "new", "add users")]
    [InlineData("Did you mean 'reset'?", "clean")]
    [InlineData("Did you mean 'check'?", "validate")]
    [InlineData("Did you mean 'restore'?", "help", "restroe")]
    [InlineData("There is no command 'xyzzy'.", "xyzzy")]
    [InlineData("'--databse' is not an option of 'up'. Did you mean '--database'?", "up", "--databse", "x.db")]
    [InlineData("Did you mean '--what-if'?", "up", "--dry-run")]
    [InlineData("Did you mean '--database'?", "status", "--url", "x.db")]
    [InlineData("Did you mean '--last'?", "down", "--steps=2")]
    [InlineData("Did you mean '--path'?", "up", "--dir", "m")]
    [InlineData("Unexpected argument 'x'.", "up", "x")]
    [InlineData("--what-if does not apply to 'status'.", "status", "--what-if")]
    [InlineData("--what-if does not apply to 'test'.", "--what-if", "test")]
    [InlineData("--lock-timeout does not apply to 'create'.", "create", "x", "--lock-timeout", "5s")]
    [InlineData("--quiet and --verbose cannot be used together.", "up", "-q", "-v")]
    [InlineData("Invalid duration 'soon' for --wait.", "up", "--wait", "soon")]
    public async Task What_was_probably_meant_is_said(string sentence, params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains("error UsageInvalid: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Settings_before_the_command_hold_for_whatever_command_follows()
    {
        using var folder = new TemporaryFolder();
        var result = await CliProcess.RunAsync(
            new CliCall
            {
                Arguments = ["--lock-timeout", "5s", "-d", "x.db", "--yes", "create", "add users", "--path", "m"],
                WorkingFolder = folder.Path,
            }
        );
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task A_misspelt_connection_is_not_repeated()
    {
        var result = await CliProcess.RunAsync("postgres://ann:s3cr3t@h/db");
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_the_same_as_an_option_and_as_a_command()
    {
        var version = await CliProcess.RunAsync("version");
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        Assert.Equal(version.Output, (await CliProcess.RunAsync("--version")).Output);
    }

    [Fact]
    public async Task Help_has_none_of_the_words_of_a_translation()
    {
        foreach (var command in Commands.Prepend(""))
        {
            var help = (await CliProcess.RunAsync(command.Length == 0 ? ["help"] : ["help", command])).Output;
            Assert.DoesNotMatch(
                @"\b(told|tells?|mend|put by|is none|so many|anew|nobody)\b",
                string.Join(' ', help.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            );
        }
    }
}
