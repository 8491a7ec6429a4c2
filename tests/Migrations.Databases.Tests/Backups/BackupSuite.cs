using Migrations.Backup;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>What the suites about backups share: a folder for them, and short words for what is done.</summary>
public abstract class BackupSuite(DatabaseKind kind) : Conformance(kind), IDisposable
{
    private readonly TemporaryFolder _backups = new();

    protected override bool NeedsCopies => true;

    protected string Backups => _backups.Path;

    protected BackupCatalogue Catalogue => new([Kind.Driver]);

    protected BackupManager Manager => new(Kind.Driver, Target(), Options);

    protected BackupOptions Options =>
        new()
        {
            Session = new SessionOptions { Events = Events, LockTimeout = TimeSpan.FromSeconds(30) },
        };

    public void Dispose()
    {
        _backups.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string BackupFile(string name) => _backups[name];

    protected Task<DatabaseBackup> BackUpAsync(
        Func<BackupRequest, BackupRequest>? change = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = new BackupRequest { Folder = Backups };
        return Manager.BackUpAsync(change is null ? request : change(request), cancellationToken);
    }

    protected Task<BackupVerification> VerifyAsync(
        DatabaseBackup backup,
        bool full = false,
        CancellationToken cancellationToken = default
    ) => new BackupVerifier(Kind.Driver, Options).VerifyAsync(backup, Target(), full, cancellationToken);

    protected Task<RestoreResult> RestoreAsync(DatabaseBackup backup, RestoreRequest? request = null) =>
        Manager.RestoreAsync(backup, request);

    /// <summary>A database with three tables and their history, and rows in one of them.</summary>
    protected async Task FillAsync()
    {
        ThreeTables();
        await ApplyAsync();
    }

    /// <summary>The schema's fingerprint and every table's rows and digest, read past the backup's own code.</summary>
    protected async Task<(string Fingerprint, string Content)> StateAsync()
    {
        await using var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions(), CancellationToken.None);
        var schema = await session.Inspector.ReadSchemaAsync(CancellationToken.None);
        var content = await session.Inspector.ReadContentAsync(digests: true, CancellationToken.None);
        return (schema.Fingerprint, string.Join('\n', content.Select(t => $"{t.Table} {t.Rows} {t.Digest}")));
    }

    /// <summary>The names of what is in the folder of backups.</summary>
    protected string[] Listing() =>
        [.. Directory.EnumerateFileSystemEntries(Backups).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    protected static CheckStatus StatusOf(BackupVerification verification, string check) =>
        verification.Checks.Single(c => c.Category == CheckCategory.Backup && c.Name == check).Status;

    /// <summary>Everything that is not Pass, for messages of failed assertions.</summary>
    protected static string Open(BackupVerification verification) =>
        string.Join(
            '\n',
            verification.Checks.Where(c => c.Status != CheckStatus.Pass).Select(c => $"{c.Status} {c.Category}/{c.Name}: {c.Message}")
        );
}
