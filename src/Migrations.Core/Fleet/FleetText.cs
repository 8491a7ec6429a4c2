namespace Migrations.Fleet;

/// <summary>Names databases of a fleet, as many as a line has room for.</summary>
internal static class FleetText
{
    private const int Most = 5;

    /// <summary>The first few, and how many there are besides.</summary>
    public static string Names(IReadOnlyList<FleetMember> members) => Names([.. members.Select(m => m.Target.Display)]);

    /// <summary>The same, of results.</summary>
    public static string Names(IEnumerable<FleetResultRow> rows) => Names([.. rows.Select(r => r.Database)]);

    private static string Names(List<string> names) =>
        string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
}
