using System.Diagnostics;
using System.Globalization;

namespace Migrations.Stress;

/// <summary><c>kill -9</c> at a random moment of <c>up</c> or <c>down --all</c>.</summary>
internal sealed class KillScenario(Engine engine, bool undoes) : Scenario
{
    // Those of a ladder of eight, and the ledger's own.
    private const int Steps = 9;

    private readonly Command _command = new();

    public override string Name => $"killed-{(undoes ? "down" : "up")}/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 5);

    public override Task PrepareAsync() => _command.MeasureAsync(engine);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random);
        ladder.WriteTo(trial.Folder);
        if (undoes)
            await engine.Migrator(database, trial.Folder).ApplyAsync();
        var isOne = trial.Random.Next(4) == 0;
        await KillAsync(database, trial, isOne);

        var present = await ladder.LookAsync(database);
        trial.Figures.Count(
            present.Count == 0 ? "killed with nothing applied"
            : present.Count == ladder.Names.Count ? "killed with all applied"
            : "killed with some applied"
        );
        Must.Hold(
            present.SequenceEqual(ladder.Names.Take(present.Count), StringComparer.Ordinal),
            $"Applied out of order: {string.Join(", ", present)}"
        );
        Must.Hold(
            !isOne || present.Count == 0 || present.Count == ladder.Names.Count,
            $"One transaction for all left [{string.Join(", ", present)}]."
        );
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        await ladder.FinishAsync(database, trial.Folder);
    }

    private async Task KillAsync(TestDatabase database, Trial trial, bool isOne)
    {
        string[] command = undoes ? ["down", "--all", "--yes", "--accept-data-loss"] : ["up"];
        string[] mode = isOne ? ["--transaction-mode", "all"] : [];
        using var process = CliProcess.Start(Command.Call(database, trial.Folder, [.. command, .. mode]));
        await UntilSomewhereAsync(process, trial);
        process.Kill();
        var clock = Stopwatch.StartNew();
        await process.WaitAsync();
        await engine.UntilGoneAsync(database);
        trial.Figures.Time("from the kill until the lock is free", clock.Elapsed);
    }

    /// <summary>Mostly somewhere in a step; now and then at any moment of the process.</summary>
    private async Task UntilSomewhereAsync(CliProcess process, Trial trial)
    {
        var step = trial.Random.Next(1, Steps + 1);
        if (trial.Random.Next(5) == 0)
        {
            await Task.Delay(_command.Moment(trial.Random));
            return;
        }

        await process.WaitForAsync(string.Create(CultureInfo.InvariantCulture, $"[{step}/{Steps}] "), TimeSpan.FromMinutes(2));
        await Task.Delay(_command.While(trial.Random, Steps));
    }
}
