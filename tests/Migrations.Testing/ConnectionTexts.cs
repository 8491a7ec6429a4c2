namespace Migrations.Testing;

/// <summary>The table of what may be given as a database, and what it means: the same for library, command and module.</summary>
public static class ConnectionTexts
{
    /// <summary>The password that stands in the texts.</summary>
    public const string Secret = "hunter2";

    private static readonly List<string[]> Rows =
    [
        .. File.ReadLines(Repository.Fixture("targets", "connection-texts.txt"))
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split('\t', 2)),
    ];

    /// <summary>The texts that no one may take for a database.</summary>
    public static IReadOnlyList<string> Refused { get; } = [.. Rows.Where(r => r[0] == "refused").Select(r => r[1])];

    /// <summary>The texts that are read, and how each target is shown; <c>/base</c> is the folder that paths start from.</summary>
    public static IReadOnlyList<(string Text, string Display)> Read { get; } =
    [.. Rows.Where(r => r[0] != "refused").Select(r => (r[1], r[0]))];
}
