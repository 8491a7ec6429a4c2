using Migrations.Databases;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>What is measured alike on every database.</summary>
internal static class DatabaseBench
{
    public const int Count = 200;

    /// <summary>The time to connect, in milliseconds: the floor's process start, which is left aside, holds it too.</summary>
    public static Task<double> StartAsync(IDatabaseDriver driver, string database) =>
        Measure.TimeAsync(async () =>
        {
            var session = await driver.OpenAsync(
                TargetOf(driver, database),
                new SessionOptions { Access = SessionAccess.Create },
                CancellationToken.None
            );
            await session.DisposeAsync();
        });

    /// <summary>The engine's time for one call, in milliseconds; the process and the runtime are warm.</summary>
    public static Task<double> UpAsync(IDatabaseDriver driver, string database, string folder) =>
        Measure.TimeAsync(async () => Check(await MigratorOf(driver, database, folder).ApplyAsync(), folder));

    public static Task<double> DownAsync(IDatabaseDriver driver, string database, string folder) =>
        Measure.TimeAsync(async () =>
            Check(await MigratorOf(driver, database, folder).UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true }), folder)
        );

    /// <summary>Up with nothing to do, and status, on a database where many are applied.</summary>
    public static async Task RunSettledAsync(
        Report report,
        IDatabaseDriver driver,
        string database,
        TemporaryFolder place,
        double noopLimit,
        double statusLimit
    )
    {
        var folder = Workload.WriteFolder(place, 1000);
        _ = await MigratorOf(driver, database, folder).ApplyAsync();
        List<double> noop = [],
            status = [];
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            var (idle, look) = (
                await Measure.TimeAsync(() => MigratorOf(driver, database, folder).ApplyAsync()),
                await Measure.TimeAsync(() => MigratorOf(driver, database, folder).GetStatusAsync())
            );
            if (round < 0)
                continue;
            noop.Add(idle);
            status.Add(look);
        }

        report.Time("up with nothing to do, 1,000 applied", noop, noopLimit);
        report.Time("status, 1,000 applied", status, statusLimit);
    }

    private static Migrator MigratorOf(IDatabaseDriver driver, string database, string folder) =>
        new(driver, TargetOf(driver, database), folder);

    private static DatabaseTarget TargetOf(IDatabaseDriver driver, string database) =>
        driver.Parse(database, Directory.GetCurrentDirectory())
        ?? throw new InvalidOperationException("The driver does not know the database.");

    private static void Check(IReadOnlyList<MigrationResult> results, string folder)
    {
        if (results.Count == 0 || results.Any(r => r.Outcome != MigrationOutcome.Done))
            throw new InvalidOperationException($"Not all of {folder} ran.");
    }
}
