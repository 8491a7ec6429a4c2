using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Makes PostgreSQL databases that are thrown away.</summary>
internal sealed class PostgreSqlScratch : IScratchProvider
{
    /// <inheritdoc/>
    public Task<IScratchDatabase> CreateAsync(ScratchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindLeftoversAsync(DatabaseTarget origin, SessionOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
}
