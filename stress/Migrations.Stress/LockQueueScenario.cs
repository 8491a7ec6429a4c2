using System.Diagnostics;
using System.Globalization;
using Migrations.Events;
using Npgsql;

namespace Migrations.Stress;

/// <summary>
/// A reader holds a table while a migration wants to alter it, and other readers come along: none of these waits longer than the table lock
/// timeout (with two locking statements: than twice that), and the report names who is in the way.
/// </summary>
internal sealed class LockQueueScenario : Scenario
{
    private const int TimeoutMs = 300;

    public override string Name => "lock-queue/postgresql";

    public override Extent Extent(bool isLong) => new(isLong ? 50 : 2);

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await Engine.PostgreSql.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE first (a int); CREATE TABLE second (a int);");
        var locks = trial.Random.Next(1, 3);
        File.WriteAllText(
            Path.Combine(trial.Folder, "001_alter.sql"),
            locks == 1 ? "ALTER TABLE second ADD b int;" : "ALTER TABLE first ADD b int;\nALTER TABLE second ADD b int;"
        );
        string[] mode = trial.Random.Next(2) == 0 ? ["all"] : [];

        await using var holder = (NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var select = new NpgsqlCommand("SELECT count(*) FROM second", holder, transaction))
            await select.ExecuteScalarAsync();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => ReadAsync(database, stop.Token)).ToList();
        var events = new RecordingEventSink();
        var migrator = Engine.PostgreSql.Migrator(
            database,
            trial.Folder,
            o => o with { TableLockTimeout = TimeSpan.FromMilliseconds(TimeoutMs), TableLockRetries = 50, Events = events }
        );
        var run = migrator.ApplyAsync(
            new Planning.ApplyRequest { TransactionMode = mode.Length > 0 ? TransactionMode.All : TransactionMode.Each }
        );
        await Task.Delay(trial.Random.Next(1500, 3000));
        await transaction.RollbackAsync();
        await run;
        await stop.CancelAsync();
        var longest = (await Task.WhenAll(readers)).Max();

        trial.Figures.Time(
            string.Create(CultureInfo.InvariantCulture, $"longest wait of a reader, {locks} locking, limit {TimeoutMs} ms"),
            longest
        );
        Must.Hold(longest < TimeSpan.FromMilliseconds((locks * TimeoutMs) + 1000), $"A reader waited {longest.TotalMilliseconds:0} ms.");
        var retries = events.Of<StepRetried>();
        trial.Figures.Count("stepped back", retries.Count);
        Must.Hold(retries.Count > 0, "The migration did not step back.");
        Must.Hold(
            retries.Any(r =>
                r.Blocker?.Contains($"backend {holder.ProcessID.ToString(CultureInfo.InvariantCulture)} ", StringComparison.Ordinal) == true
                && r.Blocker.Contains("SELECT count(*) FROM second", StringComparison.Ordinal)
            ),
            $"The report does not name who was in the way: {retries[^1].Blocker}"
        );
    }

    private static async Task<TimeSpan> ReadAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM first) + (SELECT count(*) FROM second)";
        var longest = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            await command.ExecuteScalarAsync(CancellationToken.None);
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
            await Task.Delay(5, CancellationToken.None);
        }

        return longest;
    }
}
