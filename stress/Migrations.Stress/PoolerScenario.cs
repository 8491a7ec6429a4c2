using System.Diagnostics;

namespace Migrations.Stress;

/// <summary>Several processes at once, and killed ones, through PgBouncer in transaction mode: the lease keeps them apart.</summary>
internal sealed class PoolerScenario : Scenario
{
    private readonly Command _command = new();
    private PgBouncer? _pooler;

    public override string Name => "pooler/postgresql";

    public override Extent Extent(bool isLong) => new(isLong ? 40 : 0);

    public override Task PrepareAsync()
    {
        _pooler = PgBouncer.Start(PostgreSqlServer.Shared);
        return _command.MeasureAsync(Engine.PostgreSql);
    }

    public override async Task RunAsync(Trial trial)
    {
        await using var database = (PostgreSqlTestDatabase)await Engine.PostgreSql.CreateAsync();
        var ladder = new Ladder(Engine.PostgreSql, trial.Random);
        ladder.WriteTo(trial.Folder);
        var call = Command.Call(database, trial.Folder, "up", "--output", "json") with { Timeout = TimeSpan.FromMinutes(2) };
        call = call with { Arguments = [.. call.Arguments.Select(a => a == database.Address ? _pooler!.UrlOf(database.Name) : a)] };
        // The row of a killed run is free only when its heart has stood still for half a minute.
        var kills = trial.Random.Next(4) == 0;
        if (kills)
        {
            using var process = CliProcess.Start(call);
            await Task.Delay(_command.Moment(trial.Random));
            process.Kill();
            await process.WaitAsync();
        }

        var clock = Stopwatch.StartNew();
        var accounts = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(async _ => Account.Of(Command.Succeeded(await CliProcess.RunAsync(call))))
        );
        trial.Figures.Time(kills ? "four runs at once after a kill" : "four runs at once", clock.Elapsed);
        var told = accounts.SelectMany(a => a.Done).ToList();
        Must.Hold(told.Distinct(StringComparer.Ordinal).Count() == told.Count, $"Applied twice: [{string.Join(", ", told)}].");
        Must.Hold(kills || told.Count == ladder.Names.Count, $"Together they say that they applied [{string.Join(", ", told)}].");
        Must.Hold((await database.TablesAsync()).Contains("migration_lock"), "The pooler was not seen.");
        var present = await ladder.LookAsync(database);
        Must.Hold(present.SequenceEqual(ladder.Names, StringComparer.Ordinal), $"Applied: [{string.Join(", ", present)}].");
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        Must.Hold(await database.ScalarAsync("SELECT count(*) FROM migration_lock") == "0", "The lease was not given back.");
    }

    public override ValueTask EndAsync()
    {
        _pooler?.Dispose();
        return ValueTask.CompletedTask;
    }
}
