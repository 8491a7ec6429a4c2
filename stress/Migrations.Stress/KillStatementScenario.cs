using System.Globalization;

namespace Migrations.Stress;

/// <summary>
/// <c>kill -9</c> at a random moment of a script without a transaction: the database is before or after a statement, the history agrees, and the next run goes
/// on by itself, or asks about the one statement that nobody can look up.
/// </summary>
internal sealed class KillStatementScenario(Engine engine) : Scenario
{
    private readonly Command _command = new();

    public override string Name => $"killed-statement/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 6);

    public override Task PrepareAsync() => _command.MeasureAsync(engine, folder => new StatementLadder(engine, new Random(1)).WriteTo(folder));

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

        _command.Learn(await CheckHistoryAsync(ladder, database, trial));
        await FinishAsync(ladder, database, trial);
    }

    /// <returns>Whether the script had ended before the kill.</returns>
    private static async Task<bool> CheckHistoryAsync(StatementLadder ladder, TestDatabase database, Trial trial)
    {
        var done = await ladder.LookAsync(database);
        var hasJournal = (await database.TablesAsync()).Contains("migration_journal");
        async Task<int> CountAsync(string what) => hasJournal
            ? int.Parse((await database.ScalarAsync($"SELECT count(*) FROM migration_journal WHERE event = '{what}'"))!, CultureInfo.InvariantCulture)
            : 0;
        var (started, progress) = (await CountAsync("started"), await CountAsync("progress"));
        var isOver = await CountAsync("applied") == 1;
        trial.Figures.Count(started == 0 ? "killed before the first statement" : isOver ? "killed after the last" : started > progress ? "killed in a statement" : "killed between two");
        Must.Hold(started - progress is 0 or 1, $"{started} statements were begun and {progress} recorded.");
        Must.Hold(done <= started, $"Statement {done} ran, and is not recorded as begun ({started}).");
        Must.Hold(progress <= done + ladder.Unseen(done), $"{progress} statements are recorded, and {done} ran.");
        return isOver;
    }

    private async Task FinishAsync(StatementLadder ladder, TestDatabase database, Trial trial)
    {
        var migrator = engine.Migrator(database, trial.Folder);
        try
        {
            await migrator.ApplyAsync();
        }
        catch (StatementException e) when (e.Id == ErrorId.StatementUndecided)
        {
            trial.Figures.Count("asked about the statement");
            Must.Hold(e.NextStep.Contains("--statement-done", StringComparison.Ordinal) && e.NextStep.Contains("--statement-not-done", StringComparison.Ordinal), e.NextStep);
            var index = (await migrator.GetHistoryAsync()).Last(r => r.Event == History.JournalEvent.Started).StatementIndex!.Value;
            Must.Hold(ladder.IsUndecidable(index), $"It asked about statement {index + 1}, which can be looked up: {e.Message}");
            var done = await ladder.TookEffectAsync(database, index);
            await migrator.RepairAsync(new Planning.RepairRequest { Name = StatementLadder.Name, StatementDone = done });
            await migrator.ApplyAsync();
        }

        Must.Hold(await ladder.LookAsync(database) == ladder.Count, "The next run did not finish the script.");
        var state = (await migrator.GetStatusAsync()).Single().State;
        Must.Hold(state == MigrationState.Applied, $"The migration is {state}.");
        await engine.CheckAsync(database);
    }
}
