using System.Diagnostics;
using System.Globalization;

namespace Migrations.Testing;

/// <summary>Finds programs.</summary>
public static class Executable
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The program's path when that folder has it.</summary>
    public static string? In(string folder, string name) =>
        Path.Combine(folder, name + Suffix) is var path && File.Exists(path) ? path : null;

    /// <summary>The first program of that name on the PATH.</summary>
    public static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => In(folder, name))
            .FirstOrDefault(path => path is not null);

    /// <summary>The major version of one of PostgreSQL's programs; 0 when it tells none.</summary>
    public static int MajorVersion(string path)
    {
        using var process = Process.Start(
            new ProcessStartInfo(path, "--version")
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var words = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var digits = words.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit);
        return int.TryParse(string.Concat(digits), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
