namespace Migrations.PostgreSql;

/// <summary>
/// A server that repeats what another one does, and can only be read
/// (<see href="https://www.postgresql.org/docs/current/hot-standby.html"/>).
/// </summary>
internal static class Standby
{
    /// <summary>Whether a session's server is one. Servers since 14 report it by themselves; an older one, or a pooler, is asked.</summary>
    public static async Task<bool> IsAsync(PostgreSqlConnection connection, CancellationToken cancellationToken) =>
        connection.Npgsql.PostgresParameters.TryGetValue("in_hot_standby", out var reported)
            ? string.Equals(reported, "on", StringComparison.Ordinal)
            : await connection.AnyAsync("SELECT 1 WHERE pg_catalog.pg_is_in_recovery()", cancellationToken).ConfigureAwait(false);

    /// <summary>Refuses to change anything there, before it is begun.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DatabaseReadOnly"/>.</exception>
    public static async Task RefuseAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        if (await IsAsync(connection, cancellationToken).ConfigureAwait(false))
            throw new MigrationException(
                ErrorId.DatabaseReadOnly,
                $"The server of {connection.Target.Display} is a standby, which can only be read. Nothing was changed.",
                "Connect to the primary server; or name all of them, and target_session_attrs=primary: "
                    + "postgres://user@host1,host2/database?target_session_attrs=primary."
            );
    }
}
