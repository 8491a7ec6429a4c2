using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.Stress;

/// <summary>
/// One thing that a process did to the files of a folder, or printed, in the order of the system calls. Files and folders are named by
/// their full paths.
/// </summary>
internal abstract record DiskEvent
{
    /// <summary>A file was opened to be created, which it may have been before.</summary>
    public sealed record Create(string Path) : DiskEvent;

    /// <summary>Bytes were written.</summary>
    public sealed record Write(string Path, int Offset, byte[] Bytes) : DiskEvent;

    /// <summary>A file was cut short, or made longer.</summary>
    public sealed record Truncate(string Path, int Length) : DiskEvent;

    /// <summary>A file, or a folder with the names in it, was waited for until it was on the disk.</summary>
    public sealed record Flush(string Path) : DiskEvent;

    /// <summary>A file got another name, in the place of one that had it.</summary>
    public sealed record Rename(string From, string To) : DiskEvent;

    /// <summary>A file was deleted.</summary>
    public sealed record Delete(string Path) : DiskEvent;

    /// <summary>Something was printed.</summary>
    public sealed record Print(string Text) : DiskEvent;
}

/// <summary>Reads what <c>strace</c> has seen of a process.</summary>
internal static partial class DiskTrace
{
    private const string Unfinished = " <unfinished ...>";

    // Those below the first line are not known to be used; should that change, the reader says so.
    private const string Calls =
        "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink"
        + ",open,creat,writev,pwritev,truncate,fallocate,copy_file_range,sendfile,renameat,renameat2,link,linkat,symlink,unlinkat";

    /// <summary>How a command is called so that its system calls, with all that it writes, are in a file.</summary>
    public static string[] Launcher(string strace, string file) =>
        [strace, "-f", "-y", "-xx", "-s", "100000000", "-o", file, "-e", "trace=" + Calls];

    /// <summary>Reads the file.</summary>
    /// <param name="file">What strace wrote.</param>
    /// <param name="folder">The folder that is looked at, with all that is in it.</param>
    public static List<DiskEvent> Read(string file, string folder)
    {
        var events = new List<DiskEvent>();
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, call) = (line[..space], line[space..].TrimStart());
            if (call.EndsWith(Unfinished, StringComparison.Ordinal))
                unfinished[thread] = call[..^Unfinished.Length];
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
        var paths = match.Groups["path"].Captures.Select(c => Text(c.Value)).ToList();
        var path = paths[0];
        if (path != folder && !path.StartsWith(folder + "/", StringComparison.Ordinal))
            return kind is "write" ? new DiskEvent.Print(Text(match.Groups["bytes"].Value)) : null;
        return kind switch
        {
            "openat" => match.Groups["flags"].Value.Contains("O_CREAT", StringComparison.Ordinal) ? new DiskEvent.Create(path) : null,
            "pwrite64" => new DiskEvent.Write(path, Number(numbers[1]), Bytes(match.Groups["bytes"].Value)),
            "ftruncate" => new DiskEvent.Truncate(path, Number(numbers[0])),
            "fsync" or "fdatasync" => new DiskEvent.Flush(path),
            "rename" => new DiskEvent.Rename(path, paths[1]),
            "unlink" => new DiskEvent.Delete(path),
            _ => throw new NotSupportedException($"The model of the disk does not know '{kind}': {call[..Math.Min(call.Length, 200)]}"),
        };
    }

    private static int Number(Capture capture) => int.Parse(capture.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(string escaped) => Encoding.UTF8.GetString(Bytes(escaped));

    private static byte[] Bytes(string escaped) => Convert.FromHexString(escaped.Replace("\\x", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Resumed();

    // A call that succeeded: of files by name, below a folder or not, or of an open one by its number, which strace follows by its name.
    [GeneratedRegex(
        """^(?<kind>\w+)\((?:(?:AT_FDCWD<[^>]*>, )?"(?<path>[^"]*)"(?:, (?<flags>O_[A-Z_|]+)"""
            + """|(?:, (?:AT_FDCWD<[^>]*>, )?"(?<path>[^"]*)"))?|\d+<(?<path>[^>]*)>(?<gone>\(deleted\))?"""
            + """(?:, "(?<bytes>[^"]*)")?)(?:, (?<number>\d+))*[^"]*\) += \d""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Call();
}
