using System.Runtime.Versioning;
using System.Security.Cryptography;
using Npgsql;

namespace Migrations.Testing;

/// <summary>
/// A PostgreSQL server for the tests: the one that <c>MIGRATIONS_TEST_POSTGRES</c> names (a <c>postgres://</c> URL of a superuser), or one
/// started in a temporary folder (of the binaries in the folder that the variable names instead), with SCRAM passwords on every connection
/// so that a wrong password is really refused.
/// </summary>
public sealed class PostgreSqlServer : IDisposable
{
    private static readonly Lazy<PostgreSqlServer> SharedServer = new(
        () => Named() ?? Start(),
        LazyThreadSafetyMode.ExecutionAndPublication
    );
    private readonly Lazy<int> _majorVersion;
    private IDisposable? _process;

    private PostgreSqlServer(string host, int port, string user, string password, string maintenanceDatabase)
    {
        Host = host;
        Port = port;
        User = user;
        Password = password;
        MaintenanceDatabase = maintenanceDatabase;
        _majorVersion = new Lazy<int>(AskVersion, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>
    /// The server of this test process, started on first use and stopped when the process ends, however it ends. Skips the test where
    /// PostgreSQL is absent.
    /// </summary>
    public static PostgreSqlServer Shared => SharedServer.Value;

    /// <summary>The host's address or name.</summary>
    public string Host { get; }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>The superuser.</summary>
    public string User { get; }

    /// <summary>The superuser's password, with characters that a URL must escape.</summary>
    public string Password { get; }

    /// <summary>The folder of the Unix socket; null for a server that was not started here.</summary>
    public string? SocketFolder { get; private init; }

    /// <summary>The password in each spelling that may leak.</summary>
    public IReadOnlyList<string> Secrets => Password.Length == 0 ? [] : [Password, Uri.EscapeDataString(Password)];

    /// <summary>The server's major version.</summary>
    public int MajorVersion => _majorVersion.Value;

    private string MaintenanceDatabase { get; }

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="setup">What differs from the shared one.</param>
    public static PostgreSqlServer Start(PostgreSqlSetup? setup = null)
    {
        if (OperatingSystem.IsWindows())
            throw Xunit.Sdk.SkipException.ForSkip(
                "The tests start no PostgreSQL server on Windows; set MIGRATIONS_TEST_POSTGRES to the URL of one."
            );
        var password = "pw/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) + "@'%";
        var process = PostgreSqlProcess.Start(Prerequisite.PostgreSqlBinaries(), "postgres", password, setup ?? new PostgreSqlSetup());
        return new PostgreSqlServer("127.0.0.1", process.Port, "postgres", password, "postgres")
        {
            _process = process,
            SocketFolder = process.Folder,
        };
    }

    /// <summary>A <c>postgres://</c> URL.</summary>
    /// <param name="database">The database.</param>
    /// <param name="user">The role; null for the superuser.</param>
    /// <param name="password">The role's password; null for the superuser's.</param>
    /// <param name="query">What stands behind the question mark, for example <c>sslmode=require</c>.</param>
    public string UrlOf(string database, string? user = null, string? password = null, string? query = null) =>
        $"postgres://{Uri.EscapeDataString(user ?? User)}:{Uri.EscapeDataString(password ?? Password)}"
        + $"@{Host}:{Port}/{Uri.EscapeDataString(database)}{(query is null ? "" : "?" + query)}";

    /// <summary>An Npgsql connection string, without pooling.</summary>
    public string ConnectionStringOf(string database, string? user = null, string? password = null) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Username = user ?? User,
            Password = password ?? Password,
            Database = database,
            Pooling = false,
        }.ConnectionString;

    /// <summary>Runs a statement as the superuser in the maintenance database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf(MaintenanceDatabase));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Stops a server that was started here at once, as <c>pg_ctl stop -m immediate</c> does: what is not committed is gone.
    /// </summary>
    [UnsupportedOSPlatform("windows")]
    public void StopImmediately() => Own().Stop();

    /// <summary>Starts it again, and waits until it has recovered.</summary>
    [UnsupportedOSPlatform("windows")]
    public void StartAgain() => Own().StartAgain(User, Password);

    public void Dispose() => _process?.Dispose();

    [UnsupportedOSPlatform("windows")]
    private PostgreSqlProcess Own() =>
        _process as PostgreSqlProcess ?? throw new InvalidOperationException("This server was not started here.");

    private int AskVersion()
    {
        using var connection = new NpgsqlConnection(ConnectionStringOf(MaintenanceDatabase));
        connection.Open();
        return connection.PostgreSqlVersion.Major;
    }

    private static PostgreSqlServer? Named()
    {
        if (!PostgreSqlBinaries.IsServerNamed)
            return null;
        var url = new Uri(PostgreSqlBinaries.Setting!);
        var login = url.UserInfo.Split(':', 2);
        return new PostgreSqlServer(
            url.Host,
            url.IsDefaultPort ? 5432 : url.Port,
            Uri.UnescapeDataString(login[0]),
            login.Length > 1 ? Uri.UnescapeDataString(login[1]) : "",
            url.AbsolutePath.Trim('/') is { Length: > 0 } name ? name : "postgres"
        );
    }
}
