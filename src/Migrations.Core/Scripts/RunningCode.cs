namespace Migrations;

/// <summary>
/// Knows, in the code of a migration and in all that it calls, on which databases such code is at work: a second run on one of them would
/// wait for the first, which waits for it.
/// </summary>
internal static class RunningCode
{
    private static readonly AsyncLocal<Place?> Current = new();

    /// <summary>Runs code as that of a migration of a database.</summary>
    /// <param name="database">What identifies the database among those of its engine, however it was named.</param>
    /// <param name="run">The code.</param>
    public static async Task RunAsync(string database, Func<Task> run)
    {
        Current.Value = new Place(database, Current.Value);
        await run().ConfigureAwait(false);
    }

    /// <summary>Refuses to open a database from the code of a migration of its own.</summary>
    /// <param name="database">What identifies it.</param>
    /// <param name="display">What people call it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeReentered"/></exception>
    public static void Refuse(Func<string> database, string display)
    {
        if (Current.Value is not { } place || !place.Has(database()))
            return;
        throw new MigrationException(
            ErrorId.CodeReentered,
            $"A migration in code works on {display}, and calls for another operation on it: that would wait for the migration, which "
                + "waits for it.",
            "Work with the connection that the migration is given; do the rest before or after the run."
        );
    }

    private sealed record Place(string Database, Place? Outer)
    {
        public bool Has(string database) => string.Equals(Database, database, StringComparison.Ordinal) || Outer?.Has(database) == true;
    }
}
