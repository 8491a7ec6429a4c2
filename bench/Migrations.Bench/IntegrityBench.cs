using System.Globalization;
using System.Text;
using Migrations.Databases;
using Migrations.Integrity;
using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Snapshots, replays and declared checks.</summary>
internal static class IntegrityBench
{
    private const int Tables = 500;
    private const int IndexesPerTable = 4;

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Schemas and checks");
        using var place = new TemporaryFolder();
        var folder = place["large"];
        place.Write("large/001_large.sql", LargeSchema());
        await RunAsync(report, new SqliteDriver(), place["large.db"], folder, snapshotLimit: 150);
        await RunAsync(
            report,
            new SqliteDriver(),
            place["many.db"],
            Workload.WriteFolder(place, DatabaseBench.Count),
            place["dashboard.db"]
        );
        if (PostgreSqlBinaries.Find() is not { } binaries || Executable.In(binaries, "pg_dump") is not { } dump)
        {
            report.NotMeasured("PostgreSQL", "it is not installed");
            return;
        }

        using var server = PostgreSqlServer.Start(new PostgreSqlSetup());
        await using var large = await PostgreSqlTestDatabase.CreateAsync(server);
        var snapshots = await RunAsync(report, new PostgreSqlDriver(), large.Address, folder, snapshotLimit: 400);
        var floor = Enumerable
            .Range(0, Measure.Rounds)
            .Select(_ =>
                Measure.Process(
                    dump,
                    ["-s", $"--dbname=postgresql://{server.User}@{server.Host}:{server.Port}/{large.Name}"],
                    environment: Password(server)
                )
            );
        report.Ratio("  the snapshot to pg_dump -s", snapshots, [.. floor], limit: 2);
    }

    /// <summary>The snapshot of a large schema.</summary>
    private static async Task<List<double>> RunAsync(
        Report report,
        IDatabaseDriver driver,
        string database,
        string folder,
        double snapshotLimit
    )
    {
        var target = driver.Parse(database, "/")!;
        _ = await new Migrator(driver, target, folder).ApplyAsync();
        var session = await driver.OpenAsync(target, new SessionOptions(), CancellationToken.None);
        await using (session.ConfigureAwait(false))
        {
            var fingerprints = new HashSet<string>(StringComparer.Ordinal);
            var times = await TimesAsync(async () =>
                fingerprints.Add((await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint)
            );
            report.Time(
                $"{driver.Engine}: snapshot and fingerprint of {Tables} tables and {Tables * IndexesPerTable} indexes",
                times,
                snapshotLimit
            );
            report.Count("  fingerprints that it had", fingerprints.Count, 1);
            return times;
        }
    }

    /// <summary>A replay for drift, and the dashboard's checks.</summary>
    private static async Task RunAsync(Report report, SqliteDriver driver, string database, string folder, string dashboard)
    {
        var target = driver.Parse(database, "/")!;
        _ = await new Migrator(driver, target, folder).ApplyAsync();
        var drift = new CheckRequest { Categories = [CheckCategory.Drift] };
        report.Time(
            $"SQLite: drift, with a replay of {DatabaseBench.Count} migrations",
            await TimesAsync(() => ChecksAsync(driver, target, folder, drift)),
            limit: 300
        );

        var sample = Repository.PathOf("samples", "dashboard");
        var checkedTarget = driver.Parse(dashboard, "/")!;
        _ = await new Migrator(driver, checkedTarget, sample).ApplyAsync();
        var declared = new CheckRequest { Categories = [CheckCategory.Declared] };
        report.Time(
            "SQLite: declared checks of the dashboard",
            await TimesAsync(() => ChecksAsync(driver, checkedTarget, sample, declared)),
            limit: 100
        );
    }

    private static async Task ChecksAsync(SqliteDriver driver, DatabaseTarget target, string folder, CheckRequest request)
    {
        var results = await new IntegrityChecker(driver, target, folder).CheckAsync(request);
        if (results.Count == 0 || results.Any(r => r.Status != CheckStatus.Pass))
            throw new InvalidOperationException("A check did not pass.");
    }

    private static async Task<List<double>> TimesAsync(Func<Task> work)
    {
        var times = new List<double>();
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            var time = await Measure.TimeAsync(work);
            if (round >= 0)
                times.Add(time);
        }

        return times;
    }

    private static Dictionary<string, string> Password(PostgreSqlServer server) =>
        new(StringComparer.Ordinal) { ["PGPASSWORD"] = server.Password };

    private static string LargeSchema()
    {
        var script = new StringBuilder();
        for (var i = 0; i < Tables; i++)
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"CREATE TABLE t{i} (id integer PRIMARY KEY, a integer NOT NULL DEFAULT 0, b text, c integer CHECK (c > {i}), d text);\n"
            );
            for (var k = 0; k < IndexesPerTable; k++)
                script.Append(CultureInfo.InvariantCulture, $"CREATE INDEX t{i}_{k} ON t{i} ({"abcd"[k]}, id);\n");
        }

        return script.ToString();
    }
}
