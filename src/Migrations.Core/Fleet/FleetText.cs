namespace Migrations.Fleet;

/// <summary>Names databases of a fleet, as many as a line has room for.</summary>
internal static class FleetText
{
    private const int Most = 5;

    /// <summary>The first few, and how many there are besides.</summary>
    public static string Names(IReadOnlyList<FleetMember> members) =>
        string.Join(", ", members.Take(Most).Select(m => m.Target.Display))
        + (members.Count > Most ? $" and {members.Count - Most} more" : "");
}
