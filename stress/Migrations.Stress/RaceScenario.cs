using System.Globalization;
using Migrations.Databases;

namespace Migrations.Stress;

/// <summary>
/// Many processes start <c>up</c> at once, or all stand before a lock that is let go: each migration is applied once, and all end well and
/// soon.
/// </summary>
internal sealed class RaceScenario(Engine engine, int processes) : Scenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(1);

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"race-of-{processes}/{engine.Name}");

    public override Extent Extent(bool isLong) =>
        new(
            isLong ? 6
            : processes > 16 ? 0
            : 1
        );

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random, steps: 12);
        ladder.WriteTo(trial.Folder);
        var isGated = trial.Random.Next(2) == 0;
        var (start, ends) = await RaceAsync(database, trial.Folder, isGated);

        var told = ends.SelectMany(e => e.Account.Done).Order(StringComparer.Ordinal);
        Must.Hold(
            told.SequenceEqual(ladder.Names, StringComparer.Ordinal),
            $"Together they say that they applied [{string.Join(", ", told)}]."
        );
        var present = await ladder.LookAsync(database);
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        Must.Hold(
            await database.ScalarAsync("SELECT count(*) FROM migration_journal")
                == ladder.Names.Count.ToString(CultureInfo.InvariantCulture),
            "The history has other rows."
        );
        await ladder.FinishAsync(database, trial.Folder);

        trial.Figures.Count("processes that applied something", ends.Count(e => e.Account.Done.Count > 0));
        var last = (await engine.Migrator(database, trial.Folder).GetHistoryAsync())[^1].AppliedAt.UtcDateTime;
        await JudgeAsync(trial, database, isGated ? "all waiting" : "all starting", last, isGated ? null : start, ends.Max(e => e.End));
    }

    /// <summary>
    /// Each ends within a second of the last commit plus its own start: what as many processes need, all at once, that only start, open the
    /// database and look.
    /// </summary>
    private async Task JudgeAsync(Trial trial, TestDatabase database, string kind, DateTime lastCommit, DateTime? start, DateTime lastEnd)
    {
        var look = DateTime.UtcNow;
        var ends = await EndsAsync(StartAll(Command.Call(database, trial.Folder, "status", "--output", "json") with { Timeout = Limit }));
        var ownStart = ends.Max(e => e.End) - look;
        trial.Figures.Time(kind + ": own start of as many at once", ownStart);
        trial.Figures.Time(kind + ": from the last commit to the last end", lastEnd - lastCommit);
        // Those that wait at a gate have started long before.
        if (start is not null && start + ownStart is { } ready && ready > lastCommit)
            trial.Figures.Time(kind + ": from the end of its own start to the last end", lastEnd - ready);
        Must.Hold(
            lastEnd - lastCommit <= ownStart + Allowance,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The last ended {(lastEnd - lastCommit).TotalSeconds:0.00} s after the last commit; its own start takes "
                    + $"{ownStart.TotalSeconds:0.00} s."
            )
        );
    }

    private async Task<(DateTime Start, List<(DateTime End, Account Account)> Ends)> RaceAsync(
        TestDatabase database,
        string folder,
        bool isGated
    )
    {
        var gate = isGated ? await HoldAsync(database, folder) : null;
        var start = DateTime.UtcNow;
        var started = StartAll(Command.Call(database, folder, "up", "--output", "json", "--lock-timeout", "120s") with { Timeout = Limit });
        if (gate is not null)
        {
            foreach (var process in started)
                await process.WaitForAsync("Waiting for the migration lock", Limit);
            await gate.DisposeAsync();
        }

        return (start, [.. (await EndsAsync(started)).Select(e => (e.End, Account.Of(e.Result)))]);
    }

    private List<CliProcess> StartAll(CliCall call) => [.. Enumerable.Range(0, processes).Select(_ => CliProcess.Start(call))];

    private static async Task<(DateTime End, CliResult Result)[]> EndsAsync(List<CliProcess> started)
    {
        var ends = await Task.WhenAll(
            started.Select(async process =>
            {
                var result = await process.WaitAsync(Limit);
                return (DateTime.UtcNow, Command.Succeeded(result));
            })
        );
        started.ForEach(p => p.Dispose());
        return ends;
    }

    private async Task<IAsyncDisposable> HoldAsync(TestDatabase database, string folder)
    {
        var session = await engine.Driver.OpenAsync(
            engine.Driver.Parse(database.Address, folder)!,
            new SessionOptions { Access = SessionAccess.Create },
            CancellationToken.None
        );
        await session.LockAsync(CancellationToken.None);
        return session;
    }
}
