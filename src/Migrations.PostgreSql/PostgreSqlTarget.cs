using System.Data.Common;
using System.Globalization;
using System.Net;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads a <c>postgres://</c> URL (<see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"/>) or an Npgsql connection string.
/// What is not given is taken from libpq's environment variables; the password is left to Npgsql (<c>PGPASSWORD</c>, <c>.pgpass</c>).
/// </summary>
internal static class PostgreSqlTarget
{
    /// <summary>The engine's name.</summary>
    public const string Engine = "PostgreSQL";

    private static readonly string[] Keys = ["host", "server", "username", "user name", "user id", "userid", "uid"];

    /// <summary>Reads a target; null when the text is neither form.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public static DatabaseTarget? Parse(string text, string baseFolder)
    {
        text = text.Trim();
        var builder = IsUrl(text) ? PostgreSqlUrl.Parse(text, baseFolder) : ParsePairs(text);
        return builder is null ? null : Complete(builder);
    }

    /// <summary>A refusal that does not repeat the text, which may hold a password.</summary>
    public static MigrationException Invalid(string what, Exception? inner = null) => new(
        ErrorId.TargetInvalid,
        $"The PostgreSQL database is not given correctly: {what}",
        "Write postgres://user:password@host:5432/database (with %-codes for special characters), or Host=...;Username=...;Password=...;Database=....",
        inner);

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder? ParsePairs(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
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
            return Keys.Contains(first, StringComparer.OrdinalIgnoreCase) ? throw Invalid("the connection string is not of the form Key=Value;Key=Value.") : null;
        }

        if (!Keys.Any(pairs.ContainsKey))
            return null;
        var builder = new NpgsqlConnectionStringBuilder();
        foreach (string key in pairs.Keys)
            Set(builder, key, (string)pairs[key]);
        if (builder.Host?.Contains("dbname=", StringComparison.OrdinalIgnoreCase) == true)
            throw Invalid("the pairs are separated by blanks; Npgsql's are separated by semicolons.");
        return builder;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string key, string value)
    {
        try
        {
            builder[key] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // An unknown key is not shown: behind a ';' that should have been quoted stands the rest of a password.
            throw Invalid(builder.ContainsKey(key) ? $"'{key}' cannot have that value." : "it has a key that Npgsql does not know.");
        }
    }

    /// <summary>The same target with another user and password.</summary>
    public static DatabaseTarget WithCredential(DatabaseTarget target, NetworkCredential credential) => Complete(
        new NpgsqlConnectionStringBuilder(target.ConnectionString) { Username = credential.UserName, Password = credential.Password });

    /// <summary>Another database on the same server.</summary>
    public static DatabaseTarget WithDatabase(DatabaseTarget target, string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = database };
        return new DatabaseTarget(Engine, Display(builder), database, builder.ConnectionString);
    }

    /// <summary>A database of our own on the same server that is thrown away.</summary>
    public static DatabaseTarget Scratch(DatabaseTarget server, string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database };
        return new DatabaseTarget(Engine, Display(builder), database, builder.ConnectionString) { IsScratch = true };
    }

    private static DatabaseTarget Complete(NpgsqlConnectionStringBuilder builder)
    {
        builder.Host = Given(builder.Host) ?? Variable("PGHOST") ?? "localhost";
        if (builder.Host.Contains(',', StringComparison.Ordinal))
            throw Invalid("it names several hosts; a migration runs on one.");
        if (!builder.ShouldSerialize("Port") && int.TryParse(Variable("PGPORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            builder.Port = port;
        builder.Username = Given(builder.Username) ?? Variable("PGUSER") ?? Environment.UserName;
        builder.Database = Given(builder.Database) ?? Variable("PGDATABASE") ?? builder.Username;
        return new DatabaseTarget(Engine, Display(builder), builder.Database, builder.ConnectionString);
    }

    private static string Display(NpgsqlConnectionStringBuilder builder)
    {
        var host = builder.Host!;
        var shown = host.StartsWith('/') || host.StartsWith('@') ? $"[{host}]" : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{builder.Username}@{shown}:{builder.Port}/{builder.Database}");
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static string? Variable(string name) => Given(Environment.GetEnvironmentVariable(name));
}
