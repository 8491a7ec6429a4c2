using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>Outputs that cannot be written.</summary>
public sealed class OutputTests() : CliTests("SQLite")
{
    [Theory]
    [InlineData("> /dev/full", "table")]
    [InlineData("> /dev/full", "json")]
    [InlineData(">&-", "table")]
    [InlineData("> /dev/full", "json", "TF_BUILD")]
    public async Task A_run_whose_output_cannot_be_written_goes_on_and_says_so(string redirection, string format, string variable = "NONE")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /dev/full.");
        ThreeTables();
        var (code, error) = await ShellAsync(
            $"{variable}=True exec dotnet \"$0\" up --database \"$1\" --path \"$2\" --output {format} {redirection}"
        );
        Assert.True(code == 1, error);
        Assert.Contains("The output could not be written", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", error, StringComparison.Ordinal);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_does_not_stop_the_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell with pipes.");
        ThreeTables();
        var (code, error) = await ShellAsync("dotnet \"$0\" up --database \"$1\" --path \"$2\" | head -n 1");
        Assert.True(code == 0, error);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
    }

    [Fact]
    public async Task What_a_repair_would_do_is_shown_for_failed_undos_and_edited_comments_too()
    {
        ThreeTables();
        await OutputAsync("up");
        Write("003_add_user_prefs_rollback.sql", "DROP TABLE nowhere;\n");
        Assert.Equal(1, (await RunAsync("down", "--accept-data-loss")).ExitCode);
        Write("001_initial_schema.sql", "-- a comment\nCREATE TABLE a (id integer);\n");
        var shown = await OutputAsync("repair", "--what-if");
        Assert.Contains("001_initial_schema", shown, StringComparison.Ordinal);
        Assert.Contains("003_add_user_prefs", shown, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Error)> ShellAsync(string command)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["-c", command, CliProcess.Program, Database.Address, Folder])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error + await output);
    }
}
