using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.Stress;

/// <summary>One thing that a process did to the files of a folder, or printed, in the order of the system calls.</summary>
internal abstract record DiskEvent
{
    /// <summary>A file was opened to be created, which it may have been before.</summary>
    public sealed record Create(string Name) : DiskEvent;

    /// <summary>Bytes were written.</summary>
    public sealed record Write(string Name, int Offset, byte[] Bytes) : DiskEvent;

    /// <summary>A file was cut short, or made longer.</summary>
    public sealed record Truncate(string Name, int Length) : DiskEvent;

    /// <summary>A file, or the folder where the name is empty, was waited for until it was on the disk.</summary>
    public sealed record Flush(string Name) : DiskEvent;

    /// <summary>A file was deleted.</summary>
    public sealed record Delete(string Name) : DiskEvent;

    /// <summary>Something was printed.</summary>
    public sealed record Print(string Text) : DiskEvent;
}

/// <summary>Reads what <c>strace</c> has seen of a process.</summary>
internal static partial class DiskTrace
{
    /// <summary>How a command is called so that its system calls, with all that it writes, are in a file.</summary>
    public static string[] Launcher(string strace, string file) =>
        [strace, "-f", "-y", "-xx", "-s", "100000000", "-o", file, "-e", "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink"];

    /// <summary>Reads the file.</summary>
    /// <param name="file">What strace wrote.</param>
    /// <param name="folder">The folder whose files are looked at.</param>
    public static List<DiskEvent> Read(string file, string folder)
    {
        var events = new List<DiskEvent>();
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, call) = (line[..space], line[space..].TrimStart());
            if (call.EndsWith(" <unfinished ...>", StringComparison.Ordinal))
                unfinished[thread] = call[..^" <unfinished ...>".Length];
            else if (Interpret(Resumed().Replace(call, _ => unfinished[thread]), folder) is { } happened)
                events.Add(happened);
        }

        return events;
    }

    private static DiskEvent? Interpret(string call, string folder)
    {
        var match = Call().Match(call);
        if (!match.Success || match.Groups["gone"].Success)
            return null;
        var (kind, numbers) = (match.Groups["kind"].Value, match.Groups["number"].Captures);
        var path = Text(match.Groups["path"].Value);
        var isFolder = path == folder;
        if (!isFolder && Path.GetDirectoryName(path) != folder)
            return kind is "write" ? new DiskEvent.Print(Text(match.Groups["bytes"].Value)) : null;
        var name = isFolder ? "" : Path.GetFileName(path);
        return kind switch
        {
            "openat" when match.Groups["flags"].Value.Contains("O_CREAT", StringComparison.Ordinal) => new DiskEvent.Create(name),
            "pwrite64" => new DiskEvent.Write(name, Number(numbers[1]), Bytes(match.Groups["bytes"].Value)),
            "ftruncate" => new DiskEvent.Truncate(name, Number(numbers[0])),
            "fsync" or "fdatasync" => new DiskEvent.Flush(name),
            "unlink" => new DiskEvent.Delete(name),
            _ => null,
        };
    }

    private static int Number(Capture capture) => int.Parse(capture.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(string escaped) => Encoding.UTF8.GetString(Bytes(escaped));

    private static byte[] Bytes(string escaped) => Convert.FromHexString(escaped.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Resumed();

    // A call that succeeded: of a file by its number and name, or by its name alone.
    [GeneratedRegex(
        """^(?<kind>\w+)\((?:AT_FDCWD<[^>]*>, "(?<path>[^"]*)", (?<flags>[A-Z_|]+)|\d+<(?<path>[^>]*)>(?<gone>\(deleted\))?|"(?<path>[^"]*)")(?:, "(?<bytes>[^"]*)")?(?:, (?<number>\d+))*\) += \d""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Call();
}
