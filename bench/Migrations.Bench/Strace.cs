using System.Globalization;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Counts system calls of a process, where strace is installed.</summary>
internal static class Strace
{
    private static readonly string? Path = Executable.OnPath("strace");

    public static bool IsPresent => Path is not null;

    /// <summary>How often a process and its threads called any of the calls.</summary>
    public static int Count(string calls, string file, IEnumerable<string> arguments, string? input = null)
    {
        using var place = new TemporaryFolder();
        var output = place["strace"];
        _ = Measure.Output(Path!, ["-f", "-c", "-e", "trace=" + calls, "-o", output, file, .. arguments], input);
        return File.ReadLines(output)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 5 && calls.Split(',').Contains(words[^1], StringComparer.Ordinal))
            .Sum(words => int.Parse(words[3], CultureInfo.InvariantCulture));
    }
}
