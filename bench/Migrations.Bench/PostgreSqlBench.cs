using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>PostgreSQL against psql: the real binary, not a distribution's wrapper.</summary>
internal static class PostgreSqlBench
{
    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("PostgreSQL");
        if (PostgreSqlBinaries.Find() is not { } binaries || Executable.In(binaries, "psql") is not { } psql)
        {
            report.NotMeasured("all", "PostgreSQL is not installed");
            return;
        }

        // As a real server: durable, unlike the tests' own.
        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["fsync"] = "on",
                    ["synchronous_commit"] = "on",
                    ["full_page_writes"] = "on",
                },
            }
        );
        using var place = new TemporaryFolder();
        var driver = new PostgreSqlDriver();
        var folder = Workload.WriteFolder(place, DatabaseBench.Count);
        var up = place.Write("up.sql", Workload.FloorUp(DatabaseBench.Count, "BEGIN", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"));
        var down = place.Write("down.sql", Workload.FloorDown(DatabaseBench.Count, "BEGIN"));
        List<double> toolUp = [],
            toolDown = [],
            floorUp = [],
            floorDown = [];
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            await using var floor = await PostgreSqlTestDatabase.CreateAsync(server);
            await using var tool = await PostgreSqlTestDatabase.CreateAsync(server);
            var start = Psql(psql, floor, "-c", "SELECT 1");
            var (floor1, floor2) = (Psql(psql, floor, "-f", up) - start, Psql(psql, floor, "-f", down) - start);
            var connect = await DatabaseBench.StartAsync(driver, tool.Address);
            var (tool1, tool2) = (
                await DatabaseBench.UpAsync(driver, tool.Address, folder) - connect,
                await DatabaseBench.DownAsync(driver, tool.Address, folder) - connect
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
        await CountWritesAsync(report, server, folder);
        await using var settled = await PostgreSqlTestDatabase.CreateAsync(server);
        await DatabaseBench.RunSettledAsync(report, driver, settled.Address, place, noopLimit: 60, statusLimit: 60);
    }

    public static double Psql(string psql, PostgreSqlTestDatabase database, string option, string value) =>
        Measure.Process(
            psql,
            ["-X", "-q", "-v", "ON_ERROR_STOP=1", option, value],
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PGHOST"] = database.Server.Host,
                ["PGPORT"] = database.Server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["PGUSER"] = database.Server.User,
                ["PGPASSWORD"] = database.Server.Password,
                ["PGDATABASE"] = database.Name,
            }
        );

    /// <summary>
    /// A write to the server begins a round trip; a dozen go to connecting, looking and locking, two to the fingerprint of the schema.
    /// </summary>
    private static async Task CountWritesAsync(Report report, PostgreSqlServer server, string folder)
    {
        if (!Strace.IsPresent)
        {
            report.NotMeasured("round trips", "strace is not installed");
            return;
        }

        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        var cli = Path.Combine(AppContext.BaseDirectory, "migrations.dll");
        var writes = Strace.Count(
            "sendto,sendmsg",
            "dotnet",
            [cli, "up", "--database", database.Address, "--path", folder, "--output", "json"]
        );
        report.Count($"writes to the server of {DatabaseBench.Count} up", writes, DatabaseBench.Count + 22);
    }
}
