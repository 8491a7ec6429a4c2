using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Migrations.Testing;

/// <summary>
/// A shell that stands between the tests and a server of theirs, as an ordinary user where the tests run as root, which such servers
/// refuse. It waits on a pipe that the operating system closes when the test process ends, even killed; its script then ends the server and
/// deletes the folder.
/// </summary>
internal sealed class ServerShell : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long EnoughMemory = 4L << 30;

    // Not the temporary folder of root, which the server's user may not enter; and short, because a socket's path has at most about 100
    // characters. In memory, where there is room: a database is some 300 files, and the tests make and drop thousands.
    private static readonly string Root =
        Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= EnoughMemory ? Memory : "/tmp";

    private readonly Process _process;

    private ServerShell(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Whether the script has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a script in a folder, with arguments.</summary>
    public static ServerShell Start(string script, string folder, params IEnumerable<string> arguments)
    {
        var (program, before) = AsOrdinaryUser();
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in (IEnumerable<string>)[.. before, "-c", script, "sh", .. arguments])
            start.ArgumentList.Add(argument);
        return new ServerShell(Process.Start(start)!);
    }

    /// <summary>A port that nobody uses just now.</summary>
    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Makes a folder that only the server's user may enter, with files that only it may read.</summary>
    /// <param name="prefix">What its name begins with.</param>
    /// <param name="files">Names and texts.</param>
    [UnsupportedOSPlatform("windows")]
    public static string MakeFolder(string prefix, IEnumerable<KeyValuePair<string, string>> files)
    {
        var folder = Path.Combine(Root, prefix + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("chown", ["-R", "postgres", folder]);
            chown.WaitForExit();
        }

        return folder;
    }

    /// <summary>Writes a line to the script.</summary>
    public void Write(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Reads a line of the script's; null when it has ended.</summary>
    public string? Read() => _process.StandardOutput.ReadLine();

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            _process.WaitForExit(10_000);
        }
        catch (InvalidOperationException)
        {
            // Disposed before; its pipe is closed.
        }

        _process.Dispose();
    }

    private static (string Program, string[] Before) AsOrdinaryUser()
    {
        if (Environment.UserName != "root")
            return ("/bin/sh", []);
        return Executable.OnPath("runuser") is { } runuser
            ? (runuser, ["-u", "postgres", "--", "/bin/sh"])
            : ("su", ["postgres", "-s", "/bin/sh"]);
    }
}
