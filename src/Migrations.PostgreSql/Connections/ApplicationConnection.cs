using System.Data.Common;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What a connection of an application says of its database.</summary>
internal static class ApplicationConnection
{
    /// <summary>
    /// The database; null for a connection of another provider. With the password as it is now, for PostgreSQL's own programs, which make
    /// backups.
    /// </summary>
    public static DatabaseTarget? TargetOf(Func<DbConnection> connect)
    {
        using var given = connect();
        if (given is not NpgsqlConnection connection)
            return null;
        using var known = connection.CloneWith(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString) { PersistSecurityInfo = true }.ConnectionString
        );
        return PostgreSqlTarget.Parse(known.ConnectionString, Environment.CurrentDirectory);
    }
}
