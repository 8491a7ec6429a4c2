using System.Globalization;
using System.Text;
using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>
/// A statement in batches on PostgreSQL, against psql that is handed the same batches with their bounds: it need not look for the next one,
/// nor record where it is.
/// </summary>
internal static class BatchBench
{
    private const int Rounds = 3;
    private const int Batch = 5000;

    /// <summary>Measures it.</summary>
    /// <param name="report">Takes the figures.</param>
    /// <param name="isFull">With 5 million rows.</param>
    public static async Task RunAsync(Report report, bool isFull)
    {
        var rows = isFull ? 5_000_000 : 1_000_000;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Batches, {rows:N0} rows"));
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
                    ["max_wal_size"] = "8GB",
                },
            }
        );
        using var place = new TemporaryFolder();
        place.Write(
            "migrations/001_fill.sql",
            string.Create(CultureInfo.InvariantCulture, $"-- Batch: {Batch} rows\nUPDATE t SET n = a + 1;\n")
        );
        var floor = place.Write("floor.sql", Floor(rows));
        List<double> psqlTimes = [],
            toolTimes = [];
        for (var round = 0; round < Rounds; round++)
        {
            psqlTimes.Add(await MeasureAsync(server, rows, database => Task.FromResult(Psql(psql, database, floor))));
            toolTimes.Add(await MeasureAsync(server, rows, database => ToolAsync(database, place["migrations"])));
        }

        report.Ratio(string.Create(CultureInfo.InvariantCulture, $"{rows / Batch} batches"), toolTimes, psqlTimes, limit: 1.3);
    }

    private static async Task<double> MeasureAsync(PostgreSqlServer server, int rows, Func<PostgreSqlTestDatabase, Task<double>> run)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        await database.ExecuteAsync("CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, b text, n bigint)");
        await database.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO t SELECT i, i % 1000, 'row number ' || i, NULL FROM generate_series(1, {rows}) i"
            )
        );
        await database.ExecuteAsync("VACUUM ANALYZE t");
        await database.ExecuteAsync("CHECKPOINT");
        Measure.Settle();
        return await run(database);
    }

    private static double Psql(string psql, PostgreSqlTestDatabase database, string file)
    {
        var start = PostgreSqlBench.Psql(psql, database, "-c", "SELECT 1");
        return PostgreSqlBench.Psql(psql, database, "-f", file) - start;
    }

    private static async Task<double> ToolAsync(PostgreSqlTestDatabase database, string folder)
    {
        var driver = new PostgreSqlDriver();
        var start = await DatabaseBench.StartAsync(driver, database.Address);
        return await DatabaseBench.UpAsync(driver, database.Address, folder) - start;
    }

    private static string Floor(int rows)
    {
        var script = new StringBuilder();
        for (var i = 0; i < rows; i += Batch)
            script.Append(CultureInfo.InvariantCulture, $"BEGIN;\nUPDATE t SET n = a + 1 WHERE id > {i} AND id <= {i + Batch};\nCOMMIT;\n");
        return script.ToString();
    }
}
