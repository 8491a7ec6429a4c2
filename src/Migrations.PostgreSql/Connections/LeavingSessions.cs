namespace Migrations.PostgreSql;

/// <summary>
/// Sessions of our own that have just been closed. Who drops a database while its last session is still leaving waits for the server's next
/// look, which comes 100 ms later (<see href="https://www.postgresql.org/docs/current/sql-dropdatabase.html"/>): it is faster to look
/// oneself.
/// </summary>
internal static class LeavingSessions
{
    private const int MostLooks = 12;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits for a moment until no session is shown in a database; one that stays is left to whoever drops it.</summary>
    public static async Task AwaitAsync(PostgreSqlConnection connection, string database)
    {
        for (
            var looks = 0;
            looks < MostLooks
                && await connection
                    .AnyAsync("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = $1", CancellationToken.None, database)
                    .ConfigureAwait(false);
            looks++
        )
            await Task.Delay(Pause).ConfigureAwait(false);
    }
}
