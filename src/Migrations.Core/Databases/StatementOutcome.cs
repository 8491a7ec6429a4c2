namespace Migrations.Databases;

/// <summary>What one statement of a script without a transaction did.</summary>
/// <param name="Rows">The rows affected; null where the database does not report it.</param>
/// <param name="ObjectsLost">What went with what it dropped.</param>
public sealed record StatementOutcome(long? Rows, IReadOnlyList<LostObject> ObjectsLost)
{
    /// <summary>Nothing went.</summary>
    /// <param name="rows">The rows affected.</param>
    public static StatementOutcome Of(long? rows) => new(rows, []);
}
