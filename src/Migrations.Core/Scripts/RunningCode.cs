namespace Migrations;

/// <summary>
/// Knows, in the code of a migration or hook and in all that it calls, on which databases such code is at work: a second run on one of
/// them would wait for the first, which waits for it.
/// </summary>
internal static class RunningCode
{
    private static readonly AsyncLocal<Place?> Current = new();

    /// <summary>Runs code as that of a run on a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="run">The code.</param>
    public static async Task RunAsync(DatabaseTarget database, Func<Task> run)
    {
        Current.Value = new Place(database, Current.Value);
        await run().ConfigureAwait(false);
    }

    /// <summary>Refuses to open a database from code of a run on it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="identify">What identifies one among those of its engine, however it was named.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeReentered"/></exception>
    public static void Refuse(DatabaseTarget database, Func<DatabaseTarget, string> identify)
    {
        if (Current.Value?.Has(database, identify) != true)
            return;
        throw new MigrationException(
            ErrorId.CodeReentered,
            $"Code of a migration or hook works on {database.Display}, and calls for another operation on it: that would wait for the run, "
                + "which waits for it.",
            "Work with the connection that the code is given; do the rest before or after the run."
        );
    }

    private sealed record Place(DatabaseTarget Database, Place? Outer)
    {
        public bool Has(DatabaseTarget database, Func<DatabaseTarget, string> identify) =>
            (
                string.Equals(Database.Engine, database.Engine, StringComparison.Ordinal)
                && string.Equals(identify(Database), identify(database), StringComparison.Ordinal)
            )
            || Outer?.Has(database, identify) == true;
    }
}
