using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>A database that every server has, for work on another that is not there, or that no one may be connected to.</summary>
internal static class OtherDatabase
{
    private const string Usual = "postgres";
    private const string Always = "template1";

    /// <summary>A session on such a database of the same server.</summary>
    /// <exception cref="MigrationException">Not connected.</exception>
    public static async Task<PostgreSqlConnection> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        Lazy<PostgreSqlSources> sources,
        CancellationToken cancellationToken
    )
    {
        var first = string.Equals(target.Database, Usual, StringComparison.Ordinal) ? Always : Usual;
        try
        {
            return await OpenAsync(first).ConfigureAwait(false);
        }
        catch (MigrationException e)
            when (e.Id is ErrorId.DatabaseMissing or ErrorId.PermissionDenied && !string.Equals(first, Always, StringComparison.Ordinal))
        {
            return await OpenAsync(Always).ConfigureAwait(false);
        }

        Task<PostgreSqlConnection> OpenAsync(string name)
        {
            var other = PostgreSqlTarget.WithDatabase(target, name);
            return PostgreSqlConnection.OpenAsync(other, options, new PostgreSqlConnector(other, sources.Value), cancellationToken);
        }
    }
}
