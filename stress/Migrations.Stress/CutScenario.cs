using System.Data.Common;

namespace Migrations.Stress;

/// <summary><c>pg_terminate_backend</c> at random moments of <c>up</c>, commits included: what is reported is what happened.</summary>
internal sealed class CutScenario : Scenario
{
    public override string Name => "connection-cut/postgresql";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 8);

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
            for (var left = trial.Random.Next(1, 4); left > 0; left--)
                cuts += await CutAsync(connection, process, trial);
        }

        var account = Account.Of(await process.WaitAsync());
        await Engine.PostgreSql.UntilGoneAsync(database);
        var present = await ladder.LookAsync(database);
        trial.Figures.Count("connections cut", cuts);
        trial.Figures.Count("reported: " + (account.ErrorId ?? "done"));
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        account.Check(present, ladder.Names);
        await ladder.FinishAsync(database, trial.Folder);
    }

    /// <summary>Waits for a random one of the migrations to be at work, and cuts a little later: half of that time is its commit.</summary>
    /// <returns>How many connections were cut.</returns>
    private static async Task<int> CutAsync(DbConnection connection, CliProcess process, Trial trial)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'migrations "
            + $"%{trial.Random.Next(9):000}_step'";
        var isAtWork = 0L;
        while (isAtWork == 0)
        {
            if (process.HasExited)
                return 0;
            isAtWork = (long)(await command.ExecuteScalarAsync())!;
        }

        await Task.Delay(trial.Random.Next(60));
        command.CommandText =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND "
            + "application_name LIKE 'migrations %'";
        return (int)(long)(await command.ExecuteScalarAsync())!;
    }
}
