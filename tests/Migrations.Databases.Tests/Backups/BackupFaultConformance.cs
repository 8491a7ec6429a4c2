using Migrations.Backup;
using Migrations.Events;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>Bad input and faults: nothing half is left under a final name, and nothing is proven that was not restored.</summary>
public abstract class BackupFaultConformance(DatabaseKind kind) : BackupSuite(kind)
{
    [Fact]
    public async Task A_folder_that_is_not_there_is_not_made()
    {
        await FillAsync();
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.BackupFolderInvalid,
            () => BackUpAsync(r => r with { Folder = BackupFile("missing") })
        );
        Assert.Contains(BackupFile("missing"), error.Message, StringComparison.Ordinal);
        Assert.Empty(Listing());
        await ThrowsAsync<MigrationException>(ErrorId.BackupFolderInvalid, () => Catalogue.ReadAsync(BackupFile("missing")));
    }

    [Fact]
    public async Task A_file_is_no_folder()
    {
        await FillAsync();
        await File.WriteAllTextAsync(BackupFile("file"), "");
        await ThrowsAsync<MigrationException>(ErrorId.BackupFolderInvalid, () => BackUpAsync(r => r with { Folder = BackupFile("file") }));
    }

    [Fact]
    public async Task A_missing_database_leaves_nothing()
    {
        var missing = Kind.Driver.Parse(Database.Address + "_missing", Folder)!;
        await ThrowsAsync<MigrationException>(
            ErrorId.DatabaseMissing,
            () => new BackupManager(Kind.Driver, missing, Options).BackUpAsync(new BackupRequest { Folder = Backups })
        );
        Assert.Empty(Listing());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(3000)]
    public async Task A_file_that_was_cut_off_is_found_and_never_restored(int missing)
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        using (var file = File.OpenWrite(proof.Path))
            file.SetLength(file.Length - missing);
        await RefusedAsync(await Catalogue.FindAsync(proof.Path), "bytes");
    }

    [Fact]
    public async Task A_manifest_of_another_backup_is_found()
    {
        await FillAsync();
        var first = await BackUpAsync();
        await Database.ExecuteAsync("INSERT INTO b VALUES (4);");
        var second = await BackUpAsync();
        File.Copy(first.Path + ".manifest.json", second.Path + ".manifest.json", overwrite: true);
        var found = await Catalogue.FindAsync(second.Path);
        Assert.NotNull(found.Problem);
        await RefusedAsync(found, "manifest");
    }

    [Fact]
    public async Task A_proof_of_other_bytes_is_no_proof()
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        var path = proof.Path + ".manifest.json";
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(proof.Backup.Sha256!, new string('0', 64)));
        // Both places say the same now, and the file says otherwise.
        await RefusedAsync(await Catalogue.FindAsync(proof.Path), "SHA-256");
    }

    [Theory]
    [InlineData("\"rows\": 3", "\"rows\": 4", "rows")]
    [InlineData("\"schemaFingerprint\": \"", "\"schemaFingerprint\": \"0", "schema")]
    public async Task A_manifest_that_tells_of_another_content_is_found(string said, string instead, string check)
    {
        await FillAsync();
        var backup = await BackUpAsync();
        var path = backup.Path + ".manifest.json";
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(said, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(said, instead));
        var verification = await VerifyAsync(await Catalogue.FindAsync(backup.Path));
        Assert.Equal(CheckStatus.Fail, StatusOf(verification, check));
        Assert.False(verification.Proven);
        Assert.False((await Catalogue.FindAsync(backup.Path)).Proven);
    }

    [Fact]
    public async Task What_is_restored_and_is_not_what_the_manifest_says_is_an_error_that_names_the_state_before()
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        var path = proof.Path + ".manifest.json";
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"rows\": 3", "\"rows\": 4"));
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.RestoreUnproven,
            async () => await RestoreAsync(await Catalogue.FindAsync(proof.Path))
        );
        Assert.Contains("has 3 rows, not 4", error.Message, StringComparison.Ordinal);
        // PostgreSQL's is looked at before it takes the other's place.
        Assert.Contains(
            Kind == DatabaseKind.PostgreSql ? "was not changed" : "The state before is kept as '",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_value_that_differs_is_found_by_a_full_verification()
    {
        await FillAsync();
        var backup = await BackUpAsync(r => r with { Digests = true });
        var table = backup.Manifest!.Tables.Single(t => t.Table.EndsWith('b'));
        var path = backup.Path + ".manifest.json";
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(path)).Replace(table.Digest!, new string('a', table.Digest!.Length))
        );
        var verification = await VerifyAsync(await Catalogue.FindAsync(backup.Path), full: true);
        Assert.Equal(CheckStatus.Pass, StatusOf(verification, "rows"));
        Assert.Equal(CheckStatus.Fail, StatusOf(verification, "digests"));
        Assert.False(verification.Proven);
    }

    [Fact]
    public async Task Without_a_manifest_nothing_is_proven_and_a_restore_is_warned_of()
    {
        await FillAsync();
        var before = await StateAsync();
        var backup = await BackUpAsync();
        File.Delete(backup.Path + ".manifest.json");
        var stray = await Catalogue.FindAsync(backup.Path);
        var verification = await VerifyAsync(stray);
        Assert.False(verification.Proven);
        Assert.Equal(CheckStatus.Pass, StatusOf(verification, "restore"));
        Assert.Equal(CheckStatus.NotRun, StatusOf(verification, "file"));
        Assert.False(File.Exists(backup.Path + ".manifest.json"));
        await Database.ExecuteAsync("DROP TABLE a;");
        await RestoreAsync(stray);
        Assert.Equal(before, await StateAsync());
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("manifest", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Making")]
    [InlineData("Compressing")]
    [InlineData("Computing")]
    public async Task A_cancelled_backup_leaves_nothing(string activity)
    {
        await FillAsync();
        using var stop = new CancellationTokenSource();
        Events = new RecordingEventSink
        {
            Published = item =>
            {
                if (item is WorkAdvanced e && e.Activity.StartsWith(activity, StringComparison.Ordinal))
                    stop.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackUpAsync(r => r with { Compress = true }, stop.Token));
        Assert.Empty(Listing());
    }

    [Fact]
    public async Task A_cancelled_verification_leaves_the_manifest_as_it_was()
    {
        await FillAsync();
        var backup = await BackUpAsync();
        var manifest = await File.ReadAllTextAsync(backup.Path + ".manifest.json");
        using var stop = new CancellationTokenSource();
        Events = new RecordingEventSink
        {
            Published = item =>
            {
                if (item is WorkAdvanced { Activity: var activity } && activity.StartsWith("Restoring", StringComparison.Ordinal))
                    stop.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => VerifyAsync(backup, cancellationToken: stop.Token));
        Assert.Equal(manifest, await File.ReadAllTextAsync(backup.Path + ".manifest.json"));
    }

    [Fact]
    public async Task What_lies_on_a_disk_that_cannot_be_written_is_restored_all_the_same()
    {
        await FillAsync();
        using var disk = SmallDisk.Mount(BackupFile("readonly"), "4m");
        var backup = await BackUpAsync(r => r with { Folder = disk.Path });
        var before = await StateAsync();
        await UndoAsync();
        disk.MakeReadOnly();
        await RestoreAsync(backup, new RestoreRequest { KeepFolder = Backups });
        Assert.Equal(before, await StateAsync());
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("proof", StringComparison.Ordinal));
        await ThrowsAsync<MigrationException>(ErrorId.BackupFolderInvalid, () => VerifyAsync(backup));
    }

    [Fact]
    public async Task A_full_disk_is_named_and_nothing_is_left()
    {
        await FillAsync();
        await Database.ExecuteAsync(Kind.ManyRows("big", 200_000));
        using var disk = SmallDisk.Mount(BackupFile("small"), "1m");
        await ThrowsAsync<MigrationException>(ErrorId.DiskFailed, () => BackUpAsync(r => r with { Folder = disk.Path }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
    }

    [Fact]
    public async Task Damage_anywhere_is_found()
    {
        await FillAsync();
        var proof = await VerifyAsync(await BackUpAsync());
        var good = await File.ReadAllBytesAsync(proof.Path);
        var random = new Random(20250301);
        for (var i = 0; i < 200; i++)
        {
            var bad = (byte[])good.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(proof.Path, bad);
            var verification = await VerifyAsync(await Catalogue.FindAsync(proof.Path));
            Assert.False(verification.Proven);
            Assert.Equal(CheckStatus.Fail, StatusOf(verification, "file"));
        }

        await File.WriteAllBytesAsync(proof.Path, good);
        Assert.True((await VerifyAsync(await Catalogue.FindAsync(proof.Path))).Proven);
    }

    /// <summary>It is not proven, says why, and the database stays as it is.</summary>
    private async Task RefusedAsync(DatabaseBackup backup, string word)
    {
        var before = await StateAsync();
        var verification = await VerifyAsync(backup);
        Assert.False(verification.Proven);
        Assert.Contains(verification.Checks, c => c.Status == CheckStatus.Fail && c.Message.Contains(word, StringComparison.Ordinal));
        Assert.Equal(CheckStatus.NotRun, StatusOf(verification, "restore"));
        Assert.False((await Catalogue.FindAsync(backup.Path)).Proven);
        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupInvalid, () => RestoreAsync(backup));
        Assert.Contains("not changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
    }
}

public sealed class SqliteBackupFaultTests() : BackupFaultConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlBackupFaultTests() : BackupFaultConformance(DatabaseKind.PostgreSql);
