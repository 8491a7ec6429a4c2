using System.Diagnostics;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Sessions of runs that have ended, which a connection pooler keeps open: no one uses them any more. They bear a run's name, are idle, and
/// hold no advisory lock, as the owner of a scratch database does. A run that is at work holds the migration lock, which whoever asks here
/// has.
/// </summary>
internal static class LeftSessions
{
    // Of another machine no one here knows whether its processes live.
    private const string LongIdle = "30 seconds";

    /// <summary>Ends them, as far as this role may.</summary>
    public static async Task EndAsync(PostgreSqlConnection server, DatabaseTarget target, int except, CancellationToken cancellationToken)
    {
        var left = new List<int>();
        await server
            .QueryAsync(
                $"""
                SELECT a.pid, a.application_name, a.state_change < pg_catalog.clock_timestamp() - interval '{LongIdle}'
                FROM pg_catalog.pg_stat_activity a
                WHERE a.datname = $1 AND a.pid <> $2 AND a.state = 'idle' AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l
                    WHERE l.pid = a.pid AND l.locktype = 'advisory')
                """,
                row =>
                {
                    if (IsOfEnded(row.GetString(1), row.GetBoolean(2)))
                        left.Add(row.GetInt32(0));
                },
                cancellationToken,
                target.Database,
                except
            )
            .ConfigureAwait(false);
        foreach (var process in left)
        {
            try
            {
                await server
                    .QueryAsync("SELECT pg_catalog.pg_terminate_backend($1)", _ => { }, cancellationToken, process)
                    .ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
            {
                // It is another role's, and is named.
            }
        }
    }

    private static bool IsOfEnded(string application, bool isLongIdle)
    {
        var (host, process, _) = ApplicationName.Read(application);
        if (process is null)
            return false;
        return isLongIdle || (string.Equals(host, Environment.MachineName, StringComparison.Ordinal) && HasEnded(process.Value));
    }

    private static bool HasEnded(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return running.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
