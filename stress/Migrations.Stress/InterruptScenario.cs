using System.Diagnostics;

namespace Migrations.Stress;

/// <summary>
/// Ctrl-C at a random moment of <c>up</c>, at times twice: what is reported is what happened, and the lock is free when the prompt is back.
/// </summary>
internal sealed class InterruptScenario(Engine engine) : Scenario
{
    private readonly Command _command = new();

    public override string Name => $"interrupted/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 100 : 4);

    public override Task PrepareAsync() => _command.MeasureAsync(engine);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random);
        ladder.WriteTo(trial.Folder);
        string[] mode = trial.Random.Next(4) == 0 ? ["--transaction-mode", "all"] : [];
        using var process = CliProcess.Start(Command.Call(database, trial.Folder, ["up", "--output", "json", .. mode]));
        await Task.Delay(_command.Moment(trial.Random));
        var clock = Stopwatch.StartNew();
        process.Interrupt();
        if (trial.Random.Next(2) == 0)
            process.Interrupt();
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        trial.Figures.Time("from Ctrl-C to the prompt", clock.Elapsed);

        // Before the program listens, and after it has stopped listening, the signal simply ends it.
        var hasSpoken = result.Output.Length > 0;
        Must.Hold(result.ExitCode is 0 or 130, $"Neither done nor cancelled: {result}");
        var present = await ladder.LookAsync(database);
        _command.Learn(result.ExitCode == 0);
        trial.Figures.Count(
            result.ExitCode == 0 ? "ended before it was cancelled"
            : hasSpoken ? "cancelled"
            : "ended before it began"
        );
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        if (hasSpoken)
            Account.Of(result).Check(present, ladder.Names);
        await engine.UntilGoneAsync(database);
        Must.Hold(
            present.Count == 0 || (await engine.Migrator(database, trial.Folder).GetSummaryAsync()).LockedBy is null,
            "The lock is still held."
        );
        await ladder.FinishAsync(database, trial.Folder);
    }
}
