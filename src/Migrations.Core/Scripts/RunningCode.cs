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
    /// <param name="identity">What distinguishes it from every other one, as the database itself says; null where its name does.</param>
    /// <param name="run">The code.</param>
    public static async Task RunAsync(DatabaseTarget database, string? identity, Func<Task> run)
    {
        Current.Value = new Place(database, identity, Current.Value);
        await run().ConfigureAwait(false);
    }

    /// <summary>Whether this is called from code of a run.</summary>
    public static bool IsCaller => Current.Value is not null;

    /// <summary>Refuses to open a database from code of a run on it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="identify">What identifies one among those of its engine, however it was named.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeReentered"/></exception>
    public static void Refuse(DatabaseTarget database, Func<DatabaseTarget, string> identify)
    {
        if (Current.Value?.Has(database, p => string.Equals(identify(p.Database), identify(database), StringComparison.Ordinal)) == true)
            throw Reentered(database);
    }

    /// <summary>Refuses to go on with a database that was opened from code of a run on it.</summary>
    /// <param name="database">The database.</param>
    /// <param name="identity">What distinguishes it from every other one, as the database itself says.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeReentered"/></exception>
    public static void Refuse(DatabaseTarget database, string identity)
    {
        if (Current.Value?.Has(database, p => string.Equals(p.Identity, identity, StringComparison.Ordinal)) == true)
            throw Reentered(database);
    }

    private static MigrationException Reentered(DatabaseTarget database) =>
        new(
            ErrorId.CodeReentered,
            $"Code of a migration or hook works on {database.Display}, and calls for another operation on it: that would wait for the run, "
                + "which waits for it.",
            "Work with the connection that the code is given; do the rest before or after the run."
        );

    private sealed record Place(DatabaseTarget Database, string? Identity, Place? Outer)
    {
        public bool Has(DatabaseTarget database, Func<Place, bool> isSame) =>
            (string.Equals(Database.Engine, database.Engine, StringComparison.Ordinal) && isSame(this))
            || Outer?.Has(database, isSame) == true;
    }
}
