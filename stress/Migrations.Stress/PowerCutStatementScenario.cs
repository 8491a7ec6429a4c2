namespace Migrations.Stress;

/// <summary>The power fails at a random moment of a script without a transaction on SQLite.</summary>
internal sealed class PowerCutStatementScenario : Scenario
{
    private const int CutsOfARun = 15;

    public override string Name => "power-cut-statement/sqlite";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 2);

    public override async Task RunAsync(Trial trial)
    {
        _ = Prerequisite.Strace();
        await using var database = new SqliteTestDatabase();
        var ladder = new StatementLadder(Engine.Sqlite, trial.Random);
        ladder.WriteTo(trial.Folder);
        if (trial.Random.Next(3) == 0)
            await database.ExecuteAsync("PRAGMA journal_mode=WAL");
        var run = await PowerCuts.WatchAsync(trial, Command.Call(database, trial.Folder, "up"), Path.GetDirectoryName(database.File)!);
        for (var i = 0; i < CutsOfARun; i++)
        {
            await using var left = new SqliteTestDatabase();
            _ = run.CutInto(Path.GetDirectoryName(left.File)!, trial.Random);
            var aftermath = new StatementAftermath(Engine.Sqlite, ladder, left, trial);
            _ = await aftermath.CheckHistoryAsync();
            await aftermath.FinishAsync();
        }
    }
}
