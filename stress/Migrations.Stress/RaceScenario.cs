using System.Globalization;
using Migrations.Databases;

namespace Migrations.Stress;

/// <summary>Many processes start <c>up</c> at once, or all stand before a lock that is let go: each migration is applied once, and all end well.</summary>
internal sealed class RaceScenario(Engine engine, int processes) : Scenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"race-of-{processes}/{engine.Name}");

    public override Extent Extent(bool isLong) => new(isLong ? 6 : processes > 16 ? 0 : 1);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random, steps: 12);
        ladder.WriteTo(trial.Folder);
        var isGated = trial.Random.Next(2) == 0;
        var ends = await RaceAsync(database, trial.Folder, isGated);

        var told = ends.SelectMany(e => e.Account.Done).Order(StringComparer.Ordinal);
        Must.Hold(told.SequenceEqual(ladder.Names, StringComparer.Ordinal), $"Together they say that they applied [{string.Join(", ", told)}].");
        var present = await ladder.LookAsync(database);
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        Must.Hold(await database.ScalarAsync("SELECT count(*) FROM migration_journal") == ladder.Names.Count.ToString(CultureInfo.InvariantCulture), "The history has other rows.");
        await ladder.FinishAsync(database, trial.Folder);

        trial.Figures.Count("processes that applied something", ends.Count(e => e.Account.Done.Count > 0));
        var last = (await engine.Migrator(database, trial.Folder).GetHistoryAsync())[^1].AppliedAt.UtcDateTime;
        trial.Figures.Time(isGated ? "all waiting: from the last commit to the last end" : "all starting: from the last commit to the last end", ends.Max(e => e.End) - last);
    }

    private async Task<List<(DateTime End, Account Account)>> RaceAsync(TestDatabase database, string folder, bool isGated)
    {
        var gate = isGated ? await HoldAsync(database, folder) : null;
        var call = Command.Call(database, folder, "up", "--output", "json", "--lock-timeout", "120s") with { Timeout = Limit };
        var started = Enumerable.Range(0, processes).Select(_ => CliProcess.Start(call)).ToList();
        if (gate is not null)
        {
            foreach (var process in started)
                await process.WaitForAsync("Waiting for the migration lock", Limit);
            await gate.DisposeAsync();
        }

        var ends = await Task.WhenAll(started.Select(async process =>
        {
            var result = await process.WaitAsync(Limit);
            return (DateTime.UtcNow, Account.Of(Command.Succeeded(result)));
        }));
        started.ForEach(p => p.Dispose());
        return [.. ends];
    }

    private async Task<IAsyncDisposable> HoldAsync(TestDatabase database, string folder)
    {
        var session = await engine.Driver.OpenAsync(
            engine.Driver.Parse(database.Address, folder)!, new SessionOptions { Access = SessionAccess.Create }, CancellationToken.None);
        await session.LockAsync(CancellationToken.None);
        return session;
    }
}
