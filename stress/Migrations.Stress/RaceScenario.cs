using System.Diagnostics;
using System.Globalization;

namespace Migrations.Stress;

/// <summary>Many processes start <c>up</c> at once: each migration is applied once, and all end well.</summary>
internal sealed class RaceScenario(Engine engine, int processes) : Scenario
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"race-of-{processes}/{engine.Name}");

    public override Extent Extent(bool isLong) => new(isLong ? 3 : processes > 16 ? 0 : 1);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random, steps: 12);
        ladder.WriteTo(trial.Folder);
        var ends = new List<(DateTime End, Account Account)>();
        await Task.WhenAll(Enumerable.Range(0, processes).Select(async _ =>
        {
            using var process = CliProcess.Start(Command.Call(database, trial.Folder, "up", "--output", "json", "--lock-timeout", "120s") with { Timeout = TimeSpan.FromMinutes(3) });
            var account = Account.Of(Command.Succeeded(await process.WaitAsync(TimeSpan.FromMinutes(3))));
            lock (ends)
                ends.Add((DateTime.UtcNow, account));
        }));
        var told = ends.SelectMany(e => e.Account.Done).Order(StringComparer.Ordinal);
        Must.Hold(told.SequenceEqual(ladder.Names, StringComparer.Ordinal), $"Together they say that they applied [{string.Join(", ", told)}].");
        var present = await ladder.LookAsync(database);
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        Must.Hold(await database.ScalarAsync("SELECT count(*) FROM migration_journal") == ladder.Names.Count.ToString(CultureInfo.InvariantCulture), "The history has other rows.");
        await ladder.FinishAsync(database, trial.Folder);

        trial.Figures.Count("processes that applied something", ends.Count(e => e.Account.Done.Count > 0));
        var last = (await engine.Migrator(database, trial.Folder).GetHistoryAsync())[^1].AppliedAt.UtcDateTime;
        trial.Figures.Time("from the last commit to the end of the last process", ends.Max(e => e.End) - last);
        var clock = Stopwatch.StartNew();
        Command.Succeeded(await Command.RunAsync(Command.Call(database, trial.Folder, "up")));
        trial.Figures.Time("one more process, alone", clock.Elapsed);
    }
}
