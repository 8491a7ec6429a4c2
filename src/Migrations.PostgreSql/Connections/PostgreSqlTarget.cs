using System.Data.Common;
using System.Globalization;
using System.Net;
using Migrations.Databases;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads a <c>postgres://</c> URL (<see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/>) or an
/// Npgsql connection string. What is not given is taken from libpq's environment variables; the password is left to Npgsql
/// (<c>PGPASSWORD</c>, <c>.pgpass</c>).
/// </summary>
internal static class PostgreSqlTarget
{
    /// <summary>The engine's name.</summary>
    public const string Engine = "PostgreSQL";

    // Two of libpq's parameters that Npgsql does not have.
    private const string ServiceKey = "service";
    private const string ServiceFileKey = "servicefile";

    private static readonly string[] Keys = ["host", "server", "username", "user name", "user id", "userid", "uid", ServiceKey];

    /// <summary>Reads a target; null when the text is neither form.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public static DatabaseTarget? Parse(string text, string baseFolder)
    {
        text = text.Trim();
        var parameters = IsUrl(text) ? PostgreSqlUrl.Parse(text, baseFolder) : ParsePairs(text, baseFolder);
        return parameters is null ? null : Complete(parameters, baseFolder);
    }

    /// <summary>A database that is known by all that it takes: nothing is taken from the environment.</summary>
    public static DatabaseTarget Of(NpgsqlConnectionStringBuilder builder) =>
        new(Engine, Display(builder), builder.Database!, builder.ConnectionString) { Server = Hosts(builder) };

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static ConnectionParameters? ParsePairs(string text, string baseFolder)
    {
        // A key has no colon and no slash: that is a path or an address of another kind.
        if (
            !text.Contains('=', StringComparison.Ordinal)
            || text.AsSpan(0, text.IndexOf('=', StringComparison.Ordinal)).IndexOfAny(':', '/', '\\') >= 0
        )
            return null;
        var pairs = new DbConnectionStringBuilder();
        try
        {
            pairs.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            // The exception is left out: its message repeats parts of the text.
            var first = text.Split('=')[0].Trim();
            return Keys.Contains(first, StringComparer.OrdinalIgnoreCase)
                ? throw ConnectionRefusal.Invalid("the connection string is not of the form Key=Value;Key=Value.")
                : null;
        }

        if (!Keys.Any(pairs.ContainsKey))
            return null;
        var parameters = new ConnectionParameters(source: null, baseFolder);
        var builder = parameters.Builder;
        foreach (string key in pairs.Keys)
        {
            if (key is ServiceKey or ServiceFileKey)
                parameters.TrySet(key, (string)pairs[key]);
            else
                Set(builder, key, (string)pairs[key], text);
        }

        // A value that goes on with another pair: as libpq writes them, they are separated by blanks.
        if (
            new[] { builder.Host, builder.Username, builder.Database, parameters.Service }.Any(v =>
                v is not null && ConnectionText.GoesOn(v)
            )
        )
            throw ConnectionRefusal.Invalid(
                "the pairs are separated by blanks, as libpq writes them; here they are separated by semicolons."
            );
        // Npgsql's list of hosts, each with its port where it has one, is one text here.
        if (!string.IsNullOrEmpty(builder.Host))
            parameters.Hosts = [builder.Host];
        if (builder.ShouldSerialize("Port"))
            parameters.Ports = [builder.Port];
        parameters.HasNpgsqlMode = builder.ShouldSerialize("SSL Mode");
        return parameters;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string key, string value, string text)
    {
        try
        {
            builder[key] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw ConnectionRefusal.Invalid(
                builder.ContainsKey(key)
                    ? $"'{key}' cannot have that value."
                    : $"it has a key that Npgsql does not know{ConnectionRefusal.Named(key, text)}."
            );
        }
    }

    /// <summary>The same target with another user and password.</summary>
    public static DatabaseTarget WithCredential(DatabaseTarget target, NetworkCredential credential) =>
        Of(
            SetUser(
                new NpgsqlConnectionStringBuilder(target.ConnectionString)
                {
                    Username = credential.UserName,
                    Password = credential.Password,
                }
            )
        );

    /// <summary>Another database on the same server.</summary>
    public static DatabaseTarget WithDatabase(DatabaseTarget target, string database) =>
        Of(new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = database });

    /// <summary>A database of our own on a server that is thrown away.</summary>
    /// <param name="server">Any database of the server.</param>
    /// <param name="database">Its name.</param>
    /// <param name="user">Whom to connect as; null for whom the server's database is reached as.</param>
    /// <param name="origin">The database that it stands for, whose schemas come first here too; null for none.</param>
    public static DatabaseTarget Scratch(DatabaseTarget server, string database, string? user = null, DatabaseTarget? origin = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database };
        if (user is not null)
            builder.Username = user;
        if (origin is not null && new NpgsqlConnectionStringBuilder(origin.ConnectionString).SearchPath is { Length: > 0 } path)
            builder.SearchPath = path;
        return new DatabaseTarget(Engine, Display(builder), database, builder.ConnectionString) { IsScratch = true };
    }

    private static DatabaseTarget Complete(ConnectionParameters parameters, string baseFolder)
    {
        var variables = LibpqVariables.Read();
        if ((parameters.Service ?? variables.Service) is { } service)
            parameters.Fill(ServiceFile.Read(service, parameters.ServiceFile, baseFolder));
        parameters.Fill(variables);
        parameters.SetPlace();
        var builder = parameters.Builder;
        builder.Host = Given(builder.Host) ?? "localhost";
        SetUser(builder);
        builder.Database = Given(builder.Database) ?? builder.Username;
        parameters.SetPassword();
        // As in libpq: who names a root certificate wants it used.
        if (
            !parameters.HasNpgsqlMode
            && builder.SslMode == SslMode.Require
            && (Given(builder.RootCertificate) ?? LibpqVariables.Of("PGSSLROOTCERT")) is not null
        )
            builder.SslMode = SslMode.VerifyCA;
        HostChoice.Check(builder);
        return Of(builder);
    }

    private static NpgsqlConnectionStringBuilder SetUser(NpgsqlConnectionStringBuilder builder)
    {
        builder.Username =
            Given(builder.Username)
            ?? LibpqVariables.Of("PGUSER")
            ?? Given(Environment.UserName)
            ?? throw ConnectionRefusal.Invalid(
                $"it names no user, and the operating system has no name for the user number {OwnUser.Name}."
            );
        return builder;
    }

    private static string Display(NpgsqlConnectionStringBuilder builder) =>
        $"postgres://{builder.Username}@{Hosts(builder)}/{builder.Database}";

    private static string Hosts(NpgsqlConnectionStringBuilder builder) =>
        string.Join(
            ',',
            HostChoice
                .Of(builder)
                .Select(h => string.Create(CultureInfo.InvariantCulture, $"{(IsBracketed(h.Host) ? $"[{h.Host}]" : h.Host)}:{h.Port}"))
        );

    private static bool IsBracketed(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || host.Contains(':', StringComparison.Ordinal);

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
