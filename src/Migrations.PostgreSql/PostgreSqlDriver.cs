using System.Net;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Migrates PostgreSQL databases.</summary>
public sealed class PostgreSqlDriver : IDatabaseDriver
{
    /// <inheritdoc/>
    public string Engine => PostgreSqlTarget.Engine;

    /// <inheritdoc/>
    public ISqlDialect Dialect { get; } = new PostgreSqlDialect();

    /// <inheritdoc/>
    public DatabaseTarget? Parse(string text, string baseFolder)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(baseFolder);
        return PostgreSqlTarget.Parse(text, baseFolder);
    }

    /// <inheritdoc/>
    public DatabaseTarget WithCredential(DatabaseTarget target, NetworkCredential credential)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(credential);
        return PostgreSqlTarget.WithCredential(target, credential);
    }

    /// <inheritdoc/>
    public async Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        return await PostgreSqlSession.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
    }
}
