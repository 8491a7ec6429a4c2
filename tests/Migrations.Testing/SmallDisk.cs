using System.Diagnostics;
using Xunit;

namespace Migrations.Testing;

/// <summary>A disk of memory that is soon full; a test that needs it is skipped where it may not be mounted.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    /// <summary>Its root.</summary>
    public string Path { get; }

    /// <summary>Mounts one.</summary>
    public static SmallDisk Mount(string path, string size)
    {
        Directory.CreateDirectory(path);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path),
            "A small disk (tmpfs) may not be mounted here."
        );
        return new SmallDisk(path);
    }

    /// <summary>Lets nobody write to it any more, not even root.</summary>
    public void MakeReadOnly() => Assert.SkipUnless(Run("mount", "-o", "remount,ro", Path), "A disk may not be mounted read-only here.");

    public void Dispose() => Run("umount", Path);

    private static bool Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
