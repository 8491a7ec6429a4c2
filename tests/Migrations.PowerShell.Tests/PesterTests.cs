using System.Diagnostics;
using Migrations.Testing;
using Xunit;
using Xunit.Sdk;

namespace Migrations.PowerShell.Tests;

/// <summary>
/// Runs each file of Pester tests in a PowerShell of its own. The results of the single tests are in <c>TestResults/pester-*.xml</c>.
/// Without PostgreSQL the tests that need it are skipped.
/// </summary>
/// <param name="output">Takes what the run says.</param>
public sealed class PesterTests(ITestOutputHelper output)
{
    private static readonly string Folder = Repository.PathOf("tests", "Migrations.PowerShell.Tests");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.Tests.ps1").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Passes(string file)
    {
        var results = Repository.PathOf("TestResults");
        Directory.CreateDirectory(results);
        var result = Path.Combine(results, $"pester-{file.Replace(".Tests.ps1", "", StringComparison.Ordinal)}.xml");
        File.Delete(result);

        var (exitCode, text) = await RunAsync(
            "-File",
            Path.Combine(Folder, "Invoke-TestFile.ps1"),
            "-Path",
            Path.Combine(Folder, file),
            "-ResultPath",
            result,
            "-Pester",
            PowerShellPackages.Pester
        );
        output.WriteLine(text);
        Assert.True(exitCode == 0, text);
        Assert.True(File.Exists(result), text);
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var argument in (string[])[PowerShellPackages.Program, "-NoProfile", "-NonInteractive", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["MIGRATIONS_TEST_POSTGRES"] = PostgreSqlUrl();
        start.Environment["NO_COLOR"] = "1";
        start.Environment["PATH"] = PowerShellPackages.ShimFolder.Value + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("MIGRATION_PATH");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        var text = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await text + await errors);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The tests did not end in {Limit.TotalMinutes} minutes: {string.Join(' ', arguments)}", e);
        }
    }

    /// <summary>The server that the tests use; null where there is none.</summary>
    private static string? PostgreSqlUrl()
    {
        try
        {
            return PostgreSqlBinaries.IsServerNamed ? PostgreSqlBinaries.Setting! : PostgreSqlServer.Shared.UrlOf("postgres");
        }
        catch (SkipException)
        {
            return null;
        }
    }
}
