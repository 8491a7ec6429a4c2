using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>Makes SQLite files that are thrown away.</summary>
internal sealed class SqliteScratch : IScratchProvider
{
    /// <inheritdoc/>
    public Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
}
