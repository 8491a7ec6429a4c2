using System.Globalization;

namespace Migrations.Stress;

/// <summary>
/// <c>kill -9</c> at a random moment of a statement in batches, once or twice: the rows up to a key are done and no others, the history
/// says so, and the next run goes on behind them, so that in the end each row is done once.
/// </summary>
internal sealed class KillBatchScenario(Engine engine) : Scenario
{
    private const string Name2 = "002_fill";
    private const int Rows = 4000;

    private readonly Command _command = new();

    public override string Name => $"killed-batch/{engine.Name}";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 6);

    public override Task PrepareAsync() => _command.MeasureAsync(engine, folder => WriteTo(folder, 20));

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await engine.CreateAsync();
        WriteTo(trial.Folder, trial.Random.Next(5, 60));
        for (var kills = trial.Random.Next(1, 3); kills > 0; kills--)
        {
            using var process = CliProcess.Start(Command.Call(database, trial.Folder, "up"));
            await process.WaitForAsync("Applying " + Name2, TimeSpan.FromMinutes(2));
            await Task.Delay(_command.While(trial.Random));
            process.Kill();
            await process.WaitAsync();
            await engine.UntilGoneAsync(database);
            var isOver = await CheckAsync(database, trial);
            _command.Learn(isOver);
            if (isOver)
                break;
        }

        var migrator = engine.Migrator(database, trial.Folder);
        await migrator.ApplyAsync();
        Must.Hold(await NumberAsync(database, "SELECT count(*) FROM t WHERE n = 1") == Rows, "A row was left out, or done twice.");
        Must.Hold((await migrator.GetStatusAsync()).All(s => s.State == MigrationState.Applied), "Something is not applied.");
        await engine.CheckAsync(database);
    }

    private void WriteTo(string folder, int size)
    {
        File.WriteAllText(
            Path.Combine(folder, "001_t.sql"),
            "CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, n integer NOT NULL DEFAULT 0, PRIMARY KEY (a, b));\n"
                + $"INSERT INTO t (a, b) SELECT i % 17, i FROM ({engine.Numbers(Rows)}) AS numbers;\n"
        );
        File.WriteAllText(Path.Combine(folder, Name2 + ".sql"), $"-- Batch: {size} rows\nUPDATE t SET n = n + 1;\n");
    }

    /// <summary>That the rows up to a key are done, as the history says.</summary>
    /// <returns>Whether the script had ended.</returns>
    private static async Task<bool> CheckAsync(TestDatabase database, Trial trial)
    {
        var done = await NumberAsync(database, "SELECT count(*) FROM t WHERE n = 1");
        Must.Hold(await NumberAsync(database, "SELECT count(*) FROM t WHERE n > 1") == 0, "A row was done twice.");
        var holes = await NumberAsync(
            database,
            "SELECT count(*) FROM t WHERE n = 0 AND (a, b) < (SELECT a, b FROM t WHERE n = 1 ORDER BY a DESC, b DESC LIMIT 1)"
        );
        Must.Hold(done == 0 || holes == 0, $"{holes} rows were left out.");
        var recorded = await NumberAsync(
            database,
            "SELECT coalesce(sum(rows_affected), 0) FROM migration_journal WHERE event = 'progress'"
        );
        Must.Hold(recorded == done, $"{done} rows were done, and the history says {recorded}.");
        var isOver =
            await NumberAsync(database, $"SELECT count(*) FROM migration_journal WHERE name = '{Name2}' AND event = 'applied'") == 1;
        trial.Figures.Count(
            isOver ? "ended after the last batch"
            : done == 0 ? "ended before the first batch"
            : "ended among the batches"
        );
        return isOver;
    }

    private static async Task<long> NumberAsync(TestDatabase database, string query) =>
        long.Parse(await database.ScalarAsync(query) ?? "0", CultureInfo.InvariantCulture);
}
