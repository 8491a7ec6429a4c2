using System.Diagnostics;
using System.Globalization;

namespace Migrations.Cli.Tests;

/// <summary>The very lines of the example pipelines share a fleet out, and put the results together.</summary>
public sealed class FleetExampleTests : IDisposable
{
    private const int Shards = 8;
    private const int Tenants = 20;
    private readonly TemporaryFolder _folder = new();

    public FleetExampleTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The examples run on Linux.");
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);\n");
        _folder.Write("bin/migrations", $"#!/bin/sh\nexec dotnet '{CliProcess.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["bin/migrations"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var tenants = Enumerable.Range(1, Tenants).Select(i => _folder[string.Create(CultureInfo.InvariantCulture, $"{i}.db")]);
        _folder.Write("tenants.txt", string.Join('\n', tenants));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("azure-pipelines-fleet.yml")]
    [InlineData("github-actions-fleet.yml")]
    [InlineData("kubernetes-fleet.yaml")]
    public async Task Each_agent_takes_its_share_and_one_merges(string example)
    {
        var lines = File.ReadLines(Repository.PathOf("docs", "examples", example))
            .Where(line =>
                line.Contains("migrations up ", StringComparison.Ordinal) || line.Contains("migrations merge", StringComparison.Ordinal)
            )
            .Select(line =>
                Here(
                    line[line.IndexOf("migrations ", StringComparison.Ordinal)..]
                        .Replace("migrations/migrations", "migrations", StringComparison.Ordinal)
                )
            )
            .ToList();
        Assert.Equal(2, lines.Count);

        var early = await ShellAsync(lines[1], shard: 1);
        Assert.NotEqual(0, early.ExitCode);
        await Task.WhenAll(Enumerable.Range(1, Shards).Select(shard => SucceedsAsync(lines[0], shard)));
        var merged = await SucceedsAsync(lines[1], shard: 1);

        Assert.Contains($"{Tenants} of {Tenants} databases completed in {Shards} shards", merged, StringComparison.Ordinal);
        Assert.Equal(Tenants, Directory.GetFiles(_folder.Path, "*.db").Length);
    }

    /// <summary>The line on this machine: the folders that an agent or a pod has are in the test's own.</summary>
    private string Here(string line) =>
        line.Replace(" /migrations", " migrations", StringComparison.Ordinal)
            .Replace("/fleet/", "", StringComparison.Ordinal)
            .Replace("\"/results/", "\"results/", StringComparison.Ordinal)
            .Replace(" /results", " results", StringComparison.Ordinal)
            // Each share's results are an artifact of its own, in a folder of the workspace.
            .Replace("$AGENT_TEMPDIRECTORY/results/", "$PIPELINE_WORKSPACE/results-$SYSTEM_JOBPOSITIONINPHASE/", StringComparison.Ordinal);

    private async Task<string> SucceedsAsync(string line, int shard)
    {
        var (exitCode, output) = await ShellAsync(line, shard);
        Assert.True(exitCode == 0, $"{line}: {output}");
        return output;
    }

    private async Task<(int ExitCode, string Output)> ShellAsync(string line, int shard)
    {
        var start = new ProcessStartInfo("bash", ["-c", line])
        {
            WorkingDirectory = _folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var position = shard.ToString(CultureInfo.InvariantCulture);
        start.Environment["PATH"] = $"{_folder["bin"]}:{start.Environment["PATH"]}";
        start.Environment["SHARD"] = position;
        start.Environment["SYSTEM_JOBPOSITIONINPHASE"] = position;
        start.Environment["SYSTEM_TOTALJOBSINPHASE"] = Shards.ToString(CultureInfo.InvariantCulture);
        start.Environment["JOB_COMPLETION_INDEX"] = (shard - 1).ToString(CultureInfo.InvariantCulture);
        start.Environment["PIPELINE_WORKSPACE"] = _folder.Path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
