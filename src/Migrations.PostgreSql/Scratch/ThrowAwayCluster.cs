using System.ComponentModel;
using System.Diagnostics;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Why no server could be started.</summary>
internal sealed class ClusterException(string message) : Exception(message);

/// <summary>
/// A server of our own in a temporary folder: reached by its Unix socket alone, which no other user may enter, and without durability. A
/// shell stands between, waiting on a pipe that the operating system closes when this process ends, even killed; then it stops the server
/// and removes the folder.
/// </summary>
internal sealed class ThrowAwayCluster : IOwnServer, IAsyncDisposable
{
    private const string User = "migrations";

    // $1 = the programs' folder, $2 = the server's folder. Standard input is the pipe.
    private const string Script = """
        bin=$1 folder=$2
        trap '' INT HUP
        umask 077
        mkdir "$folder" && cd "$folder" || exit 1
        trap 'rm -rf "$folder"' EXIT
        "$bin/initdb" -D "$folder/data" -U migrations -A trust -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 \
            || { tail -n 3 "$folder/log"; exit 1; }
        "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c port=5432 -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off -c autovacuum=off -c max_locks_per_transaction=1024 -c log_min_messages=fatal >>"$folder/log" 2>&1 &
        server=$!
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            if [ -S "$folder/.s.PGSQL.5432" ]; then break; fi
            kill -0 $server 2>/dev/null || { tail -n 3 "$folder/log"; exit 1; }
            sleep 0.1
        done
        echo started
        cat >/dev/null
        while kill -QUIT $server 2>/dev/null; do sleep 0.1; done
        """;

    // Up to version 15 a role with CREATEROLE may grant itself these, and run programs with them; roles of superusers it may not grant
    // (https://www.postgresql.org/docs/15/role-attributes.html). The attribute does not pass to members.
    private const string KeepFromMachine =
        "UPDATE pg_catalog.pg_authid SET rolsuper = true"
        + " WHERE rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')";

    private readonly Process _shell;
    private readonly string _folder;
    private string? _role;

    private ThrowAwayCluster(Process shell, string folder)
    {
        _shell = shell;
        _folder = folder;
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = folder,
            Port = 5432,
            Username = User,
            Database = "postgres",
        };
        Target = PostgreSqlTarget.Of(builder);
    }

    /// <summary>A database of the server, as its superuser.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>Whether it is of another major version than the server that it stands for.</summary>
    public bool IsOfOtherVersion { get; init; }

    /// <summary>Starts one.</summary>
    /// <exception cref="ClusterException">It cannot be started.</exception>
    /// <param name="tools">Its programs.</param>
    /// <param name="version">The major version of the server that it stands for; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<ThrowAwayCluster> StartAsync(ClientTools? tools, int? version, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new ClusterException("it would need a Unix socket that no other user may enter.");
        if (tools is null)
            throw new ClusterException(
                "PostgreSQL's server programs (initdb, postgres) of the server's version or a newer one are not installed."
            );
        // Short, because the path of a socket has at most about 100 characters; and where another user may enter.
        var folder = "/tmp/migrations-" + Guid.NewGuid().ToString("N")[..12];
        var start = Shell();
        foreach (var argument in (string[])["-c", Script, "sh", tools.Folder, folder])
            start.ArgumentList.Add(argument);
        var cluster = new ThrowAwayCluster(Run(start), folder) { IsOfOtherVersion = version is not null && version != tools.Version };
        try
        {
            var words = await cluster._shell.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (words is not "started")
                throw new ClusterException(
                    (
                        $"{words} {await cluster._shell.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false)} "
                        + $"{await cluster._shell.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false)}"
                    ).Trim()
                );
            await cluster.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
            ScratchRegister.Add(folder, cluster);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Makes the roles of another server, without rights and passwords, so that policies and default rights can name them.
    /// </summary>
    /// <param name="origin">A session on that server.</param>
    /// <param name="but">Those that scripts make themselves.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AddRolesAsync(PostgreSqlConnection origin, IReadOnlySet<string> but, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await origin
            .QueryAsync(
                "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND rolname <> $1",
                row => names.Add(row.GetString(0)),
                cancellationToken,
                User
            )
            .ConfigureAwait(false);
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        foreach (var name in names.Where(n => !but.Contains(n)))
            await connection.ExecuteAsync($"CREATE ROLE {PostgreSqlText.Name(name)}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes the role that scripts run as: of the name that it has on the other server, so that owners are the same; one that may make
    /// roles and databases, and may do with the other roles what a superuser may. Until it is lowered it is a superuser itself.
    /// </summary>
    /// <param name="name">Its name; null for any.</param>
    /// <param name="databases">Databases that scripts name; empty ones of these names are made.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The role's name.</returns>
    public async Task<string> AddUserAsync(string? name, IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        _role = name is null or User ? User + "_user" : name;
        var role = PostgreSqlText.Name(_role);
        if (
            !await connection
                .AnyAsync("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", cancellationToken, _role)
                .ConfigureAwait(false)
        )
            await connection.ExecuteAsync($"CREATE ROLE {role}", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync($"ALTER ROLE {role} LOGIN CREATEROLE CREATEDB SUPERUSER", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync(KeepFromMachine, cancellationToken).ConfigureAwait(false);
        var others = new List<string>();
        await connection
            .QueryAsync(
                "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND rolname NOT IN ($1, $2)",
                row => others.Add(row.GetString(0)),
                cancellationToken,
                User,
                _role
            )
            .ConfigureAwait(false);
        foreach (var other in others)
            await connection
                .ExecuteAsync($"GRANT {PostgreSqlText.Name(other)} TO {role} WITH ADMIN OPTION", cancellationToken)
                .ConfigureAwait(false);
        foreach (var database in databases)
            await connection
                .ExecuteAsync($"CREATE DATABASE {PostgreSqlText.Name(database)} OWNER {role} TEMPLATE template0", cancellationToken)
                .ConfigureAwait(false);
        return _role;
    }

    /// <summary>Makes the role that scripts run as a superuser.</summary>
    public Task RaiseAsync(CancellationToken cancellationToken) => AlterUserAsync("SUPERUSER", cancellationToken);

    /// <summary>Takes from the role that scripts run as what a superuser has.</summary>
    public Task LowerAsync() => AlterUserAsync("NOSUPERUSER", CancellationToken.None);

    private async Task AlterUserAsync(string attribute, CancellationToken cancellationToken)
    {
        if (_role is null)
            return;
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        await connection.ExecuteAsync($"ALTER ROLE {PostgreSqlText.Name(_role)} {attribute}", cancellationToken).ConfigureAwait(false);
    }

    private Task<PostgreSqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        PostgreSqlConnection.OpenAsync(
            Target,
            new SessionOptions(),
            new PostgreSqlConnector(Target, new PostgreSqlSources()),
            cancellationToken
        );

    /// <summary>Stops it and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        ScratchRegister.Remove(_folder);
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        _shell.Dispose();
    }

    /// <summary>A shell as an ordinary user: PostgreSQL refuses to run as root.</summary>
    private static ProcessStartInfo Shell()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (!Environment.IsPrivilegedProcess)
            return start;
        var users = File.ReadAllLines("/etc/passwd").Select(l => l.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        var user =
            Array.Find(["postgres", "nobody"], users.Contains)
            ?? throw new ClusterException("it must not run as root, and there is no user 'postgres' or 'nobody' to run it as.");
        var (program, arguments) =
            Program("runuser") is { } runuser ? (runuser, (string[])["-u", user, "--", "/bin/sh"])
            : Program("setpriv") is { } setpriv
                ? (setpriv, ["--reuid", user, "--regid", user is "nobody" ? "65534" : user, "--clear-groups", "/bin/sh"])
            : throw new ClusterException("it must not run as root, and there is neither runuser nor setpriv to change the user.");
        start.FileName = program;
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.WorkingDirectory = "/tmp";
        return start;
    }

    private static string? Program(string name) =>
        Array.Find([$"/usr/sbin/{name}", $"/sbin/{name}", $"/usr/bin/{name}", $"/bin/{name}"], File.Exists);

    private static Process Run(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ClusterException(e.Message);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var connector = new PostgreSqlConnector(Target, new PostgreSqlSources());
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var connection = await connector.OpenSecondAsync(cancellationToken).ConfigureAwait(false);
                await connection.DisposeAsync().ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException e) when (clock.Elapsed > TimeSpan.FromSeconds(60) || _shell.HasExited)
            {
                throw new ClusterException("it did not answer: " + PostgreSqlErrors.Message(e));
            }
            catch (NpgsqlException)
            {
                // Not up yet.
            }
        }
    }
}
