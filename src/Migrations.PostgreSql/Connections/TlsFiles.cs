using Migrations.Folders;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The files of certificates and keys that a connection reads, named by it, by libpq's variables or by nothing but their place
/// (<see href="https://www.postgresql.org/docs/current/libpq-ssl.html"/>). Npgsql and libpq open them without looking: one that is a pipe
/// would be waited for without end.
/// </summary>
internal static class TlsFiles
{
    /// <summary>Refuses those that are no regular files.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: one is a pipe or a device; it is named.</exception>
    public static void Require(DatabaseTarget target)
    {
        var builder = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        if (builder.SslMode == SslMode.Disable)
            return;
        Require("sslcert", "PGSSLCERT", builder.SslCertificate, "postgresql.crt");
        Require("sslkey", "PGSSLKEY", builder.SslKey, "postgresql.key");
        Require("sslrootcert", "PGSSLROOTCERT", builder.RootCertificate, "root.crt");
    }

    private static void Require(string parameter, string variable, string? named, string usual)
    {
        var (path, origin) =
            !string.IsNullOrEmpty(named) ? (named, parameter)
            : LibpqVariables.Of(variable) is { } set ? (set, variable)
            : (Path.Combine(Folder, usual), "");
        try
        {
            if (RegularFile.OtherKind(path) is { } kind)
                throw new MigrationException(
                    ErrorId.TargetInvalid,
                    $"The TLS file '{path}'{(origin.Length > 0 ? $" ({origin})" : "")} is {kind}, not a regular file, and was not opened.",
                    "Write the certificate or the key to a file that only you can read, and name that one."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // Whoever opens it says why it cannot be read.
        }
    }

    private static string Folder =>
        OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql");
}
