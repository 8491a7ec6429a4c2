using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>SQLite against its own shell.</summary>
internal static class SqliteBench
{
    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("SQLite");
        if (Executable.OnPath("sqlite3") is not { } shell)
        {
            report.NotMeasured("all", "sqlite3 is not installed");
            return;
        }

        using var place = new TemporaryFolder();
        var driver = new SqliteDriver();
        var folder = Workload.WriteFolder(place, DatabaseBench.Count);
        var up = place.Write("up.sql", Workload.FloorUp(DatabaseBench.Count, "BEGIN", "INTEGER PRIMARY KEY AUTOINCREMENT"));
        var down = place.Write("down.sql", Workload.FloorDown(DatabaseBench.Count, "BEGIN"));
        List<double> toolUp = [],
            toolDown = [],
            floorUp = [],
            floorDown = [];
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            var start = Measure.Process(shell, [":memory:", "SELECT 1"]);
            var database = place[$"floor-{round}.db"];
            var (floor1, floor2) = (
                Measure.Process(shell, ["-bail", database], up) - start,
                Measure.Process(shell, ["-bail", database], down) - start
            );
            var connect = await DatabaseBench.StartAsync(driver, place[$"tool-{round}.db"]);
            var (tool1, tool2) = (
                await DatabaseBench.UpAsync(driver, place[$"tool-{round}.db"], folder) - connect,
                await DatabaseBench.DownAsync(driver, place[$"tool-{round}.db"], folder) - connect
            );
            if (round < 0)
                continue;
            floorUp.Add(floor1);
            floorDown.Add(floor2);
            toolUp.Add(tool1);
            toolDown.Add(tool2);
        }

        report.Ratio($"{DatabaseBench.Count} up", toolUp, floorUp, limit: 1.15);
        report.Ratio($"{DatabaseBench.Count} down", toolDown, floorDown, limit: 1.15);
        CountFsyncs(report, place, shell, folder, up);
        await DatabaseBench.RunSettledAsync(report, driver, place["settled.db"], place, noopLimit: 30, statusLimit: 30);
    }

    private static void CountFsyncs(Report report, TemporaryFolder place, string shell, string folder, string up)
    {
        const string Calls = "fsync,fdatasync";
        if (!Strace.IsPresent)
        {
            report.NotMeasured("fsyncs", "strace is not installed");
            return;
        }

        var floor = Strace.Count(Calls, shell, ["-bail", place["fsync-floor.db"]], up);
        var cli = Path.Combine(AppContext.BaseDirectory, "migrations.dll");
        var tool = Strace.Count(Calls, "dotnet", [cli, "up", "--database", place["fsync-tool.db"], "--path", folder, "--output", "json"]);
        report.Count($"fsyncs of {DatabaseBench.Count} up", tool, floor);
    }
}
