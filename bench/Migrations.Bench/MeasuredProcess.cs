using System.Diagnostics;
using System.Globalization;

namespace Migrations.Bench;

/// <summary>What one run of a process took.</summary>
/// <param name="Milliseconds">From its start to its end.</param>
/// <param name="PeakKilobytes">The most memory it had resident, as the kernel counts it (VmHWM), looked at every few milliseconds; 0 where
/// there is no /proc.</param>
internal sealed record MeasuredProcess(double Milliseconds, long PeakKilobytes)
{
    /// <summary>What it has written on its first stream.</summary>
    public string Output { get; private init; } = "";

    /// <summary>Runs a process to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static MeasuredProcess Run(
        string file,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var command = input is null ? null : $"exec \"$0\" \"$@\" < '{input}'";
        var start = command is null
            ? new ProcessStartInfo(file, arguments)
            : new ProcessStartInfo("sh", ["-c", command, file, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.UseShellExecute) = (true, true, false);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(milliseconds: 3))
            peak = Math.Max(peak, Peak(process.Id));
        var elapsed = watch.Elapsed.TotalMilliseconds;
        process.WaitForExit();
        return process.ExitCode == 0
            ? new MeasuredProcess(elapsed, peak) { Output = output.Result }
            : throw new InvalidOperationException($"{file} failed: {output.Result}{errors.Result}");
    }

    private static long Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
