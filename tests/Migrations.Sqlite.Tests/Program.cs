using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Xunit.MicrosoftTestingPlatform;

namespace Migrations.Sqlite.Tests;

/// <summary>
/// Runs the tests; and, as a process of its own: a restore that ends its process, without warning, after one of its steps; an application
/// that writes, until it is killed; or backups by another user.
/// </summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments)
    {
        if (arguments is ["write", var database])
            Write(database);
        if (!OperatingSystem.IsWindows() && arguments is [NobodysBackups.Verb, var source, var folder, var count])
            return Task.FromResult(NobodysBackups.Make(source, folder, int.Parse(count)));
        return arguments is ["restore", var backup, var target, var keep, var steps]
            ? RestoreAsync(backup, target, keep, int.Parse(steps))
            : TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }

    private static async Task<int> RestoreAsync(string backup, string target, string keep, int steps)
    {
        var left = steps;
        var backups = new SqliteBackups
        {
            Reached = _ =>
            {
                if (left-- == 0)
                    Process.GetCurrentProcess().Kill();
            },
        };
        var outcome = await backups.RestoreAsync(
            new BackupSource(backup, BackupFormat.Native),
            TestBackup.Target(target),
            new RestoreJob { KeepFolder = keep, KeepName = "kept" + steps },
            default
        );
        await Console.Out.WriteLineAsync(outcome.How);
        return 0;
    }

    /// <summary>
    /// Sets every number of a database to the next one, in a transaction of a connection of its own, and says so when it has begun; until
    /// it is killed.
    /// </summary>
    private static void Write(string database)
    {
        for (var i = 1; ; i++)
        {
            using (var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, database, SqliteHandle.OpenReadWrite))
            {
                handle.Watch.BusyTimeout = TimeSpan.FromSeconds(30);
                handle.Run(
                    $"PRAGMA synchronous=0; PRAGMA journal_mode={Path.GetFileNameWithoutExtension(database)}; BEGIN IMMEDIATE; "
                        + $"UPDATE a SET v = {i} WHERE id % 40 = 0; INSERT INTO log VALUES ({i}); COMMIT;"
                );
            }

            if (i == 1)
                Console.Out.WriteLine("writing");
            Thread.Sleep(3);
        }
    }

    /// <summary>Starts the application.</summary>
    public static async Task<Process> StartWriterAsync(string database)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "write", database])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        Assert.Equal("writing", await process.StandardOutput.ReadLineAsync());
        return process;
    }

    /// <summary>Starts a restore.</summary>
    public static Process Start(string backup, string target, string keep, int steps, params string[] before)
    {
        List<string> command = [.. before, "dotnet", typeof(Program).Assembly.Location, "restore", backup, target, keep, steps.ToString()];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
