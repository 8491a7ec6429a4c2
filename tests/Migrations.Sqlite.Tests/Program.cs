using System.Diagnostics;
using Migrations.Backup;

namespace Migrations.Sqlite.Tests;

/// <summary>What tests start as a process of its own, to kill it: a restore that ends its process, without warning, after one of its steps.</summary>
internal static class Program
{
    /// <summary>The steps that are counted in the arguments.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        var left = int.Parse(arguments[3]);
        var backups = new SqliteBackups
        {
            Reached = _ =>
            {
                if (left-- == 0)
                    Process.GetCurrentProcess().Kill();
            },
        };
        var outcome = await backups.RestoreAsync(
            new BackupSource(arguments[0], BackupFormat.Native), TestBackup.Target(arguments[1]), new RestoreJob { KeepFolder = arguments[2], KeepName = "kept" + arguments[3] }, default);
        await Console.Out.WriteLineAsync(outcome.How);
        return 0;
    }

    /// <summary>Starts it.</summary>
    public static Process Start(string backup, string target, string keep, int steps, params string[] before)
    {
        List<string> command = [.. before, "dotnet", typeof(Program).Assembly.Location, backup, target, keep, steps.ToString()];
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }
}
