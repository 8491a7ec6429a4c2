using Migrations.Backup;
using Migrations.Sql;

namespace Migrations.Databases.Tests.Backups;

/// <summary>What only files can go through: damage of the source, and a writer that never pauses.</summary>
public sealed class SqliteBackupFileTests() : BackupSuite(DatabaseKind.Sqlite)
{
    [Fact]
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

    [Fact]
    public async Task A_copy_beside_a_writer_at_full_speed_equals_a_committed_state()
    {
        await FillAsync();
        // Each commit keeps the sum of both accounts.
        await Database.ExecuteAsync(
            Kind.ManyRows("big", 100_000)
                + "; CREATE TABLE account (id integer PRIMARY KEY, amount integer); INSERT INTO account VALUES (1, 1000), (2, 0);"
        );
        foreach (var mode in new[] { "WAL", "DELETE" })
        {
            await Database.ScalarAsync("PRAGMA journal_mode=" + mode);
            using var stop = new CancellationTokenSource();
            var commits = 0;
            var writer = Task.Run(async () =>
            {
                await using var connection = await Database.ConnectAsync();
                await using var command = connection.CreateCommand();
                command.CommandText =
                    "PRAGMA busy_timeout=30000; BEGIN IMMEDIATE; UPDATE account SET amount = amount - 1 WHERE id = 1; UPDATE "
                    + "account SET amount = amount + 1 WHERE id = 2; INSERT INTO c VALUES (NULL); COMMIT;";
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
                await Database.ScalarAsync("SELECT amount FROM account WHERE id = 2"),
                await Database.ScalarAsync("SELECT count(*) FROM c")
            );
        }
    }

    [Fact]
    public async Task States_that_restores_kept_are_described_listed_last_and_have_a_rule_of_their_own()
    {
        await FillAsync();
        var backup = (await VerifyAsync(await BackUpAsync())).Backup;
        for (var i = 0; i < 3; i++)
            await RestoreAsync(backup, new RestoreRequest { KeepLabel = i == 0 ? "failed" : "before_restore" });
        var listed = await Catalogue.ReadAsync(Backups);
        Assert.Equal(backup.Path, listed[0].Path);
        Assert.Equal([null, "before_restore", "before_restore", "failed"], listed.Select(b => b.Kept));
        Assert.All(listed, b => Assert.Equal((Target().Display, "003", null), (b.Database, b.MigrationVersion, b.Problem)));
        Assert.Equal(backup.Path, (await Catalogue.FindLatestAsync(Backups, Target())).Path);
        Assert.True((await VerifyAsync(listed[1])).Proven);

        bool[] Kept(RetentionPolicy policy) => [.. BackupRetention.Decide(listed, policy, DateTimeOffset.UtcNow).Select(d => d.Keep)];
        Assert.Equal([true, true, true, true], Kept(new RetentionPolicy { KeepLast = 1 }));
        Assert.Equal([true, true, false, false], Kept(new RetentionPolicy { KeepStates = 1 }));
    }

    [Theory]
    [InlineData(ErrorId.DatabaseReadOnly)]
    [InlineData(ErrorId.StatementFailed)]
    public async Task What_keeps_a_proof_from_being_made_takes_nothing_from_the_backup(ErrorId why)
    {
        await FillAsync();
        var backup = await BackUpAsync();
        var proof = await new BackupVerifier(new DriverWithoutScratch(Kind.Driver, why), Options).VerifyAsync(backup, Target());
        Assert.False(proof.Proven);
        Assert.Equal(CheckStatus.NotRun, StatusOf(proof, "restore"));
        var error = Assert.Throws<MigrationException>(proof.ThrowIfUnproven);
        Assert.Equal(ErrorId.BackupUnproven, error.Id);
        Assert.Contains(backup.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("There is no place for it.", error.Message, StringComparison.Ordinal);
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

    /// <summary>A driver that has no place for scratch databases.</summary>
    private sealed class DriverWithoutScratch(IDatabaseDriver driver, ErrorId why) : IDatabaseDriver, IScratchProvider
    {
        public string Engine => driver.Engine;

        public ISqlDialect Dialect => driver.Dialect;

        public ILintRules Rules => driver.Rules;

        public IChangeWriter Changes => driver.Changes;

        public IBackupProvider Backups => driver.Backups;

        public IDatabaseCreator Creator => driver.Creator;

        public IScratchProvider Scratch => this;

        public DatabaseTarget? Parse(string text, string baseFolder) => driver.Parse(text, baseFolder);

        public Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
            driver.OpenAsync(target, options, cancellationToken);

        public Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken) =>
            throw new MigrationException(why, "There is no place for it.", "Make one.");

        public Task<IReadOnlyList<string>> FindLeftoversAsync(
            DatabaseTarget origin,
            SessionOptions options,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<string>>([]);
    }
}
