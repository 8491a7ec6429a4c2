using Migrations.Planning;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>How the time of a call with nothing to do grows with the number of migrations.</summary>
internal static class GrowthBench
{
    private static readonly int[] Counts = [1000, 2000, 4000];

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Growth");
        using var place = new TemporaryFolder();
        var driver = new SqliteDriver();
        List<double>[] idle =

            [
                [],
                [],
                [],
            ],
            look =

            [
                [],
                [],
                [],
            ];
        for (var round = -Measure.WarmUps; round < Measure.Rounds; round++)
        {
            for (var i = 0; i < Counts.Length; i++)
            {
                var migrator = new Migrator(driver, driver.Parse(place[$"growth-{Counts[i]}.db"], "/")!, place[$"migrations-{Counts[i]}"]);
                if (round == -Measure.WarmUps)
                    await SettleAsync(migrator, place, Counts[i]);
                var (first, second) = (
                    await Measure.TimeAsync(() => migrator.ApplyAsync()),
                    await Measure.TimeAsync(() => migrator.GetStatusAsync())
                );
                if (round < 0)
                    continue;
                idle[i].Add(first);
                look[i].Add(second);
            }
        }

        Tell(report, "up with nothing to do", idle);
        Tell(report, "status", look);
    }

    /// <summary>Linear: four times as many take about four times as long.</summary>
    private static void Tell(Report report, string what, List<double>[] times)
    {
        for (var i = 1; i < Counts.Length; i++)
            report.Ratio(
                $"{what}, {Counts[i]} migrations against {Counts[i] / 1000} x 1000",
                times[i],
                [.. times[0].Select(t => t * Counts[i] / 1000)],
                limit: 1.25
            );
    }

    private static async Task SettleAsync(Migrator migrator, TemporaryFolder place, int count)
    {
        _ = Workload.WriteFolder(place, count);
        _ = await migrator.ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.All });
    }
}
