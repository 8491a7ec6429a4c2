using Migrations.Backup;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.Sqlite;

/// <summary>Makes SQLite files that are thrown away, each in a folder of its own that only its owner may enter.</summary>
internal sealed class SqliteScratch : IScratchProvider
{
    private const string Prefix = "migrations-scratch-";

    /// <inheritdoc/>
    public async Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken)
    {
        var folder = CreateFolder();
        var name = request.Origin is { } origin && !SqliteTarget.IsMemory(origin) ? origin.Database : "scratch.db";
        var scratch = new SqliteScratchDatabase(
            SqliteTarget.Scratch(Path.Combine(folder.Path, name), name),
            folder,
            request.Session.Events
        );
        try
        {
            if (request is { Origin: not null, Content: not ScratchContent.Empty })
                await SqliteScratchFiller.FillAsync(request.Origin, scratch.Target, request, cancellationToken).ConfigureAwait(false);
            return scratch;
        }
        catch
        {
            await scratch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLeftoversAsync(
        DatabaseTarget origin,
        SessionOptions options,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyList<string>>([.. OwnedFolder.FindLeftovers(Prefix), .. FindCopies(origin)]);

    // Who holds the lock may be copying.
    private static IEnumerable<string> FindCopies(DatabaseTarget origin) =>
        SqliteTarget.IsMemory(origin) || SqliteLock.FindHolder(origin) is not null
            ? []
            : SqliteNewFile.FindLeftovers(RealPath.Of(SqliteTarget.PathOf(origin)));

    private static OwnedFolder CreateFolder()
    {
        try
        {
            return OwnedFolder.Create(Prefix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.ScratchUnavailable,
                $"Cannot create a scratch database: the folder for temporary files cannot be written: {e.Message}",
                OperatingSystem.IsWindows()
                    ? "Set TMP to a folder that you may write, and run the command again."
                    : "Set TMPDIR to a folder that you may write, and run the command again.",
                e
            );
        }
    }
}
