namespace Migrations.Stress;

/// <summary>
/// <c>kill -9</c> at a random moment of a script without a transaction: the database is before or after a statement, the history agrees,
/// and the next run goes on by itself, or asks about the one statement that nobody can look up.
/// </summary>
internal sealed class KillStatementScenario(Engine engine) : Scenario
{
    private readonly Command _command = new();

    public override string Name => $"killed-statement/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 6);

    public override Task PrepareAsync() =>
        _command.MeasureAsync(engine, folder => new StatementLadder(engine, new Random(1)).WriteTo(folder));

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new StatementLadder(engine, trial.Random);
        ladder.WriteTo(trial.Folder);
        using (var process = CliProcess.Start(Command.Call(database, trial.Folder, "up")))
        {
            await process.WaitForAsync("Applying " + StatementLadder.Name, TimeSpan.FromMinutes(2));
            await Task.Delay(_command.While(trial.Random));
            process.Kill();
            await process.WaitAsync();
            await engine.UntilGoneAsync(database);
        }

        var aftermath = new StatementAftermath(engine, ladder, database, trial);
        _command.Learn(await aftermath.CheckHistoryAsync());
        await aftermath.FinishAsync();
    }
}
