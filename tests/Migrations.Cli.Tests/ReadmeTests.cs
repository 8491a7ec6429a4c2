using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Migrations.Cli.Tests;

/// <summary>The lines of the README run as they stand there, one after another, in one shell.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task The_tour_of_the_command_runs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tour is written for a POSIX shell.");
        CopyFolder(Repository.PathOf("samples"), _temporary["samples"]);
        var lines = Lines();
        Assert.Contains("migrations create add_reviews", lines);
        Assert.True(lines.Count > 18, $"Only {lines.Count} lines were found.");

        var script = new[] { $"migrations() {{ dotnet '{CliProcess.Program}' \"$@\"; }}" }.Concat(
            lines.Select(l => $"{l}\n[ $? = 0 ] || {{ echo 'FAILED: {l.Replace("'", "'\\''", StringComparison.Ordinal)}' >&2; exit 1; }}")
        );
        var (exitCode, text) = await RunAsync(string.Join('\n', script));
        Assert.True(exitCode == 0, text);
        Assert.Contains("Applied 006_add_reviews", text, StringComparison.Ordinal);
    }

    /// <summary>The lines to type, from "Try it" to the backups; but for those that build or need a server.</summary>
    private static List<string> Lines()
    {
        var text = File.ReadAllText(Repository.PathOf("README.md"));
        var tour = text[
            text.IndexOf("\n## Try it", StringComparison.Ordinal)..text.IndexOf("\n## Migration folders", StringComparison.Ordinal)
        ];
        return
        [
            .. Block()
                .Matches(tour)
                .SelectMany(m =>
                    m.Groups["language"].Value switch
                    {
                        "sh" => m.Groups["text"].Value.Split('\n'),
                        "" => m.Groups["text"]
                            .Value.Split('\n')
                            .Where(l => l.StartsWith("$ ", StringComparison.Ordinal))
                            .Select(l => l[2..]),
                        _ => [],
                    }
                )
                .Where(l =>
                    l.Trim().Length > 0
                    && !l.Contains("postgres://", StringComparison.Ordinal)
                    && !l.StartsWith("dotnet test", StringComparison.Ordinal)
                )
                .Select(l => l.Replace("dotnet run --project src/Migrations.Cli --", "migrations", StringComparison.Ordinal)),
        ];
    }

    private async Task<(int ExitCode, string Text)> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            UseShellExecute = false,
            WorkingDirectory = _temporary.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("MIGRATION_PATH");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex(
        @"^```(?<language>\w*)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Block();
}
