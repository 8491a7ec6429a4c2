namespace Migrations.Stress;

/// <summary><c>pg_terminate_backend</c> at random moments of <c>up</c>, commits included: what is reported is what happened.</summary>
internal sealed class CutScenario : Scenario
{
    private readonly Command _command = new();

    public override string Name => "connection-cut/postgresql";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 8);

    public override async Task PrepareAsync()
    {
        await using var database = await Engine.PostgreSql.CreateAsync();
        using var temporary = new TemporaryFolder();
        new Ladder(Engine.PostgreSql, new Random(1)).WriteTo(temporary.Path, lingers: true);
        await _command.MeasureAsync(Engine.PostgreSql, database, temporary.Path);
    }

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await Engine.PostgreSql.CreateAsync();
        var ladder = new Ladder(Engine.PostgreSql, trial.Random);
        ladder.WriteTo(trial.Folder, lingers: true);
        string[] mode = trial.Random.Next(4) == 0 ? ["--transaction-mode", "all"] : [];
        using var process = CliProcess.Start(Command.Call(database, trial.Folder, ["up", "--output", "json", .. mode]));
        var cuts = 0;
        await using (var connection = await database.ConnectAsync())
        {
            await using var cut = connection.CreateCommand();
            cut.CommandText = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrations %'";
            for (var left = trial.Random.Next(1, 4); left > 0; left--)
            {
                await Task.Delay(_command.Moment(trial.Random) / (cuts == 0 ? 1 : 4));
                cuts += (int)(long)(await cut.ExecuteScalarAsync())!;
            }
        }

        var account = Account.Of(await process.WaitAsync());
        await Engine.PostgreSql.UntilGoneAsync(database);
        var present = await ladder.LookAsync(database);
        _command.Learn(cuts == 0);
        trial.Figures.Count("connections cut", cuts);
        trial.Figures.Count("reported: " + (account.ErrorId ?? "done"));
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        account.Check(present, ladder.Names);
        await ladder.FinishAsync(database, trial.Folder);
    }
}
