using System.Globalization;

namespace Migrations.Stress;

/// <summary>
/// What is left of a run that ended in the midst of a script without a transaction: the database is before or after a statement, and the
/// history agrees.
/// </summary>
internal sealed class StatementAftermath(Engine engine, StatementLadder ladder, TestDatabase database, Trial trial)
{
    /// <summary>That the history says how far the script got.</summary>
    /// <returns>Whether the script had ended.</returns>
    public async Task<bool> CheckHistoryAsync()
    {
        var done = await ladder.LookAsync(database);
        var hasJournal = (await database.TablesAsync()).Contains("migration_journal");
        async Task<int> CountAsync(string what) =>
            hasJournal
                ? int.Parse(
                    (await database.ScalarAsync($"SELECT count(*) FROM migration_journal WHERE event = '{what}'"))!,
                    CultureInfo.InvariantCulture
                )
                : 0;
        var (started, progress) = (await CountAsync("started"), await CountAsync("progress"));
        var isOver = await CountAsync("applied") == 1;
        trial.Figures.Count(
            started == 0 ? "ended before the first statement"
            : isOver ? "ended after the last"
            : started > progress ? "ended in a statement"
            : "ended between two"
        );
        Must.Hold(started - progress is 0 or 1, $"{started} statements were begun and {progress} recorded.");
        Must.Hold(done <= started, $"Statement {done} ran, and is not recorded as begun ({started}).");
        Must.Hold(progress <= done + ladder.Unseen(done), $"{progress} statements are recorded, and {done} ran.");
        return isOver;
    }

    /// <summary>That the next run goes on by itself, or asks about the one statement that nobody can look up.</summary>
    public async Task FinishAsync()
    {
        var migrator = engine.Migrator(database, trial.Folder);
        try
        {
            await migrator.ApplyAsync();
        }
        catch (StatementException e) when (e.Id == ErrorId.StatementUndecided)
        {
            trial.Figures.Count("asked about the statement");
            Must.Hold(
                e.NextStep.ToString().Contains("--statement-done", StringComparison.Ordinal)
                    && e.NextStep.ToString().Contains("--statement-not-done", StringComparison.Ordinal),
                e.NextStep.ToString()
            );
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
