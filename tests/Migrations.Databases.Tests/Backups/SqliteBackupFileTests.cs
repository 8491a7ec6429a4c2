using Migrations.Backup;

namespace Migrations.Databases.Tests.Backups;

/// <summary>What only files can go through: damage of the source, and a writer that never pauses.</summary>
public sealed class SqliteBackupFileTests() : BackupSuite(DatabaseKind.Sqlite)
{
    [SkippableFact]
    public async Task Damage_of_the_source_is_found_or_provably_harmless()
    {
        await FillAsync();
        await Database.ExecuteAsync(Kind.ManyRows("big", 2000) + "; CREATE INDEX big_t ON big (t);");
        var good = await File.ReadAllBytesAsync(Target().Display);
        var expected = await StateAsync();
        var random = new Random(20250301);
        var found = 0;
        for (var i = 0; i < 200; i++)
        {
            var bad = (byte[])good.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(Target().Display, bad);
            if (await IsProvenAsync())
                await HarmlessAsync(expected);
            else
                found++;
        }

        Assert.InRange(found, 1, 200);
    }

    [SkippableFact]
    public async Task A_copy_beside_a_writer_at_full_speed_equals_a_committed_state()
    {
        await FillAsync();
        // Each commit keeps the sum of both accounts.
        await Database.ExecuteAsync(Kind.ManyRows("big", 100_000) + "; CREATE TABLE account (id integer PRIMARY KEY, amount integer); INSERT INTO account VALUES (1, 1000), (2, 0);");
        foreach (var mode in new[] { "WAL", "DELETE" })
        {
            await Database.ScalarAsync("PRAGMA journal_mode=" + mode);
            using var stop = new CancellationTokenSource();
            var commits = 0;
            var writer = Task.Run(async () =>
            {
                await using var connection = await Database.ConnectAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA busy_timeout=30000; BEGIN IMMEDIATE; UPDATE account SET amount = amount - 1 WHERE id = 1; UPDATE account SET amount = amount + 1 WHERE id = 2; INSERT INTO c VALUES (NULL); COMMIT;";
                for (; !stop.IsCancellationRequested; commits++)
                    await command.ExecuteNonQueryAsync();
            });
            while (Volatile.Read(ref commits) < 5)
                await Task.Delay(10);
            var backup = await BackUpAsync();
            await stop.CancelAsync();
            await writer;

            var proof = await VerifyAsync(backup);
            Assert.True(proof.Proven, Open(proof));
            await RestoreAsync(proof.Backup);
            Assert.Equal("1000", await Database.ScalarAsync("SELECT sum(amount) FROM account"));
            Assert.Equal(
                await Database.ScalarAsync("SELECT amount FROM account WHERE id = 2"), await Database.ScalarAsync("SELECT count(*) FROM c"));
        }
    }

    private async Task<bool> IsProvenAsync()
    {
        DatabaseBackup backup;
        try
        {
            backup = await BackUpAsync(r => r with { Digests = true });
        }
        catch (MigrationException)
        {
            return false;
        }

        var proven = (await VerifyAsync(backup, full: true)).Proven;
        BackupCatalogue.Remove(backup);
        return proven;
    }

    // What a changed bit of a value says is what the database says now: the backup is a faithful copy of it.
    private async Task HarmlessAsync((string Fingerprint, string Content) expected)
    {
        var now = await StateAsync();
        if (now == expected)
            return;
        Assert.Equal("ok", await Database.ScalarAsync("PRAGMA integrity_check"));
    }
}
