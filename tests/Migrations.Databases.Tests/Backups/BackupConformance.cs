using Migrations.Backup;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>The whole circle: back up, prove, break, restore, and be as before.</summary>
public abstract class BackupConformance(DatabaseKind kind) : BackupSuite(kind)
{
    [Fact]
    public async Task Backs_up_proves_breaks_restores_and_is_as_before()
    {
        await FillAsync();
        var before = await StateAsync();
        var backup = await BackUpAsync(r => r with { Digests = true });
        Assert.False(backup.Proven);
        var proof = await VerifyAsync(backup, full: true);
        Assert.True(proof.Proven, Open(proof));

        await Database.ExecuteAsync("DROP TABLE a; DELETE FROM b WHERE id = 2; CREATE TABLE wrong (id integer);");
        var broken = await StateAsync();
        Assert.NotEqual(before, broken);
        var result = await RestoreAsync(proof.Backup);

        Assert.Equal(before, await StateAsync());
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal("003", result.MigrationVersion);
        Assert.NotNull(result.Kept);
        Assert.NotEmpty(result.How);
        Assert.All(result.Checks, c => Assert.NotEqual(CheckStatus.Fail, c.Status));
        await UndoAsync(new UndoRequest { All = true });
        Assert.Equal("", await TablesAsync());
    }

    [Theory]
    [InlineData(BackupFormat.Native, false)]
    [InlineData(BackupFormat.Native, true)]
    [InlineData(BackupFormat.Sql, false)]
    [InlineData(BackupFormat.Sql, true)]
    public async Task Every_format_comes_back(BackupFormat format, bool compress)
    {
        await FillAsync();
        var before = await StateAsync();
        var backup = await BackUpAsync(r => r with { Format = format, Compress = compress, Digests = true });
        Assert.Equal(format, backup.Format);
        Assert.Equal(compress, backup.Path.EndsWith(".gz", StringComparison.Ordinal));
        var proof = await VerifyAsync(backup, full: true);
        Assert.True(proof.Proven, Open(proof));
        await Database.ExecuteAsync("DROP TABLE b;");
        await RestoreAsync(proof.Backup);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task The_manifest_says_what_is_in_it_and_no_secret()
    {
        await FillAsync();
        var (fingerprint, _) = await StateAsync();
        var backup = await BackUpAsync();
        var manifest = backup.Manifest!;
        Assert.Equal(Target().Display, backup.Database);
        Assert.Equal(Kind.Driver.Engine, backup.Engine);
        Assert.Equal(fingerprint, backup.SchemaFingerprint);
        Assert.Equal("003", backup.MigrationVersion);
        Assert.Equal("003_c", backup.LastMigration);
        Assert.Equal(3, manifest.Tables.Single(t => t.Table.EndsWith('b')).Rows);
        Assert.Contains(manifest.Tables, t => t.Table.EndsWith("migration_journal", StringComparison.Ordinal) && t.Rows == 3);
        Assert.Equal(new FileInfo(backup.Path).Length, backup.Size);
        Assert.Equal(
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(backup.Path))).ToLowerInvariant(),
            backup.Sha256
        );
        Assert.Null(manifest.Proof);
        Assert.Matches(@"_\d{8}_\d{6}\.[a-z]+$", backup.Path);
        Assert.Equal(2, Listing().Length);
        var text = await File.ReadAllTextAsync(backup.Path + ".manifest.json");
        Assert.All(Database.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var name in Listing())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile(name)));
        }
    }

    [Fact]
    public async Task The_proof_is_written_with_every_question()
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        Assert.True(proof.Proven, Open(proof));
        Assert.Equal(CheckStatus.NotRun, StatusOf(proof, "digests"));
        var found = await Catalogue.FindAsync(proof.Path);
        Assert.True(found.Proven);
        var written = found.Manifest!.Proof!;
        Assert.Equal(Environment.MachineName, written.Host);
        Assert.Equal(found.Sha256, written.Sha256);
        Assert.Contains("restored into a scratch database", written.How, StringComparison.Ordinal);
        Assert.Equal(proof.Checks.Select(c => (c.Name, c.Status)), written.Questions.Select(q => (q.Name, q.Status)));
        Assert.Contains(written.Questions, q => q is { Name: "digests", Status: CheckStatus.NotRun });
        Assert.Contains(Events.Of<WorkAdvanced>(), e => e.Activity.Contains("Restoring", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_backup_in_the_same_second_gets_another_name_and_two_at_once_work()
    {
        await FillAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => BackUpAsync()));
        Assert.Equal(4, made.Select(b => b.Path).Distinct().Count());
        Assert.Equal(8, Listing().Length);
        Assert.All(await Catalogue.ReadAsync(Backups), b => Assert.Null(b.Problem));
        var proof = await VerifyAsync(made[3]);
        Assert.True(proof.Proven, Open(proof));
    }

    [Fact]
    public async Task The_catalogue_lists_newest_first_and_names_what_is_odd()
    {
        await FillAsync();
        var first = await BackUpAsync();
        var second = await BackUpAsync();
        File.Copy(first.Path, BackupFile("stray" + Path.GetExtension(first.Path)));
        await File.WriteAllTextAsync(BackupFile("README.md"), "not a backup");
        await File.WriteAllTextAsync(second.Path + ".manifest.json", "{ damaged");
        var listed = await Catalogue.ReadAsync(Backups);
        Assert.Equal(3, listed.Count);
        Assert.Equal(listed.OrderByDescending(b => b.CreatedAt).Select(b => b.Path), listed.Select(b => b.Path));
        Assert.Null(listed.Single(b => b.Path == first.Path).Problem);
        Assert.Contains("damaged", listed.Single(b => b.Path == second.Path).Problem, StringComparison.Ordinal);
        var stray = listed.Single(b => b.Path.Contains("stray", StringComparison.Ordinal));
        Assert.Equal("It has no manifest.", stray.Problem);
        Assert.Equal(Kind.Driver.Engine, stray.Engine);
        Assert.DoesNotContain(listed, b => b.Proven);
    }

    [Fact]
    public async Task Latest_is_the_newest_of_that_database_with_nothing_wrong()
    {
        await FillAsync();
        var first = await BackUpAsync();
        var second = await BackUpAsync();
        Assert.Equal(second.Path, (await Catalogue.FindLatestAsync(Backups, Target())).Path);
        File.Delete(second.Path);
        Assert.Equal(first.Path, (await Catalogue.FindLatestAsync(Backups, Target())).Path);
        File.Delete(first.Path);
        await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindLatestAsync(Backups, Target()));
        await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindAsync(first.Path));
        await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindAsync(BackupFile("never")));
    }

    [Fact]
    public async Task Latest_never_takes_the_backup_of_another_database()
    {
        await FillAsync();
        var backup = await BackUpAsync();
        var other = Kind.Driver.Parse(Database.Address + "_other", Folder)!;
        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindLatestAsync(Backups, other));
        Assert.Contains(backup.Database, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"migrations restore \"{backup.Path}\" --database \"{other.Display}\"",
            error.NextStep.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Latest_comes_from_this_machine_and_says_what_was_passed_over()
    {
        await FillAsync();
        var here = await BackUpAsync();
        var there = await BackUpAsync();
        await MoveAsync(there, "another.example");
        var odd = await BackUpAsync();
        await File.AppendAllTextAsync(odd.Path, "x");
        var events = new RecordingEventSink();
        Assert.Equal(here.Path, (await Catalogue.FindLatestAsync(Backups, Target(), events)).Path);
        Assert.Contains(odd.Path, Assert.Single(events.Events.OfType<WarningRaised>()).Message.ToString(), StringComparison.Ordinal);

        File.Delete(here.Path);
        events = new RecordingEventSink();
        Assert.Equal(there.Path, (await Catalogue.FindLatestAsync(Backups, Target(), events)).Path);
        Assert.Contains(
            events.Events.OfType<WarningRaised>(),
            w => w.Message.ToString().Contains("another.example", StringComparison.Ordinal)
        );

        File.Delete(there.Path);
        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindLatestAsync(Backups, Target()));
        Assert.Contains("no usable backup", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{odd.Path}': It has", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_dated_in_the_future_counts_for_nothing()
    {
        await FillAsync();
        var late = (await VerifyAsync(await BackUpAsync())).Backup;
        var now = DateTimeOffset.UtcNow;
        await DateAsync(late, now.AddDays(400));
        var odd = await Catalogue.FindAsync(late.Path);
        Assert.Contains("future", odd.Problem, StringComparison.Ordinal);
        Assert.False(odd.Proven);
        await ThrowsAsync<MigrationException>(ErrorId.BackupMissing, () => Catalogue.FindLatestAsync(Backups, Target()));
        var age = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Backup], BackupFolder = Backups })).Single();
        Assert.Equal(CheckStatus.Fail, age.Status);
        Assert.Contains("future", age.Message, StringComparison.Ordinal);

        var sound = (await VerifyAsync(await BackUpAsync())).Backup;
        Assert.Equal([sound.Path, late.Path], (await Catalogue.ReadAsync(Backups)).Select(b => b.Path));
        Assert.Equal(sound.Path, (await Catalogue.FindLatestAsync(Backups, Target())).Path);
        Assert.Equal(
            CheckStatus.Pass,
            (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Backup], BackupFolder = Backups })).Single().Status
        );
        Assert.All(
            BackupRetention.Decide(await Catalogue.ReadAsync(Backups), new RetentionPolicy { KeepLast = 1 }, now),
            d => Assert.True(d.Keep, d.Reason)
        );

        // Clocks differ by minutes.
        await DateAsync(late, now.AddMinutes(3));
        Assert.Null((await Catalogue.FindAsync(late.Path)).Problem);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public async Task A_manifest_is_of_the_file_beside_it_and_of_no_other(string file)
    {
        await FillAsync();
        var backup = await BackUpAsync();
        var path = backup.Path + ".manifest.json";
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(path)).Replace(
                $"\"file\": \"{Path.GetFileName(backup.Path)}\"",
                $"\"file\": \"{file}\", \"globals\": \"{Path.GetFileName(backup.Path)}\""
            )
        );
        var found = await Catalogue.FindAsync(backup.Path);
        Assert.NotNull(found.Problem);
        Assert.Equal(backup.Path + ".globals.sql", found.Globals);
        Assert.False((await VerifyAsync(found)).Proven);
    }

    private static async Task MoveAsync(DatabaseBackup backup, string host)
    {
        var path = backup.Path + ".manifest.json";
        var text = await File.ReadAllTextAsync(path);
        var made = $"\"host\": \"{Environment.MachineName}\"";
        Assert.Contains(made, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(made, $"\"host\": \"{host}\"", StringComparison.Ordinal));
    }

    private static async Task DateAsync(DatabaseBackup backup, DateTimeOffset at)
    {
        var path = backup.Path + ".manifest.json";
        var text = await File.ReadAllTextAsync(path);
        var begin = text.IndexOf("\"createdAt\": \"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            path,
            $"{text[..begin]}\"createdAt\": \"{at:O}{text[text.IndexOf("\",", begin, StringComparison.Ordinal)..]}"
        );
    }

    [Fact]
    public async Task An_empty_database_has_a_backup_too()
    {
        await Database.ExecuteAsync("CREATE TABLE x (id integer); DROP TABLE x;");
        var proof = await VerifyAsync(await BackUpAsync());
        Assert.True(proof.Proven, Open(proof));
        Assert.Null(proof.Backup.MigrationVersion);
    }

    [Fact]
    public async Task What_was_not_counted_is_never_proven()
    {
        await FillAsync();
        var backup = await BackUpAsync(r => r with { CountRows = false });
        var proof = await VerifyAsync(backup);
        Assert.False(proof.Proven);
        Assert.Equal(CheckStatus.Pass, StatusOf(proof, "restore"));
        Assert.Equal(CheckStatus.NotRun, StatusOf(proof, "rows"));
        Assert.False((await Catalogue.FindAsync(backup.Path)).Proven);
        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupUnproven, () => Task.Run(proof.ThrowIfUnproven));
        Assert.Contains("rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_could_not_be_asked_takes_nothing_from_a_proof_that_stands()
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        var again = await VerifyAsync(proof.Backup, full: true);
        Assert.False(again.Proven);
        Assert.Equal(CheckStatus.NotRun, StatusOf(again, "digests"));
        Assert.True((await Catalogue.FindAsync(proof.Path)).Proven);
    }
}

public sealed class SqliteBackupTests() : BackupConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlBackupTests() : BackupConformance(DatabaseKind.PostgreSql);
