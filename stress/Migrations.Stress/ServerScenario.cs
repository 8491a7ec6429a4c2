using System.Runtime.Versioning;

namespace Migrations.Stress;

/// <summary>The server stops at once at a random moment of <c>up</c> and is started again: what is reported is what happened.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ServerScenario : Scenario
{
    private readonly Command _command = new();
    private PostgreSqlServer? _server;

    public override string Name => "server-killed/postgresql";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 3);

    public override async Task PrepareAsync()
    {
        // What is committed must be on disk here: the tests' servers are faster and forget it.
        _server = PostgreSqlServer.Start(
            new PostgreSqlSetup
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["synchronous_commit"] = "on",
                    ["full_page_writes"] = "on",
                },
            }
        );
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        await _command.MeasureAsync(Engine.PostgreSql, database);
    }

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server!);
        var ladder = new Ladder(Engine.PostgreSql, trial.Random);
        ladder.WriteTo(trial.Folder, lingers: trial.Random.Next(2) == 0);
        var waits = trial.Random.Next(2) == 0;
        var call = Command.Call(database, trial.Folder, "up", "--output", "json");
        if (waits)
            call = call with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["DB_RETRY_ATTEMPTS"] = "100",
                    ["DB_RETRY_DELAY"] = "100ms",
                },
            };
        using var process = CliProcess.Start(call);
        await Task.Delay(_command.Moment(trial.Random));
        _server!.StopImmediately();
        await Task.Delay(trial.Random.Next(0, 300));
        _server.StartAgain();

        var account = Account.Of(await process.WaitAsync());
        await Engine.PostgreSql.UntilGoneAsync(database);
        var present = await ladder.LookAsync(database);
        _command.Learn(account.ErrorId is null && !waits);
        trial.Figures.Count($"reported: {account.ErrorId ?? "done"}{(waits ? " (connecting again)" : "")}");
        await ladder.CheckHistoryAsync(database, trial.Folder, present);
        account.Check(present, ladder.Names);
        await ladder.FinishAsync(database, trial.Folder);
    }

    public override ValueTask EndAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }
}
