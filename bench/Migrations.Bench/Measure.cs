using System.Diagnostics;

namespace Migrations.Bench;

/// <summary>Stopwatch and processes.</summary>
internal static class Measure
{
    public const int Rounds = 5;

    /// <summary>Rounds that are not counted: engine time is that of compiled code.</summary>
    public const int WarmUps = 3;

    public static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Waits until what was written before is on disk, so that it is not counted with what comes next.</summary>
    public static void Settle()
    {
        if (!OperatingSystem.IsWindows())
            _ = Output("sync", []);
    }

    /// <summary>Runs a process to its end and gives its time in milliseconds.</summary>
    public static double Process(
        string file,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var watch = Stopwatch.StartNew();
        _ = Output(file, arguments, input, environment);
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Runs a process to its end and gives what it wrote on both streams.</summary>
    public static string Output(
        string file,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            using var source = File.OpenRead(input);
            source.CopyTo(process.StandardInput.BaseStream);
        }

        process.StandardInput.Close();
        process.WaitForExit();
        var text = output.Result + errors.Result;
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{file} failed: {text}");
    }
}
