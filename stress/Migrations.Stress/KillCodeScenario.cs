using System.Globalization;

namespace Migrations.Stress;

/// <summary><c>kill -9</c> at a random moment of a process whose migrations are code, with a hook after each.</summary>
internal sealed class KillCodeScenario(Engine engine) : Scenario
{
    private const int Steps = 9;

    public override string Name => $"killed-code/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 5);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        var ladder = new Ladder(engine, trial.Random);
        ladder.WriteTo(trial.Folder);
        var hooks = Directory.CreateDirectory(Path.Combine(trial.Folder, Hook.FolderName)).FullName;
        await File.WriteAllTextAsync(Path.Combine(hooks, "before-run.sql"), "CREATE TABLE IF NOT EXISTS hook_log (migration text);\n");
        await File.WriteAllTextAsync(Path.Combine(hooks, "after-each.sql"), "INSERT INTO hook_log VALUES ('${migration}');\n");

        using (var process = CliProcess.Start(CodeProcess.Call(engine, database, trial.Folder)))
        {
            var step = trial.Random.Next(1, Steps + 1);
            await process.WaitForAsync(string.Create(CultureInfo.InvariantCulture, $"[{step}/{Steps}] "), TimeSpan.FromMinutes(2));
            await Task.Delay(trial.Random.Next(25));
            process.Kill();
            await process.WaitAsync();
        }

        await engine.UntilGoneAsync(database);
        var present = await ladder.LookAsync(database);
        trial.Figures.Count(
            present.Count == 0 ? "killed with nothing applied"
            : present.Count == ladder.Names.Count ? "killed with all applied"
            : "killed with some applied"
        );
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        var logged = (await database.TablesAsync()).Contains("hook_log")
            ? await database.RowsAsync("SELECT migration FROM hook_log ORDER BY migration")
            : [];
        Must.Hold(
            logged.SequenceEqual(present, StringComparer.Ordinal),
            $"The hook ran for [{string.Join(", ", logged)}], and applied are [{string.Join(", ", present)}]."
        );
        await ladder.FinishAsync(database, trial.Folder);
    }
}
