using System.Text.Json;

namespace Migrations.Cli.Tests;

/// <summary>The commands about backups, as a process.</summary>
public abstract class BackupCommandConformance(string engine) : CliTests(engine)
{
    protected string Backups => Directory.CreateDirectory(Temporary["backups"]).FullName;

    [Fact]
    public async Task The_whole_circle()
    {
        ThreeTables();
        await OutputAsync("up");
        var made = await OutputAsync("backup", "--destination", Backups, "--prove", "--full");
        Assert.Contains("Backed up ", made, StringComparison.Ordinal);
        Assert.Contains("Proven: ", made, StringComparison.Ordinal);
        Assert.Contains("[pass] digests", made, StringComparison.Ordinal);
        var listed = await OutputAsync("backups", Backups);
        Assert.Matches(@"yes +003 ", listed);

        await Database.ExecuteAsync("DROP TABLE b;");
        var seen = await OutputAsync("restore", "--latest", "--from", Backups, "--what-if");
        Assert.Contains("would be replaced", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("b", await Database.TablesAsync());
        await FailsAsync(ErrorId.ConfirmationRequired, 2, ["--yes"], "restore", "--latest", "--from", Backups);
        var restored = await OutputAsync("restore", "--latest", "--from", Backups, "--yes");
        Assert.Contains("Restored ", restored, StringComparison.Ordinal);
        Assert.Contains("kept as", restored, StringComparison.Ordinal);
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM b"));
        Assert.Contains("Total: 3 | Applied: 3", await OutputAsync("status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_cannot_make_is_left_out_and_listed_where_faults_are_accepted()
    {
        ThreeTables();
        await OutputAsync("up");
        await OutputAsync("backup", "--destination", Backups, "--format", "sql");
        var path = Directory.GetFiles(Backups, "*.sql").Single();
        var text = await File.ReadAllTextAsync(path);
        var end = text.Contains("COMMIT;", StringComparison.Ordinal) ? "COMMIT;" : "-- PostgreSQL database dump complete";
        await File.WriteAllTextAsync(path, text.Replace(end, $"CREATE INDEX i ON b (of_a_program(id));\n{end}", StringComparison.Ordinal));

        await FailsAsync(ErrorId.BackupInvalid, 1, ["not changed"], "restore", path, "--yes");
        File.Delete(path + ".manifest.json");
        await FailsAsync(ErrorId.BackupInvalid, 1, ["not changed", "--accept-faults"], "restore", path, "--yes");
        var restored = await OutputAsync("restore", path, "--yes", "--accept-faults");
        Assert.Contains("Left out, because the server could not make it: INDEX i ON b (", restored, StringComparison.Ordinal);
        var json = await OutputAsync("restore", path, "--yes", "--accept-faults", "--output", "json");
        using var document = JsonDocument.Parse(json);
        Assert.StartsWith("INDEX i ON b (", document.RootElement[0].GetProperty("leftOut")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_exits_with_4_when_a_backup_is_not_proven()
    {
        ThreeTables();
        await OutputAsync("up");
        var path = await BackUpAsync();
        Assert.Contains("Proven: " + path, await OutputAsync("verify", path), StringComparison.Ordinal);
        await using (var file = File.Open(path, FileMode.Open))
        {
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte(0x7f);
        }

        var result = await RunAsync("verify", path);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("Not proven: " + path, result.Output, StringComparison.Ordinal);
        Assert.Contains("[fail] file", result.Output, StringComparison.Ordinal);
        Assert.Contains("[not run] restore", result.Output, StringComparison.Ordinal);
        await FailsAsync(ErrorId.BackupInvalid, 1, [path, "not changed", "migrations backups"], "restore", path, "--yes");
        await FailsAsync(ErrorId.BackupMissing, 1, ["migrations backups"], "verify", path + "x");
        var folder = Path.GetDirectoryName(path)!;
        await FailsAsync(ErrorId.BackupMissing, 1, ["is a folder with backups", $"migrations backups \"{folder}\""], "verify", folder);
    }

    [Fact]
    public async Task Prune_shows_its_reasons_and_asks()
    {
        ThreeTables();
        await OutputAsync("up");
        var paths = new[] { await BackUpAsync(), await BackUpAsync(), await BackUpAsync() };
        await OutputAsync("verify", paths[0]);
        var seen = await OutputAsync("prune", Backups, "--keep-last", "1", "--what-if");
        Assert.Contains($"Would keep {Path.GetFileName(paths[0])}: the last proven", seen, StringComparison.Ordinal);
        Assert.Contains($"Would remove {Path.GetFileName(paths[1])}: kept by no rule", seen, StringComparison.Ordinal);
        Assert.All(paths, p => Assert.True(File.Exists(p)));
        await FailsAsync(ErrorId.UsageInvalid, 2, ["--keep-last"], "prune", Backups, "--yes");
        await FailsAsync(ErrorId.ConfirmationRequired, 2, ["--yes"], "prune", Backups, "--keep-last", "1");
        await OutputAsync("prune", Backups, "--keep-last", "1", "--yes");
        Assert.Equal([true, false, true], paths.Select(File.Exists));
        Assert.Equal([true, false, true], paths.Select(p => File.Exists(p + ".manifest.json")));
    }

    [Fact]
    public async Task Backups_of_another_machine_count_separately_and_are_named()
    {
        ThreeTables();
        await OutputAsync("up");
        var paths = new[] { await BackUpAsync(), await BackUpAsync() };
        foreach (var path in paths)
        {
            var manifest = await File.ReadAllTextAsync(path + ".manifest.json");
            await File.WriteAllTextAsync(
                path + ".manifest.json",
                manifest.Replace($"\"{Environment.MachineName}\"", "\"another.example\"", StringComparison.Ordinal)
            );
        }

        var latest = await RunAsync("restore", "--latest", "--from", Backups, "--what-if");
        Assert.Equal(0, latest.ExitCode);
        Assert.Contains("another machine: 'another.example'", latest.Error, StringComparison.Ordinal);
        var own = await BackUpAsync();
        var kept = await OutputAsync("prune", Backups, "--keep-last", "1", "--what-if");
        Assert.Contains($"Would keep {Path.GetFileName(own)}: the newest", kept, StringComparison.Ordinal);
        Assert.Contains($"Would keep {Path.GetFileName(paths[1])}: the newest from the machine", kept, StringComparison.Ordinal);
        await OutputAsync("prune", Backups, "--keep-last", "1", "--any-host", "--yes");
        Assert.Equal([false, false, true], new[] { paths[0], paths[1], own }.Select(File.Exists));
    }

    [Fact]
    public async Task States_that_restores_kept_are_listed_last_and_pruned_on_request()
    {
        ThreeTables();
        await OutputAsync("up");
        var path = await BackUpAsync();
        for (var i = 0; i < 3; i++)
            await OutputAsync("restore", path, "--yes");
        // The call names the database already: named twice it is still one.
        string[] where = [Backups, "--database", Database.Address];
        var listed = await OutputAsync(["backups", .. where]);
        Assert.Matches(@"(?s)003 +[^\n]*" + Path.GetFileName(path) + @".*States that restores kept:.*003 .*_before_restore", listed);
        var kept = (await JsonAsync(0, ["backups", .. where]))
            .EnumerateArray()
            .Where(b => b.GetProperty("kept").ValueKind != JsonValueKind.Null);
        var names = kept.Select(b => Path.GetFileName(b.GetProperty("path").GetString()!)).ToList();
        Assert.Equal(3, names.Count);
        Assert.All(kept, b => Assert.Equal(Engine == "PostgreSQL", b.GetProperty("isDatabase").GetBoolean()));

        Assert.Equal(4, (await JsonAsync(0, ["prune", .. where, "--keep-last", "1", "--yes"])).GetArrayLength());
        var seen = await OutputAsync(["prune", .. where, "--keep-states", "1", "--what-if"]);
        Assert.Contains($"Would remove {names[1]}: an older kept state", seen, StringComparison.Ordinal);
        await FailsAsync(ErrorId.ConfirmationRequired, 2, ["--yes"], ["prune", .. where, "--keep-states", "1"]);
        var pruned = await OutputAsync(["prune", .. where, "--keep-states", "1", "--yes"]);
        Assert.Contains($"Kept {names[0]}: one of the last 1 kept states", pruned, StringComparison.Ordinal);
        Assert.Contains($"Removed {names[2]}: an older kept state", pruned, StringComparison.Ordinal);
        Assert.Contains(
            Engine == "PostgreSQL" ? "0 backups and 2 databases of 4 removed" : "2 backups of 4 removed",
            pruned,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await JsonAsync(0, ["backups", .. where])).GetArrayLength());
        await OutputAsync(["prune", .. where, "--keep-states", "1", "--yes"]);
    }

    [Fact]
    public async Task Programs_read_the_same_fields_every_time()
    {
        ThreeTables();
        await OutputAsync("up");
        var made = Assert.Single((await JsonAsync(0, "backup", "--destination", Backups, "--prove")).EnumerateArray());
        string[] fields =
        [
            "path",
            "database",
            "engine",
            "engineVersion",
            "format",
            "compressed",
            "createdAt",
            "size",
            "sha256",
            "migrationVersion",
            "lastMigration",
            "schemaFingerprint",
            "proven",
            "provenAt",
            "durationMs",
            "globals",
            "problem",
            "faults",
            "unseenCode",
            "kept",
            "isDatabase",
            "stamp",
        ];
        Assert.Equal([.. fields, "checks"], Names(made));
        Assert.True(made.GetProperty("proven").GetBoolean());
        Assert.Equal(fields, Names(Assert.Single((await JsonAsync(0, "backups", Backups)).EnumerateArray())));
        var path = made.GetProperty("path").GetString()!;
        Assert.Equal(
            ["path", "database", "proven", "failed", "notRun", "durationMs", "checks"],
            Names((await JsonAsync(0, "verify", path))[0])
        );
        Assert.Equal(
            ["database", "backup", "kept", "how", "leftOut", "migrationVersion", "stamp", "durationMs", "checks"],
            Names((await JsonAsync(0, "restore", path, "--yes"))[0])
        );
        Assert.Equal(
            ["path", "database", "createdAt", "size", "proven", "keep", "removed", "reason"],
            Names((await JsonAsync(0, "prune", Backups, "--keep-last", "1", "--yes"))[0])
        );
    }

    [Fact]
    public async Task A_run_stands_on_a_backup()
    {
        ThreeTables();
        Migration("004_bad", "nonsense;");
        var result = await FailsAsync(ErrorId.StatementFailed, 1, ["migrations restore \""], "up", "--backup", Backups);
        var path = Assert.Single(Directory.GetFiles(Backups, "*.manifest.json"))[..^".manifest.json".Length];
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
        File.Delete(FileOf("004_bad.sql"));
        Assert.Contains("Backup: ", await OutputAsync("down", "--accept-data-loss", "--backup", Backups), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("up", "--restore-on-failure")).ExitCode);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "File modes are those of Linux.");
        // For the compiler, which does not know that the line before ends the test elsewhere.
        if (OperatingSystem.IsWindows())
            return;
        ThreeTables();
        await OutputAsync("up");
        File.SetUnixFileMode(Backups, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var result = await CliProcess.RunAsync(Call("backup", "--destination", Backups) with { ModesCountForRoot = true });
        AssertError(result, ErrorId.BackupFolderInvalid, 1, Backups);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Backups));
        File.SetUnixFileMode(Backups, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Interrupted_it_leaves_no_file_and_exits_with_130()
    {
        Prerequisite.Signals();
        await Database.ExecuteAsync(
            Engine == "SQLite"
                ? "CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, "
                    + "hex(randomblob(500)) AS t FROM n"
                : "CREATE TABLE big AS SELECT i, md5(random()::text) || repeat('x', 500) AS t FROM generate_series(1, 400000) i"
        );
        using var process = CliProcess.Start(Call("backup", "--destination", Backups));
        while (!Directory.EnumerateFiles(Backups, "backup.*", SearchOption.AllDirectories).Any())
            await Task.Delay(5);
        process.Interrupt();
        var result = await process.WaitAsync();
        Assert.True(result.ExitCode == 130, result.ToString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Backups));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_cleaned_by_the_next()
    {
        await Database.ExecuteAsync(
            Engine == "SQLite"
                ? "CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i, "
                    + "hex(randomblob(500)) AS t FROM n"
                : "CREATE TABLE big AS SELECT i, md5(random()::text) || repeat('x', 500) AS t FROM generate_series(1, 400000) i"
        );
        using (var process = CliProcess.Start(Call("backup", "--destination", Backups)))
        {
            while (!Directory.EnumerateFiles(Backups, "backup.*", SearchOption.AllDirectories).Any())
                await Task.Delay(5);
            process.Kill();
            await process.WaitAsync();
        }

        Assert.All(Directory.EnumerateFileSystemEntries(Backups), e => Assert.EndsWith(".partial", e, StringComparison.Ordinal));
        Assert.Contains("No backups.", await OutputAsync("backups", Backups), StringComparison.Ordinal);
        await OutputAsync("backup", "--destination", Backups);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(Backups).Count());
    }

    private async Task<string> BackUpAsync()
    {
        var made = await JsonAsync(0, "backup", "--destination", Backups);
        return made[0].GetProperty("path").GetString()!;
    }

    private async Task<JsonElement> JsonAsync(int exitCode, params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--output", "json"]);
        Assert.True(exitCode == result.ExitCode, result.ToString());
        return result.Json;
    }

    private static string[] Names(JsonElement record) => [.. record.EnumerateObject().Select(p => p.Name)];
}

public sealed class SqliteBackupCommandTests() : BackupCommandConformance("SQLite")
{
    [Theory]
    [InlineData("--output", "table")]
    [InlineData("--compress", "")]
    public async Task Without_a_place_for_scratch_databases_nothing_is_proven(string option, string value)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "TMPDIR is a variable of Unix.");
        await Database.ExecuteAsync("CREATE TABLE a (id integer)");
        var backups = Directory.CreateDirectory(Temporary["backups"]).FullName;
        var call = Call(["backup", "--destination", backups, "--prove", option, .. value.Length > 0 ? (string[])[value] : []]);
        var result = await CliProcess.RunAsync(
            call with
            {
                Environment = new Dictionary<string, string> { ["TMPDIR"] = Path.Combine(Database.Address, "no-folder") },
            }
        );
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("Not proven: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("[not run] restore", result.Output, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\"proven\": false",
            await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(backups, "*.manifest.json"))),
            StringComparison.Ordinal
        );
    }
}

public sealed class PostgreSqlBackupCommandTests() : BackupCommandConformance("PostgreSQL")
{
    private const string Hidden =
        "CREATE FUNCTION hidden(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ DECLARE r int; BEGIN EXECUTE "
        + "lower('SELECT ') || a INTO "
        + "r; RETURN r; END $$; CREATE TABLE k (x int CHECK (hidden(x) > 0)); INSERT INTO k VALUES (1);";

    [Fact]
    public async Task Code_that_cannot_be_seen_into_runs_only_where_it_is_accepted()
    {
        await Database.ExecuteAsync(Hidden);
        var made = await RunAsync("backup", "--destination", Backups);
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Contains("--accept-unseen-code", made.Error, StringComparison.Ordinal);
        Assert.Contains("TABLE k", made.Error, StringComparison.Ordinal);
        var backup = Assert.Single(Directory.GetFiles(Backups, "*.dump"));

        var open = await RunAsync("verify", backup);
        Assert.Equal(4, open.ExitCode);
        Assert.Contains("--accept-unseen-code", open.All, StringComparison.Ordinal);
        await FailsAsync(ErrorId.UnseenCode, 1, ["TABLE k", "--accept-unseen-code"], "restore", backup, "--yes");
        Assert.DoesNotContain(
            "--accept-unseen-code",
            (await RunAsync("verify", backup, "--accept-unseen-code")).All,
            StringComparison.Ordinal
        );

        await Database.ExecuteAsync("DROP TABLE k");
        await OutputAsync("restore", backup, "--yes", "--accept-unseen-code");
        Assert.Equal("1", await Database.ScalarAsync("SELECT x FROM k"));
    }
}
