using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>Runs a step and measures what it does to each table.</summary>
internal static class SqliteRehearsal
{
    /// <summary>Runs it.</summary>
    public static async Task<StepMeasurement> MeasureAsync(SqliteSession session, StepExecution step, CancellationToken cancellationToken)
    {
        var outcome = await session.RunAsync(step, cancellationToken).ConfigureAwait(false);
        return new StepMeasurement { Outcome = outcome };
    }
}
