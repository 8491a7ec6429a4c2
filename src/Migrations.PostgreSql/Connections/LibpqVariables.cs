namespace Migrations.PostgreSql;

/// <summary>
/// What libpq's environment variables say of a connection (<see href="https://www.postgresql.org/docs/current/libpq-envars.html"/>). Those
/// of the password and of the places of TLS files are read by Npgsql.
/// </summary>
internal static class LibpqVariables
{
    private static readonly (string Variable, string Parameter)[] Known =
    [
        ("PGHOST", "host"),
        ("PGHOSTADDR", "hostaddr"),
        ("PGPORT", "port"),
        ("PGUSER", "user"),
        ("PGDATABASE", "dbname"),
        ("PGSERVICE", "service"),
        ("PGSSLMODE", "sslmode"),
        ("PGCONNECT_TIMEOUT", "connect_timeout"),
        ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: one has no valid value; it is named.</exception>
    public static ConnectionParameters Read()
    {
        var parameters = new ConnectionParameters("PGHOSTADDR", baseFolder: "");
        foreach (var (variable, parameter) in Known)
        {
            if (Of(variable) is { } value)
                parameters.Set(parameter, value, variable);
        }

        return parameters;
    }

    /// <summary>One of them; null when it is not set.</summary>
    public static string? Of(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
