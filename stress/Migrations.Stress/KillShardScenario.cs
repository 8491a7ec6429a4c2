using System.Globalization;
using System.Text.Json;

namespace Migrations.Stress;

/// <summary>
/// A fleet of many SQLite databases shared out over eight processes, each killed at random until it gets through: each migration is applied
/// once in each database, and the merged result is complete.
/// </summary>
internal sealed class KillShardScenario : Scenario
{
    private const int Shards = 8;
    private static readonly string[] Names = ["001_a", "002_b"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private int _databases;

    public override string Name => "killed-shards/sqlite";

    public override Extent Extent(bool isLong)
    {
        _databases = isLong ? 1000 : 80;
        return new Extent(1);
    }

    public override async Task RunAsync(Trial trial)
    {
        // As many as the form says; a count given by hand means the long form's.
        var databases = _databases == 0 ? 1000 : _databases;
        File.WriteAllText(Path.Combine(trial.Folder, "001_a.sql"), "CREATE TABLE a (id integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\n");
        File.WriteAllText(Path.Combine(trial.Folder, "002_b.sql"), "CREATE TABLE b (id integer);\nINSERT INTO b SELECT id FROM a;\n");
        var list = Enumerable.Range(1, databases).Select(i => string.Create(CultureInfo.InvariantCulture, $"tenants/{i:0000}.db"));
        Directory.CreateDirectory(trial.Temporary["tenants"]);
        await File.WriteAllLinesAsync(trial.Temporary["tenants.txt"], list);

        var random = Enumerable.Range(1, Shards).Select(_ => new Random(trial.Random.Next())).ToList();
        await Task.WhenAll(Enumerable.Range(1, Shards).Select(shard => ShareAsync(trial, shard, random[shard - 1])));

        foreach (var file in Directory.EnumerateFiles(trial.Temporary["tenants"], "*.db"))
            await CheckAsync(file);
        var files = Directory.GetFiles(trial.Temporary["tenants"], "*.db").Length;
        Must.Hold(files == databases, $"{files} of {databases} databases are there.");
        await MergeAsync(trial, databases);
    }

    /// <summary>One share: killed again and again at a random moment, each time a little later, and then left in peace.</summary>
    private static async Task ShareAsync(Trial trial, int shard, Random random)
    {
        for (var kills = random.Next(1, 4); kills > 0; kills--)
        {
            using var process = CliProcess.Start(Call(trial, shard));
            await process.WaitForAsync("tenants", Limit);
            await Task.Delay(random.Next(20, 1500));
            process.Kill();
            var result = await process.WaitAsync(Limit);
            lock (trial)
                trial.Figures.Count(result.ExitCode == 0 ? "ended before it was killed" : "killed");
        }

        Command.Succeeded(await CliProcess.RunAsync(Call(trial, shard)));
    }

    private static CliCall Call(Trial trial, int shard) =>
        new()
        {
            Arguments =
            [
                "up",
                "--path",
                trial.Folder,
                "--databases-file",
                "tenants.txt",
                "--shard",
                string.Create(CultureInfo.InvariantCulture, $"{shard}/{Shards}"),
                "--result-file",
                string.Create(CultureInfo.InvariantCulture, $"results/{shard}.json"),
            ],
            WorkingFolder = trial.Temporary.Path,
            Timeout = Limit,
        };

    private static async Task CheckAsync(string file)
    {
        await using var database = new SqliteTestDatabase(file);
        var found = await database.ScalarAsync(
            "SELECT group_concat(name || ' ' || event, ', ') || '; ' || (SELECT count(*) FROM a) || (SELECT count(*) FROM b) "
                + "FROM (SELECT * FROM migration_journal ORDER BY id)"
        );
        Must.Hold(found == $"{string.Join(", ", Names.Select(n => n + " applied"))}; 11", $"{Path.GetFileName(file)} has [{found}].");
    }

    private static async Task MergeAsync(Trial trial, int databases)
    {
        var merged = Command.Succeeded(
            await CliProcess.RunAsync(
                new CliCall { Arguments = ["merge-results", "results", "--report", "all.xml"], WorkingFolder = trial.Temporary.Path }
            )
        );
        Must.Hold(
            merged.Output.Contains($"{databases} of {databases} databases completed in {Shards} shards", StringComparison.Ordinal),
            $"The merged result is not complete: {merged}"
        );
        var states = Directory
            .EnumerateFiles(trial.Temporary["results"], "*.json")
            .SelectMany(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("databases").EnumerateArray())
            .Select(row => row.GetProperty("database").GetString())
            .ToList();
        Must.Hold(
            states.Count == databases && states.Distinct(StringComparer.Ordinal).Count() == databases,
            $"The results name {states.Count} databases."
        );
    }
}
