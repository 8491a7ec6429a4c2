using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>One migration of 200 MB by the command, against the database's own shell running the same file in one transaction.</summary>
internal static class HugeBench
{
    private const long MostAboveIdle = 80 * 1024;

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Huge");
        if (Executable.OnPath("sqlite3") is { } shell)
            RunSqlite(report, shell);
        else
            report.NotMeasured("SQLite", "sqlite3 is not installed");
        if (PostgreSqlBinaries.Find() is { } binaries && Executable.In(binaries, "psql") is { } psql)
            await RunPostgreSqlAsync(report, psql);
        else
            report.NotMeasured("PostgreSQL", "it is not installed");
    }

    private static void RunSqlite(Report report, string shell)
    {
        using var place = new TemporaryFolder();
        var script = place.Write("folder/001_huge.sql", "");
        HugeScript.WriteSqlite(script);
        List<double> tool = [],
            floor = [];
        var (peak, idle) = (0L, 0L);
        for (var round = 0; round < Measure.Rounds; round++)
        {
            var start = MeasuredProcess.Run(shell, [":memory:", "SELECT 1"]).Milliseconds;
            floor.Add(MeasuredProcess.Run(shell, ["-bail", place[$"floor-{round}.db"]], script).Milliseconds - start);
            var (first, again) = (Up(place[$"tool-{round}.db"], place["folder"]), Up(place[$"tool-{round}.db"], place["empty"]));
            tool.Add(first.Milliseconds - again.Milliseconds);
            (peak, idle) = (Math.Max(peak, first.PeakKilobytes), Math.Max(idle, again.PeakKilobytes));
            File.Delete(place[$"floor-{round}.db"]);
            File.Delete(place[$"tool-{round}.db"]);
        }

        report.Ratio("SQLite, 200 MB", tool, floor, limit: 1.15);
        report.Count("SQLite, 200 MB: peak memory above idle, KB", (int)(peak - idle), (int)MostAboveIdle);
    }

    private static async Task RunPostgreSqlAsync(Report report, string psql)
    {
        using var server = PostgreSqlServer.Start(new PostgreSqlSetup());
        using var place = new TemporaryFolder();
        var script = place.Write("folder/001_huge.sql", "");
        HugeScript.WritePostgreSql(script);
        List<double> tool = [],
            floor = [];
        var (peak, idle) = (0L, 0L);
        for (var round = 0; round < Measure.Rounds; round++)
        {
            await using var floorDatabase = await PostgreSqlTestDatabase.CreateAsync(server);
            await using var toolDatabase = await PostgreSqlTestDatabase.CreateAsync(server);
            var start = PostgreSqlBench.Psql(psql, floorDatabase, "-c", "SELECT 1");
            floor.Add(PostgreSqlBench.Psql(psql, floorDatabase, "-1f", script) - start);
            var (first, again) = (Up(toolDatabase.Address, place["folder"]), Up(toolDatabase.Address, place["empty"]));
            tool.Add(first.Milliseconds - again.Milliseconds);
            (peak, idle) = (Math.Max(peak, first.PeakKilobytes), Math.Max(idle, again.PeakKilobytes));
        }

        report.Ratio("PostgreSQL, 200 MB", tool, floor, limit: 1.0);
        report.Count("PostgreSQL, 200 MB: peak memory above idle, KB", (int)(peak - idle), (int)MostAboveIdle);
    }

    private static MeasuredProcess Up(string database, string folder)
    {
        Directory.CreateDirectory(folder);
        var cli = Path.Combine(AppContext.BaseDirectory, "migrations.dll");
        return MeasuredProcess.Run("dotnet", [cli, "up", "--database", database, "--path", folder, "--skip-checksum", "--output", "json"]);
    }
}
