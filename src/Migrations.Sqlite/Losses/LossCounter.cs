using System.Diagnostics;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Counts rows while there is time, and then estimates.</summary>
/// <param name="handle">The connection.</param>
/// <param name="limit">How long counting may take in all.</param>
internal sealed class LossCounter(SqliteHandle handle, TimeSpan limit)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>The connection.</summary>
    public SqliteHandle Handle => handle;

    /// <summary>
    /// Counts the rows of a table, or the values of a column; estimates them, or leaves them open, when there is no time.
    /// </summary>
    public DataLoss Count(DataLossKind kind, string table, string? column, int line)
    {
        var name = SqliteNames.Show(table) + (column is null ? "" : "." + SqliteNames.Show(column));
        var rows = TryCount($"SELECT count({(column is null ? "*" : SqliteNames.Quote(column))}) FROM main.{SqliteNames.Quote(table)}");
        return rows is null && Estimate(table) is { } estimate
            ? new DataLoss(kind, name, estimate, IsEstimate: true, line)
            : new DataLoss(kind, name, rows, IsEstimate: false, line);
    }

    /// <summary>Runs a query that counts; null when there is no time, or it fails.</summary>
    public long? TryCount(string query)
    {
        var left = limit - _clock.Elapsed;
        if (left <= TimeSpan.Zero)
            return null;
        handle.Watch.StatementTimeout = left;
        try
        {
            return handle.QueryInt64(query);
        }
        // Whatever else is wrong with the file, the run itself meets it. An interrupt that is no time-out is a cancellation.
        catch (SqliteFailure e) when (e.PrimaryCode != SqliteCodes.Interrupt || handle.Watch.TimedOut)
        {
            return null;
        }
        finally
        {
            handle.Watch.StatementTimeout = null;
        }
    }

    // The first number of a statistic is the table's rows (https://sqlite.org/fileformat2.html#stat1tab).
    private long? Estimate(string table)
    {
        if (handle.QueryInt64("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_stat1'") is null)
            return null;
        return handle.QueryInt64("SELECT max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 WHERE tbl = ?1 COLLATE NOCASE", table);
    }
}
