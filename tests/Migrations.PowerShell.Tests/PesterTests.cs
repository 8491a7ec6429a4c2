using System.Diagnostics;
using Migrations.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Migrations.PowerShell.Tests;

/// <summary>
/// Runs each file of Pester tests in a PowerShell of its own. The results of the single tests are in <c>TestResults/pester-*.xml</c>. Without PowerShell or
/// Pester 5 they are skipped; without PostgreSQL only the tests that need it.
/// </summary>
/// <param name="output">Takes what the run says.</param>
public sealed class PesterTests(ITestOutputHelper output)
{
    private static readonly string Folder = Repository.PathOf("tests", "Migrations.PowerShell.Tests");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.Tests.ps1").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task Passes(string file)
    {
        var results = Repository.PathOf("TestResults");
        Directory.CreateDirectory(results);
        var result = Path.Combine(results, $"pester-{file.Replace(".Tests.ps1", "", StringComparison.Ordinal)}.xml");
        File.Delete(result);
        Skip.IfNot(await HasPester(), "Pester 5 is not installed on this machine.");

        var (exitCode, text) = await RunAsync("-File", Path.Combine(Folder, "Invoke-TestFile.ps1"), "-Path", Path.Combine(Folder, file), "-ResultPath", result);
        output.WriteLine(text);
        Assert.True(exitCode == 0, text);
        Assert.True(File.Exists(result), text);
    }

    private static async Task<bool> HasPester() =>
        (await RunAsync("-Command", "exit [int] -not (Get-Module Pester -ListAvailable | Where-Object { $_.Version.Major -eq 5 -and $_.Version.Minor -ge 5 })")).ExitCode == 0;

    private static async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Prerequisite.Pwsh())
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var argument in (string[])["-NoProfile", "-NonInteractive", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["MIGRATIONS_TEST_POSTGRES"] = PostgreSqlUrl();
        start.Environment["NO_COLOR"] = "1";
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
