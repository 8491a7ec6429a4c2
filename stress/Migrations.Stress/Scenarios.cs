namespace Migrations.Stress;

/// <summary>All of them.</summary>
internal static class Scenarios
{
    public static List<Scenario> All()
    {
        var all = new List<Scenario>();
        foreach (var engine in Engine.Both)
        {
            all.Add(new KillScenario(engine, undoes: false));
            all.Add(new KillScenario(engine, undoes: true));
            all.Add(new KillStatementScenario(engine));
            all.Add(new KillBatchScenario(engine));
            all.Add(new KillCodeScenario(engine));
            all.Add(new InterruptScenario(engine));
            all.Add(new RaceScenario(engine, 16));
            all.Add(new RaceScenario(engine, 50));
        }

        all.Add(new KillShardScenario());
        all.Add(new PowerCutScenario());
        all.Add(new PowerCutStatementScenario());
        all.Add(new PowerCutBackupScenario());
        all.Add(new CutScenario());
        if (!OperatingSystem.IsWindows())
            all.AddRange([
                new ServerScenario(),
                new CopyScenario(CopyScenario.Tool),
                new CopyScenario(CopyScenario.ServerStopped),
                new CopyScenario(CopyScenario.Connection),
            ]);
        all.Add(new LockQueueScenario());
        all.Add(new PoolerScenario());
        all.AddRange(Engine.Both.Select(engine => new FuzzScenario(engine)));
        return all;
    }
}
