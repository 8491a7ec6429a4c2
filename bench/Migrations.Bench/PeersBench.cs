using Migrations.Testing;

namespace Migrations.Bench;

/// <summary>
/// The command as one native file against dbmate, process start included, as people call them. <c>MIGRATIONS_NATIVE</c> names the published
/// file (docs/native.md), <c>DBMATE</c> dbmate's.
/// </summary>
internal static class PeersBench
{
    private const int StatusesOfARound = 9;

    public static async Task RunAsync(Report report)
    {
        Console.WriteLine("Peers");
        if (
            Environment.GetEnvironmentVariable("MIGRATIONS_NATIVE") is not { } native
            || Environment.GetEnvironmentVariable("DBMATE") is not { } dbmate
        )
        {
            report.NotMeasured("all", "MIGRATIONS_NATIVE and DBMATE do not name the two programs");
            return;
        }

        using var place = new TemporaryFolder();
        var number = 0;
        // dbmate's library waits for the disk only three times a transaction (synchronous=NORMAL) unless it is told to be as careful as
        // SQLite itself is.
        foreach (
            var (name, settings) in new[]
            {
                ("SQLite, both with synchronous=FULL:", "?_synchronous=FULL"),
                ("SQLite, dbmate as it comes:", ""),
            }
        )
            await CompareAsync(
                report,
                name,
                native,
                dbmate,
                place,
                () => Task.FromResult((place[$"{++number}.db"], $"sqlite:{place[$"{++number}.db"]}{settings}"))
            );
        if (PostgreSqlBinaries.Find() is null)
            return;
        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsync"] = "on", ["synchronous_commit"] = "on" },
            }
        );
        await CompareAsync(
            report,
            "PostgreSQL:",
            native,
            dbmate,
            place,
            async () =>
            {
                // dbmate insists on TLS unless it is told otherwise; so both are told.
                var (ours, theirs) = (await PostgreSqlTestDatabase.CreateAsync(server), await PostgreSqlTestDatabase.CreateAsync(server));
                return (ours.Address + "?sslmode=disable", theirs.Address + "?sslmode=disable");
            }
        );
    }

    private static async Task CompareAsync(
        Report report,
        string engine,
        string native,
        string dbmate,
        TemporaryFolder place,
        Func<Task<(string Ours, string Theirs)>> make
    )
    {
        List<MeasuredProcess>[] ours =

            [
                [],
                [],
                [],
            ],
            theirs =

            [
                [],
                [],
                [],
            ];
        var (many, some) = (Folder(place, 200), Folder(place, 100));
        for (var round = 0; round < Measure.Rounds; round++)
        {
            var (database, url) = await make();
            ours[0].Add(MeasuredProcess.Run(native, ["up", "--database", database, "--path", many]));
            theirs[0].Add(Dbmate(dbmate, url, many, "up"));
            ours[1]
                .Add(MeasuredProcess.Run(native, ["down", "--all", "--yes", "--accept-data-loss", "--database", database, "--path", many]));
            // dbmate undoes one migration a call.
            theirs[1].Add(new MeasuredProcess(Enumerable.Range(0, 200).Sum(_ => Dbmate(dbmate, url, many, "down").Milliseconds), 0));
            (database, url) = await make();
            _ = MeasuredProcess.Run(native, ["up", "--database", database, "--path", some]);
            _ = Dbmate(dbmate, url, some, "up");
            // So short that chance counts: more often, in turns.
            for (var i = 0; i < StatusesOfARound; i++)
            {
                ours[2].Add(MeasuredProcess.Run(native, ["status", "--database", database, "--path", some]));
                theirs[2].Add(Dbmate(dbmate, url, some, "status"));
            }
        }

        string[] names = ["200 up", "200 down", "status of 100"];
        for (var i = 0; i < names.Length; i++)
            report.Ratio(
                $"{engine} {names[i]} against dbmate",
                [.. ours[i].Select(m => m.Milliseconds)],
                [.. theirs[i].Select(m => m.Milliseconds)],
                limit: 1.0
            );
        report.Count(
            $"{engine} memory of status, KB, against dbmate's",
            (int)ours[2].Max(m => m.PeakKilobytes),
            (int)theirs[2].Max(m => m.PeakKilobytes)
        );
    }

    private static MeasuredProcess Dbmate(string dbmate, string url, string folder, string command) =>
        MeasuredProcess.Run(dbmate, ["--url", url, "--migrations-dir", folder, "--no-dump-schema", command]);

    private static string Folder(TemporaryFolder place, int count)
    {
        for (var i = 1; i <= count; i++)
            place.Write(
                $"peers-{count}/{20260101000000 + i}_step.sql",
                $"-- migrate:up\n{Workload.Up(i)}-- migrate:down\n{Workload.Down(i)}"
            );
        return place[$"peers-{count}"];
    }
}
