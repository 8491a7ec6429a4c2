using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Runs a step and measures what it does to each table: SQLite reports single rows, and counting before and after shows the rest.
/// </summary>
internal static class SqliteRehearsal
{
    /// <summary>Runs it.</summary>
    public static async Task<StepMeasurement> MeasureAsync(SqliteSession session, StepExecution step, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var before = await connection.Call(() => Count(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
        var facts = ScriptFacts.Read(step.Script, SchemaImage.Read(connection.Handle, KeylessSchema.Schema, isKeyless: false));
        using var changes = new SqliteChangeWatch(connection.Handle);
        var leftOut = new List<StatementException>();
        var outcome = await RunAsync(session, step, leftOut, cancellationToken).ConfigureAwait(false);
        var after = await connection.Call(() => Count(connection, cancellationToken), cancellationToken).ConfigureAwait(false);
        return Measure(outcome, facts, before, after, changes) with { LeftOut = leftOut };
    }

    private static StepMeasurement Measure(
        StepOutcome outcome,
        ScriptFacts facts,
        Dictionary<string, long> before,
        Dictionary<string, long> after,
        SqliteChangeWatch changes
    )
    {
        // Rows that only go under another name are none that were deleted and inserted.
        var renamed = facts.Renamed.Where(r => before.ContainsKey(r.Key) && after.ContainsKey(r.Value)).ToList();
        var counted = before
            .GroupBy(t => facts.Renamed.GetValueOrDefault(t.Key, t.Key), t => t.Value, SqliteNames.Comparer)
            .ToDictionary(t => t.Key, t => t.Sum(), SqliteNames.Comparer);
        var rebuilt = before
            .Keys.Where(t => after.ContainsKey(t) && facts.Removed.Contains(t) && facts.Made.Contains(t))
            .Except(renamed.Select(r => r.Value), SqliteNames.Comparer)
            .ToHashSet(SqliteNames.Comparer);
        return new StepMeasurement
        {
            Outcome = outcome,
            Renamed = renamed.ToDictionary(r => SqliteNames.Show(r.Key), r => SqliteNames.Show(r.Value), StringComparer.Ordinal),
            RowsChanged =
            [
                .. counted
                    .Keys.Union(after.Keys, SqliteNames.Comparer)
                    .Order(StringComparer.Ordinal)
                    .Select(t =>
                        Change(t, counted.GetValueOrDefault(t), after.GetValueOrDefault(t), rebuilt.Contains(t) ? default : changes.Of(t))
                    )
                    .Where(c => c.Inserted + c.Updated + c.Deleted > 0),
            ],
            Rewrites = [.. rebuilt.Select(SqliteNames.Show).Order(StringComparer.Ordinal)],
        };
    }

    private static async Task<StepOutcome> RunAsync(
        SqliteSession session,
        StepExecution step,
        List<StatementException> leftOut,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await session.RunAsync(step, leftOut, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e) when (leftOut.Count > 0 && e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            throw BeyondCopy.Needs(leftOut[0], e);
        }
    }

    // What the count says and the single rows do not: a DELETE of all rows, a table without rowid, a table that is dropped or recreated.
    private static TableChange Change(string table, long before, long after, (long Inserted, long Updated, long Deleted) seen)
    {
        var unseen = after - (before + seen.Inserted - seen.Deleted);
        return new TableChange(
            SqliteNames.Show(table),
            seen.Inserted + Math.Max(unseen, 0),
            seen.Updated,
            seen.Deleted + Math.Max(-unseen, 0)
        );
    }

    private static Dictionary<string, long> Count(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(SqliteNames.Comparer);
        foreach (
            var table in SqliteSchemaItem
                .Read(connection.Handle)
                .Where(i => i is { Type: "table", IsInternal: false } && !i.BelongsTo(connection.Options.HistoryTable))
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                counts[table.Name] = connection.Handle.QueryInt64($"SELECT count(*) FROM main.{SqliteNames.Quote(table.Name)}") ?? 0;
            }
            catch (SqliteFailure e) when (table.Module is not null && e.PrimaryCode is SqliteCodes.Error or SqliteCodes.Corrupt)
            {
                // A module that is not there: no one can have changed it.
            }
        }

        return counts;
    }
}
