using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>Creates database files, with their folders.</summary>
internal sealed class SqliteCreator : IDatabaseCreator
{
    /// <inheritdoc/>
    public bool IsImplicit => true;

    /// <inheritdoc/>
    public Task<bool> CreateAsync(
        DatabaseTarget target,
        SessionOptions options,
        DatabaseCreation creation,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(creation);
        if (creation.IsSpecific)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A SQLite database is a file: it has no owner, encoding or template that could be chosen.",
                $"Leave out {CallOption.Owner}, {CallOption.Encoding} and {CallOption.Template}."
            );
        var path = SqliteTarget.PathOf(target);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // An empty file is an empty database, and only one of several can be the first to create it.
            new FileStream(path, FileMode.CreateNew, FileAccess.Write).Dispose();
            return Task.FromResult(true);
        }
        catch (IOException) when (File.Exists(path))
        {
            return Task.FromResult(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"The database '{target.Display}' cannot be created: {e.Message}",
                $"Let this user write in the folder, or correct {CallOption.Database}.",
                e
            );
        }
    }
}
