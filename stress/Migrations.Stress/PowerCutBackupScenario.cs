using System.Text.RegularExpressions;
using Migrations.Backup;

namespace Migrations.Stress;

/// <summary>
/// The power fails at a random moment of <c>backup</c>, <c>verify</c> or <c>restore</c> on SQLite: a backup that is taken for sound is, one
/// that was said to be made is there, and a restored database is the old one or the new one.
/// </summary>
internal sealed partial class PowerCutBackupScenario : Scenario
{
    private const int CutsOfACall = 15;

    private static readonly BackupCatalogue Catalogue = new([Engine.Sqlite.Driver]);

    public override string Name => "power-cut-backup/sqlite";

    public override Extent Extent(bool isLong) => new(isLong ? 200 : 2);

    public override async Task RunAsync(Trial trial)
    {
        _ = Prerequisite.Strace();
        await using var database = new SqliteTestDatabase();
        var folder = Path.GetDirectoryName(database.File)!;
        var ladder = new Ladder(Engine.Sqlite, trial.Random, steps: 4);
        ladder.WriteTo(trial.Folder);
        if (trial.Random.Next(3) == 0)
            await database.ExecuteAsync("PRAGMA journal_mode=WAL");
        await Engine.Sqlite.Migrator(database, trial.Folder).ApplyAsync();
        var backups = Directory.CreateDirectory(Path.Combine(folder, "backups")).FullName;
        Command.Succeeded(await Command.RunAsync(Command.Call(database, trial.Folder, "backup", "--destination", backups)));
        var first = (await Catalogue.ReadAsync(backups))[0].Path;
        await database.ExecuteAsync("INSERT INTO ledger VALUES (1000)");
        string[] command = trial.Random.Next(3) switch
        {
            0 => ["backup", "--destination", backups, .. trial.Random.Next(2) == 0 ? new[] { "--compress" } : []],
            1 => ["verify", first],
            _ => ["restore", first, "--yes"],
        };
        var call = await PowerCuts.WatchAsync(trial, Command.Call(database, trial.Folder, command), folder);
        for (var i = 0; i < CutsOfACall; i++)
        {
            await using var left = new SqliteTestDatabase();
            var place = Path.GetDirectoryName(left.File)!;
            var printed = call.CutInto(place, trial.Random);
            await CheckBackupsAsync(place, printed, folder);
            await CheckDatabaseAsync(left, place, printed);
            trial.Figures.Count($"cut during {command[0]}");
        }
    }

    private static async Task CheckBackupsAsync(string place, string printed, string folder)
    {
        var backups = await Catalogue.ReadAsync(Path.Combine(place, "backups"));
        var sound = backups.Where(b => b.Problem is null).ToList();
        Must.Hold(sound.Count >= 1, $"No sound backup is left: {string.Join(", ", backups.Select(b => b.Problem))}");
        Must.Hold(
            !printed.Contains("Proven: ", StringComparison.Ordinal) || sound.TrueForAll(b => b.Proven),
            "A backup was said to be proven, and its manifest does not say so."
        );
        foreach (var backup in sound)
        {
            var verified = await new BackupVerifier(Engine.Sqlite.Driver).VerifyAsync(backup);
            Must.Hold(
                verified.Failed == 0 && verified.Proven,
                $"{backup.Path} looks sound and is not: {string.Join(' ', verified.Checks.Select(c => c.Message))}"
            );
        }

        if (Made().Match(printed) is { Success: true } made)
        {
            var said = Path.Combine(place, Path.GetRelativePath(folder, made.Groups["path"].Value));
            Must.Hold(sound.Exists(b => b.Path == said), $"{said} was said to be made, and is not there.");
        }
    }

    private static async Task CheckDatabaseAsync(TestDatabase left, string place, string printed)
    {
        await Engine.Sqlite.CheckAsync(left);
        var isOld = await left.ScalarAsync("SELECT 1 FROM ledger WHERE step = 1000") is not null;
        Must.Hold(
            !isOld || !printed.Contains("Restored ", StringComparison.Ordinal),
            "The database was said to be restored, and is the old one."
        );
        if (isOld)
            return;
        var kept = Directory.GetFiles(Path.Combine(place, "backups"), "*before_restore.db");
        Must.Hold(kept.Length == 1, "The database is restored, and its old state is not kept.");
        await using var old = new SqliteTestDatabase();
        File.Copy(kept[0], old.File);
        Must.Hold(
            await old.ScalarAsync("SELECT 1 FROM ledger WHERE step = 1000") is not null,
            "The state that was kept is not the old one."
        );
    }

    [GeneratedRegex("Backed up .* to (?<path>.*): ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Made();
}
