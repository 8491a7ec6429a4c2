using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Migrations.Databases;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

/// <summary>
/// Backups by another user, in a process of his own: a backup goes from thread to thread, and each of them must have his rights.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class NobodysBackups
{
    /// <summary>The argument that makes this assembly's program make them.</summary>
    public const string Verb = "back-up-as-nobody";

    private const int Nobody = 65534;

    /// <summary>Makes backups of a database, and says of each what it holds, or why it was refused.</summary>
    public static async Task<string[]> RunAsync(string database, int count)
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(NobodysBackups).Assembly.Location, Verb, database, folder.Path, count.ToString()]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return lines;
    }

    /// <summary>Makes them and says so in this process, which is nobody's from then on.</summary>
    public static int Make(string database, string folder, int count)
    {
        // All code is loaded before: nobody may have no right to enter the folder that it is in.
        _ = BackUp(database, Path.Combine(folder, "root.db"), 0);
        // Of all threads (https://man7.org/linux/man-pages/man7/nptl.7.html).
        if (SetGroups(0, 0) != 0 || SetGroup(Nobody) != 0 || SetUser(Nobody) != 0)
            throw new InvalidOperationException("This process cannot become nobody's.");
        for (var i = 1; i <= count; i++)
            Console.WriteLine(BackUp(database, Path.Combine(folder, $"copy{i}.db"), i));
        return 0;
    }

    private static string BackUp(string path, string copy, int number)
    {
        try
        {
            _ = TestBackup
                .Driver.Backups.BackUpAsync(TestBackup.Target(path), new BackupJob { Path = copy }, default)
                .GetAwaiter()
                .GetResult();
        }
        catch (MigrationException e)
        {
            return e.Id.ToString();
        }

        using var handle = TestSql.Open(copy);
        var states = handle
            .QueryText("SELECT group_concat(DISTINCT v) || ' ' || (SELECT max(v) FROM log) FROM a WHERE id % 40 = 0")!
            .Split(' ');
        return string.Equals(states[0], states[1], StringComparison.Ordinal) && handle.QueryText("PRAGMA integrity_check") is "ok"
            ? "one state"
            : $"backup {number}: a mix of {states[0]}, {states[1]}";
    }

    [LibraryImport("libc", EntryPoint = "setgroups")]
    private static partial int SetGroups(nint count, nint groups);

    [LibraryImport("libc", EntryPoint = "setgid")]
    private static partial int SetGroup(int id);

    [LibraryImport("libc", EntryPoint = "setuid")]
    private static partial int SetUser(int id);
}
