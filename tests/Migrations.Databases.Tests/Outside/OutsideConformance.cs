using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Migrations.Comparing;
using Migrations.Databases.Tests.Backups;
using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Outside;

/// <summary>
/// What runs on a copy touches nothing but the copy. Every way to act beside it is tried wherever scripts are replayed or loaded: nothing
/// outside changes, and what was not run is named by its line and is never called good, bad, or the same.
/// </summary>
public abstract class OutsideConformance(DatabaseKind kind) : BackupSuite(kind)
{
    /// <summary>The ways. What they would reach is there, made by <see cref="PrepareAsync"/>.</summary>
    protected abstract IReadOnlyList<OutsideWay> Ways { get; }

    /// <summary>One that is a single statement and stands among others.</summary>
    protected abstract OutsideWay Alone { get; }

    private IEnumerable<OutsideWay> InMigrations => Ways.Where(w => w.InMigrations);

    /// <summary>Makes what is outside.</summary>
    protected abstract Task PrepareAsync();

    /// <summary>The state of all that is outside.</summary>
    protected abstract Task<string> OutsideAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rehearsal_runs_none_of_them_and_goes_on(bool withData)
    {
        await PrepareAsync();
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        await ApplyAsync();
        var ways = InMigrations.Select((w, i) => (Name: $"{i + 100}_{w.Name}", Way: w)).ToList();
        foreach (var (name, way) in ways)
            Migration(name, way.Sql, "SELECT 1;\n");
        Migration("900_last", "CREATE TABLE last (id integer PRIMARY KEY);\n", "DROP TABLE last;\n");
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest { WithData = withData }
        );

        Assert.Equal(before, await OutsideAsync());
        Assert.Equal([.. ways.Select(w => w.Name), "900_last"], report.Results.Select(r => r.Name));
        var wrong = ways.Zip(report.Results)
            .Where(p =>
                !IsNamed(p.First.Way, p.Second.NotRun, p.First.Name + ".up.sql")
                || p.Second is not { Applies: false, UndoProven: null, IsGood: false }
            );
        Assert.Empty(wrong.Select(p => $"{p.First.Name}: {p.Second.NotRun ?? p.Second.Failure?.Message ?? "good"}"));
        Assert.True(report.Results[^1] is { IsGood: true, UndoProven: true }, report.Results[^1].Failure?.Message);
        Assert.Equal(["900_last"], RehearsalVerdicts.Read(Folder).Keys);
    }

    [Fact]
    public async Task A_rehearsal_runs_none_of_them_in_an_undo()
    {
        await PrepareAsync();
        var ways = InMigrations.Select((w, i) => (Name: $"{i + 100}_{w.Name}", Way: w)).ToList();
        foreach (var (name, way) in ways)
            Migration(name, $"CREATE TABLE t{name} (id integer PRIMARY KEY);\n", way.Sql);
        var before = await OutsideAsync();

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal(before, await OutsideAsync());
        var wrong = ways.Zip(report.Results)
            .Where(p =>
                !IsNamed(p.First.Way, p.Second.NotRun, p.First.Name + ".down.sql")
                || p.Second is not { Applies: true, UndoProven: null, IsGood: false }
            );
        Assert.Empty(wrong.Select(p => $"{p.First.Name}: {p.Second.NotRun ?? p.Second.Failure?.Message ?? "good"}"));
        Assert.Equal(ways.Count, report.Results.Count);
    }

    [Fact]
    public async Task What_needs_a_migration_that_was_not_run_is_not_run_either_and_no_check_is_answered()
    {
        await PrepareAsync();
        var way = Alone;
        Migration("001_makes", way.Sql + "\nCREATE TABLE needed (id integer);\nINSERT INTO nowhere VALUES (1);\n");
        Migration("002_needs", "INSERT INTO needed VALUES (1);\n", "SELECT 1;\n");
        Migration("003_alone", "CREATE TABLE alone (id integer);\n", "DROP TABLE alone;\n");
        Write("checks/rows.sql", "-- expect: value 0\nSELECT count(*) FROM alone;\n");

        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();

        Assert.Equal([false, false, true], report.Results.Select(r => r.IsGood));
        Assert.Contains("nowhere", report.Results[0].NotRun, StringComparison.Ordinal);
        Assert.Contains(way.Says, report.Results[0].NotRun, StringComparison.Ordinal);
        Assert.Matches("001_makes.*needed", report.Results[1].NotRun!);
        Assert.Null(report.Results[1].UndoProven);
        Assert.Equal(CheckStatus.NotRun, Assert.Single(report.Checks).Status);
    }

    [Fact]
    public async Task The_checklist_says_what_was_not_tried()
    {
        await PrepareAsync();
        var way = InMigrations.First();
        Migration("001_way", way.Sql, "SELECT 1;\n");

        var results = await new MigrationChecklist(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest(),
            new CheckRequest()
        );

        foreach (var item in (string[])["applies-on-empty-data", "rollback-tested", "duration"])
            Assert.Equal((item, CheckStatus.NotRun), (item, results.Single(r => r.Name == item).Status));
        Assert.Contains(way.Says, results.Single(r => r.Name == "rollback-tested").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_runs_none_of_them_and_is_not_answered()
    {
        await PrepareAsync();
        Migration("001_way", "SELECT 1;\n");
        await ApplyAsync();
        var before = await OutsideAsync();
        foreach (var way in InMigrations)
        {
            Migration("001_way", way.Sql);
            var results = await Checker()
                .CheckAsync(new CheckRequest { Categories = [CheckCategory.Schema, CheckCategory.Drift, CheckCategory.History] });
            Assert.All(
                results.Where(r => r.Category != CheckCategory.History),
                r =>
                    Assert.True(
                        r.Status == CheckStatus.NotRun && IsNamed(way, r.Message, "001_way.up.sql"),
                        $"{way.Name}: {r.Status} {r.Message}"
                    )
            );
            Assert.Contains(results, r => r.Category == CheckCategory.History);
        }

        Assert.Equal(before, await OutsideAsync());
    }

    [Fact]
    public async Task Checks_after_a_run_run_none_of_them_and_say_so()
    {
        await PrepareAsync();
        var way = InMigrations.First();
        Migration("001_way", "SELECT 1;\n");
        await ApplyAsync();
        Migration("001_way", way.Sql);
        Migration("002_b", "CREATE TABLE b (id integer);\n");
        var before = await OutsideAsync();

        await ApplyAsync(
            new ApplyRequest
            {
                SkipChecksum = true,
                Check = new CheckRequest { Categories = [CheckCategory.Drift] },
            }
        );

        Assert.Equal(before, await OutsideAsync());
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains("'drift' was not checked", StringComparison.Ordinal) && IsNamed(way, w.Message, "001_way.up.sql")
        );
    }

    [Fact]
    public async Task A_difference_with_a_folder_or_a_file_runs_none_of_them()
    {
        await PrepareAsync();
        Migration("001_way", "SELECT 1;\n");
        await ApplyAsync();
        var before = await OutsideAsync();
        var reader = new SchemaSides(
            Kind.Driver,
            EngineOptions(),
            new ScratchRequest { Origin = Target(), Session = EngineOptions().Session }
        );
        foreach (var way in InMigrations)
        {
            Migration("001_way", way.Sql);
            foreach (var side in (SchemaSide[])[new FolderSide(Folder), new FileSide(FileOf("001_way.up.sql"))])
            {
                var error = await ThrowsAsync<StatementException>(
                    ErrorId.ReachesBeyondCopy,
                    () => reader.ReadAsync(side, CancellationToken.None)
                );
                Assert.True(IsNamed(way, error.Message, "001_way.up.sql"), $"{way.Name}: {error.Message}");
                Assert.Equal(way.Line, error.Location!.Line);
            }
        }

        Assert.Equal(before, await OutsideAsync());
    }

    [Fact]
    public async Task A_backup_that_holds_one_is_neither_proven_nor_restored()
    {
        await PrepareAsync();
        await FillAsync();
        var backup = await BackUpAsync(r => r with { Format = BackupFormat.Sql });
        var dump = await File.ReadAllTextAsync(backup.Path);
        var state = await StateAsync();
        var before = await OutsideAsync();
        foreach (var way in Ways.Where(w => w.InBackups))
        {
            await File.WriteAllTextAsync(backup.Path, dump + way.Sql);
            await SignAsync(backup.Path);
            var line = dump.Count(c => c == '\n') + way.Line;
            var proof = await VerifyAsync(await Catalogue.FindAsync(backup.Path));
            Assert.False(proof.Proven, way.Name);
            var answer = proof.Checks.Single(c => c is { Category: CheckCategory.Backup, Name: "restore" });
            Assert.True(
                answer.Status == (way.IsUnseen ? CheckStatus.NotRun : CheckStatus.Fail)
                    && answer.Message.Contains($".sql:{line}", StringComparison.Ordinal),
                $"{way.Name}: {answer.Status} {answer.Message}"
            );
            var error = await Assert.ThrowsAnyAsync<MigrationException>(async () =>
                await RestoreAsync(await Catalogue.FindAsync(backup.Path))
            );
            Assert.True(error.Message.Contains($".sql:{line}", StringComparison.Ordinal), $"{way.Name}: {error.Message}");
        }

        Assert.Equal(before, await OutsideAsync());
        Assert.Equal(state, await StateAsync());
    }

    [Fact]
    public async Task A_run_on_the_database_itself_is_free_to()
    {
        await PrepareAsync();
        var before = await OutsideAsync();
        Migration("001_way", InMigrations.First().Sql);

        await ApplyAsync();

        Assert.NotEqual(before, await OutsideAsync());
    }

    private static bool IsNamed(OutsideWay way, string? message, string file) =>
        message is not null
        && message.Contains($"{file}:{way.Line}", StringComparison.Ordinal)
        && message.Contains(way.Says, StringComparison.Ordinal);

    /// <summary>Writes the file's size and hash into its manifest, as whoever can write the folder can.</summary>
    private static async Task SignAsync(string path)
    {
        var manifest = path + ".manifest.json";
        var json = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!.AsObject();
        var bytes = await File.ReadAllBytesAsync(path);
        (json["size"], json["sha256"]) = (bytes.Length, Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant());
        json.Remove("proof");
        await File.WriteAllTextAsync(manifest, json.ToJsonString());
    }
}
