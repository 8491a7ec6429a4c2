using System.Diagnostics;
using Migrations.Backup;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Backups of SQLite files against the <c>.backup</c> of its own shell: quiet, and beside a writer.</summary>
internal static class BackupBench
{
    private const int Rounds = 3;
    private const int CommitsPerSecond = 200;

    // Half of it random, as texts and their indexes are: about 500 MB.
    private const string Fill =
        "CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, b BLOB, n INTEGER); "
        + "INSERT INTO big SELECT value, 'row ' || value, randomblob(400), value % 997 FROM (WITH RECURSIVE c(value) AS "
        + "(SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < 1100000) SELECT value FROM c); "
        + "CREATE INDEX big_n ON big (n); CREATE TABLE log (id INTEGER PRIMARY KEY, t TEXT);";

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Backups of SQLite, 500 MB");
        if (Executable.OnPath("sqlite3") is not { } shell)
        {
            report.NotMeasured("all", "sqlite3 is not installed");
            return;
        }

        await using var database = new SqliteTestDatabase();
        using var place = new TemporaryFolder();
        await database.ExecuteAsync(Fill);
        var (floor, tool, proof) = await QuietAsync(database, place, shell);
        report.Ratio("backup", tool, floor, limit: 1.15);
        report.Ratio("proof, against the backup", proof, tool, limit: 2.0);
        foreach (var mode in (string[])["delete", "wal"])
        {
            await database.ScalarAsync("PRAGMA journal_mode=" + mode);
            var (busy, worst) = await BusyAsync(database, place);
            report.Ratio($"backup beside {CommitsPerSecond} commits a second ({mode})", busy, tool, limit: 1.5);
            if (string.Equals(mode, "wal", StringComparison.Ordinal))
                report.Time("longest write beside a backup (wal)", [worst.Max()], limit: 100);
            else
                Console.WriteLine(
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"       longest write beside a backup ({mode}): {worst.Max():0} ms"
                    )
                );
        }

        report.Count("peak memory of the command, MB", await PeakMemoryAsync(database, place), limit: 60);
    }

    private static async Task<(List<double> Floor, List<double> Tool, List<double> Proof)> QuietAsync(
        SqliteTestDatabase database,
        TemporaryFolder place,
        string shell
    )
    {
        List<double> floor = [],
            tool = [],
            proof = [];
        for (var round = -1; round < Rounds; round++)
        {
            var copy = place["floor.db"];
            Measure.Settle();
            var shellTime = Measure.Process(shell, [database.File, $".backup '{copy}'"]);
            File.Delete(copy);
            DatabaseBackup? backup = null;
            Measure.Settle();
            var toolTime = await Measure.TimeAsync(async () => backup = await BackUpAsync(database, place));
            Measure.Settle();
            var proofTime = await Measure.TimeAsync(async () =>
                (await new BackupVerifier(new SqliteDriver()).VerifyAsync(backup!)).ThrowIfUnproven()
            );
            BackupCatalogue.Remove(backup!);
            if (round < 0)
                continue;
            floor.Add(shellTime);
            tool.Add(toolTime);
            proof.Add(proofTime);
        }

        return (floor, tool, proof);
    }

    private static async Task<(List<double> Times, List<double> LongestWrites)> BusyAsync(
        SqliteTestDatabase database,
        TemporaryFolder place
    )
    {
        List<double> times = [],
            longest = [];
        for (var round = 0; round < Rounds; round++)
        {
            Measure.Settle();
            using var stop = new CancellationTokenSource();
            var started = new TaskCompletionSource();
            var writer = Task.Run(() => WriteAsync(database, started, stop.Token));
            await started.Task;
            DatabaseBackup? backup = null;
            times.Add(await Measure.TimeAsync(async () => backup = await BackUpAsync(database, place)));
            await stop.CancelAsync();
            longest.Add(await writer);
            BackupCatalogue.Remove(backup!);
        }

        return (times, longest);
    }

    /// <summary>Commits at a steady pace, and gives the longest that one took, in milliseconds.</summary>
    private static async Task<double> WriteAsync(SqliteTestDatabase database, TaskCompletionSource started, CancellationToken stop)
    {
        await using var connection = await database.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=60000; PRAGMA synchronous=NORMAL;";
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        command.CommandText = "INSERT INTO log (t) VALUES ('one row of a log')";
        var clock = Stopwatch.StartNew();
        var worst = 0.0;
        for (var commits = 0; !stop.IsCancellationRequested; commits++)
        {
            var wait = TimeSpan.FromSeconds((double)commits / CommitsPerSecond) - clock.Elapsed;
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, CancellationToken.None);
            var took = await Measure.TimeAsync(() => command.ExecuteNonQueryAsync(CancellationToken.None));
            if (commits > 0)
                worst = Math.Max(worst, took);
            started.TrySetResult();
        }

        return worst;
    }

    /// <summary>The most that the command as a process had in memory of its own, by the kernel's own count.</summary>
    private static async Task<int> PeakMemoryAsync(SqliteTestDatabase database, TemporaryFolder place)
    {
        var cli = Path.Combine(AppContext.BaseDirectory, "migrations.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [cli, "backup", "--database", database.File, "--destination", place.Path])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        long peak = 0;
        for (; !process.HasExited; await Task.Delay(20))
            peak = Math.Max(peak, AnonymousMemory(process.Id));
        return (int)(peak / 1000);
    }

    private static long AnonymousMemory(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static Task<DatabaseBackup> BackUpAsync(SqliteTestDatabase database, TemporaryFolder place)
    {
        var driver = new SqliteDriver();
        return new BackupManager(driver, driver.Parse(database.File, place.Path)!).BackUpAsync(new BackupRequest { Folder = place.Path });
    }
}
