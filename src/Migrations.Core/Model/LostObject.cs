namespace Migrations;

/// <summary>How much it matters that an object is gone.</summary>
public enum LostObjectWeight
{
    /// <summary>The script says so itself, or it was accepted: it is listed.</summary>
    Listed,

    /// <summary>It is a warning.</summary>
    Warned,

    /// <summary>It is a warning in a run, and a rehearsal fails by it.</summary>
    Unrehearsed,

    /// <summary>The script is rolled back.</summary>
    Refused,
}

/// <summary>Something that goes with what a script drops or makes again, and that the script does not name.</summary>
/// <param name="Kind">What it is, for example <c>trigger</c>, <c>unique index</c>, <c>view</c>, <c>constraint</c>.</param>
/// <param name="Name">Its name; what it says, where it has none.</param>
/// <param name="Table">The table that it belonged to; null where it stood for itself.</param>
/// <param name="Sql">The statement that recreates it; null without one.</param>
/// <param name="Weight">How much it matters.</param>
public sealed record LostObject(string Kind, string Name, string? Table, string? Sql, LostObjectWeight Weight)
{
    /// <summary>For people: <c>index by_email of users</c>.</summary>
    public override string ToString() => $"{Kind} {Name}{(Table is null ? "" : " of " + Table)}";
}
