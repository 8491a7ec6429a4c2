using System.Diagnostics;

namespace Migrations.Testing;

/// <summary>A program that works on the same database, run or started in a folder.</summary>
/// <param name="path">Its path.</param>
/// <param name="folder">The folder.</param>
public sealed class OtherProgram(string path, string folder)
{
    /// <summary>Runs it, and gives what it printed on both streams.</summary>
    /// <exception cref="InvalidOperationException">It failed, and with which words.</exception>
    public async Task<string> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var streams = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? streams[0] + streams[1]
            : throw new InvalidOperationException($"{path} {string.Join(' ', arguments)} failed:\n{streams[0]}\n{streams[1]}");
    }

    /// <summary>Starts it; its streams are to be read.</summary>
    public Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // It asks nothing, and reports to no one.
        (start.Environment["CI"], start.Environment["WRANGLER_SEND_METRICS"]) = ("1", "false");
        return Process.Start(start)!;
    }
}
