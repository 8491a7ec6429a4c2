using System.Diagnostics;
using System.Text;

namespace Migrations.Testing;

/// <summary>The database's own client, <c>psql</c> or <c>sqlite3</c>, run on a script.</summary>
public static class ClientShell
{
    /// <summary>Runs a script in a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="script">The script.</param>
    /// <param name="environment">What is set in the client's environment.</param>
    /// <returns>The exit code, and all that it printed.</returns>
    public static async Task<(int Code, string Output)> RunAsync(
        TestDatabase database,
        string script,
        params (string Name, string Value)[] environment
    )
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("script.sql", script);
        var start = database switch
        {
            PostgreSqlTestDatabase => new ProcessStartInfo(Prerequisite.Psql(), ["-X", "-q", "-f", file]),
            SqliteTestDatabase sqlite => new ProcessStartInfo(Prerequisite.Sqlite3(), [sqlite.File]),
            _ => throw new ArgumentOutOfRangeException(nameof(database)),
        };
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        if (database is PostgreSqlTestDatabase postgres)
        {
            var server = postgres.Server;
            environment =
            [
                .. environment,
                ("PGHOST", server.Host),
                ("PGPORT", $"{server.Port}"),
                ("PGUSER", server.User),
                ("PGPASSWORD", server.Password),
                ("PGDATABASE", postgres.Name),
            ];
        }

        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var client = Process.Start(start)!;
        var printed = Task.WhenAll(client.StandardOutput.ReadToEndAsync(), client.StandardError.ReadToEndAsync());
        if (database is SqliteTestDatabase)
            await client.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(script));
        client.StandardInput.Close();
        var streams = await printed;
        await client.WaitForExitAsync();
        return (client.ExitCode, streams[0] + streams[1]);
    }
}
