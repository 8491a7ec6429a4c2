using System.Text.RegularExpressions;

namespace Migrations.Stress;

/// <summary>
/// The power fails at a random moment of <c>up</c> or <c>down --all</c> on SQLite. One run is watched; the disk is then rebuilt as it may
/// have been at many moments of it, with whatever had not been waited for there, lost, or there in part.
/// </summary>
internal sealed partial class PowerCutScenario : Scenario
{
    private const int CutsOfARun = 25;

    public override string Name => "power-cut/sqlite";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 2);

    public override async Task RunAsync(Trial trial)
    {
        _ = Prerequisite.Strace();
        await using var database = new SqliteTestDatabase();
        var ladder = new Ladder(Engine.Sqlite, trial.Random);
        ladder.WriteTo(trial.Folder);
        var undoes = trial.Random.Next(2) == 0;
        var isOne = trial.Random.Next(4) == 0;
        if (trial.Random.Next(3) == 0)
            await database.ExecuteAsync("PRAGMA journal_mode=WAL");
        if (undoes)
            await Engine.Sqlite.Migrator(database, trial.Folder).ApplyAsync();
        string[] command = undoes ? ["down", "--all", "--yes", "--accept-data-loss"] : ["up"];
        string[] mode = isOne ? ["--transaction-mode", "all"] : [];
        var run = await PowerCuts.WatchAsync(
            trial,
            Command.Call(database, trial.Folder, [.. command, .. mode]),
            Path.GetDirectoryName(database.File)!
        );
        for (var i = 0; i < CutsOfARun; i++)
        {
            await using var left = new SqliteTestDatabase();
            var printed = run.CutInto(Path.GetDirectoryName(left.File)!, trial.Random);
            await CheckAsync(trial, ladder, left, Said(printed, isOne ? ladder.Names : []), undoes, isOne);
        }
    }

    /// <summary>
    /// The migrations of which the command had said that they are done. Those of one transaction are done once it says so of all.
    /// </summary>
    private static List<string> Said(string printed, IReadOnlyList<string> together)
    {
        if (together.Count == 0)
            return [.. Done().Matches(printed).Select(m => m.Groups["name"].Value)];
        return AllDone().IsMatch(printed) ? [.. together] : [];
    }

    private static async Task CheckAsync(Trial trial, Ladder ladder, TestDatabase left, List<string> said, bool undoes, bool isOne)
    {
        var present = await ladder.LookAsync(left);
        Must.Hold(
            present.SequenceEqual(ladder.Names.Take(present.Count), StringComparer.Ordinal),
            $"Applied out of order: {string.Join(", ", present)}"
        );
        Must.Hold(
            !isOne || present.Count == 0 || present.Count == ladder.Names.Count,
            $"One transaction for all left [{string.Join(", ", present)}]."
        );
        await Engine.Sqlite.CheckAsync(left);
        await ladder.CheckHistoryAsync(left, trial.Folder, present);

        // SQLite deletes the journal of the last transaction without waiting for it: if it comes back, that one is undone.
        var undone = undoes
            ? said.Intersect(present, StringComparer.Ordinal).ToList()
            : said.Except(present, StringComparer.Ordinal).ToList();
        Must.Hold(
            undone.Count == 0 || (said.Count == ladder.Names.Count && (isOne || undone.Count == 1)),
            $"Said to be done, and lost: {string.Join(", ", undone)}"
        );
        trial.Figures.Count(undone.Count > 0 ? "cut, and the last transaction undone" : "cut, and all that was said to be done there");
        await ladder.FinishAsync(left, trial.Folder);
    }

    [GeneratedRegex(@"\] (?:Applied|Undone) (?<name>\S+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Done();

    [GeneratedRegex(
        @"^(?:Applied|Undone) \d+ migrations",
        RegexOptions.CultureInvariant | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex AllDone();
}
