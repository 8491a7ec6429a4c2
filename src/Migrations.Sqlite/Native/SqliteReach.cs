namespace Migrations.Sqlite.Native;

/// <summary>What a refused statement would have reached beyond its database.</summary>
/// <param name="Action">What it does.</param>
/// <param name="Argument">To what, as it is shown.</param>
internal sealed record SqliteReach(string Action, string? Argument)
{
    /// <summary>What a statement does, and to what.</summary>
    /// <param name="statement">Its text.</param>
    public string Describe(string statement) =>
        (StatementHead.Read(statement).Kind == StatementKind.Vacuum ? "VACUUM INTO" : Action) + " " + Argument;
}
