using System.Globalization;
using Migrations.Backup;
using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>Backups of PostgreSQL databases against <c>pg_dump</c> alone, with the same format and compression.</summary>
internal static class PostgreSqlBackupBench
{
    private const int Rounds = 3;

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Backups of PostgreSQL, 4 million rows");
        if (PostgreSqlBinaries.Find() is not { } binaries || Executable.In(binaries, "pg_dump") is not { } pgDump)
        {
            report.NotMeasured("all", "PostgreSQL is not installed");
            return;
        }

        using var server = PostgreSqlServer.Start(new PostgreSqlSetup());
        using var place = new TemporaryFolder();
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        for (var table = 1; table <= 4; table++)
        {
            await database.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"CREATE TABLE t{table} (id integer PRIMARY KEY, a text, b text); INSERT INTO t{table} SELECT i, 'row ' || i, "
                        + $"md5(i::text) || md5((i + {table})::text) FROM generate_series(1, 1000000) i"
                )
            );
        }

        await database.ExecuteAsync("VACUUM ANALYZE");
        List<double> floor = [],
            counted = [],
            uncounted = [],
            proof = [];
        for (var round = -1; round < Rounds; round++)
        {
            Measure.Settle();
            var floorTime = Dump(pgDump, database, place);
            Measure.Settle();
            var (countedTime, backup) = await BackUpAsync(database, place, countRows: true);
            Measure.Settle();
            var proofTime = await Measure.TimeAsync(async () =>
                (await new BackupVerifier(new PostgreSqlDriver()).VerifyAsync(backup, TargetOf(database))).ThrowIfUnproven()
            );
            BackupCatalogue.Remove(backup);
            Measure.Settle();
            var (uncountedTime, other) = await BackUpAsync(database, place, countRows: false);
            BackupCatalogue.Remove(other);
            if (round < 0)
                continue;
            floor.Add(floorTime);
            counted.Add(countedTime);
            uncounted.Add(uncountedTime);
            proof.Add(proofTime);
        }

        report.Ratio("backup with row counts", counted, floor, limit: 1.2);
        report.Ratio("backup without row counts", uncounted, floor, limit: 1.05);
        report.Ratio("proof, against the backup", proof, counted, limit: 2.0);
    }

    private static double Dump(string pgDump, PostgreSqlTestDatabase database, TemporaryFolder place)
    {
        var file = place["floor.dump"];
        var time = Measure.Process(
            pgDump,
            ["--format=custom", "--compress=1", "--file=" + file, "--no-password"],
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PGHOST"] = database.Server.Host,
                ["PGPORT"] = database.Server.Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = database.Server.User,
                ["PGPASSWORD"] = database.Server.Password,
                ["PGDATABASE"] = database.Name,
            }
        );
        File.Delete(file);
        return time;
    }

    private static async Task<(double Time, DatabaseBackup Backup)> BackUpAsync(
        PostgreSqlTestDatabase database,
        TemporaryFolder place,
        bool countRows
    )
    {
        DatabaseBackup? backup = null;
        var manager = new BackupManager(new PostgreSqlDriver(), TargetOf(database));
        var time = await Measure.TimeAsync(async () =>
            backup = await manager.BackUpAsync(new BackupRequest { Folder = place.Path, CountRows = countRows })
        );
        return (time, backup!);
    }

    private static DatabaseTarget TargetOf(PostgreSqlTestDatabase database) =>
        new PostgreSqlDriver().Parse(database.Address, Path.GetTempPath())!;
}
