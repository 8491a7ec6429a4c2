using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

/// <summary>A backup in which one byte is another.</summary>
public sealed class FlippedByteTests : IDisposable
{
    private const int Places = 200;

    private readonly TestFolder _folder = new();

    private string Loaded => Path.Combine(_folder.Path, "loaded.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_is_found_or_changes_nothing_that_can_be_asked()
    {
        TestSql.Run(
            _folder.Database,
            "PRAGMA page_size=1024;"
                + TestBackup.Everything
                + "; WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO posts SELECT i + 100, 1, "
                + "'post number ' || i FROM n; VACUUM;"
        );
        var backup = Path.Combine(_folder.Path, "backup.db");
        var content = await TestBackup.BackUpAsync(_folder.Database, backup);
        var bytes = File.ReadAllBytes(backup);
        var random = new Random(20251121);
        var found = 0;
        for (var i = 0; i < Places; i++)
        {
            var place = random.Next(bytes.Length);
            bytes[place] ^= 0xFF;
            File.WriteAllBytes(backup, bytes);
            File.Delete(Loaded);
            if (await FindAsync(backup, content.Tables, content.SchemaFingerprint))
                found++;
            else
                Assert.Equal(content.Tables, await TestBackup.ContentAsync(Loaded));
            bytes[place] ^= 0xFF;
        }

        // The rest is free space, which means nothing.
        Assert.InRange(found, Places / 2, Places);
    }

    private async Task<bool> FindAsync(string backup, IReadOnlyList<TableContent> tables, string fingerprint)
    {
        try
        {
            await TestBackup.LoadAsync(backup, Loaded);
            await using var session = await new SqliteDriver().OpenAsync(TestBackup.Target(Loaded), new SessionOptions(), default);
            if ((await session.Inspector.CheckEngineAsync(thorough: true, default)).Any(r => r.Status is CheckStatus.Fail))
                return true;
            return !tables.SequenceEqual(await session.Inspector.ReadContentAsync(digests: true, default))
                || fingerprint != (await session.Inspector.ReadSchemaAsync(default)).Fingerprint;
        }
        catch (MigrationException e)
            when (e.Id is ErrorId.BackupInvalid or ErrorId.DatabaseInvalid or ErrorId.StatementFailed or ErrorId.DiskFailed)
        {
            return true;
        }
    }
}
