using System.Globalization;
using Migrations.History;

namespace Migrations.Cli.Output;

/// <summary>Prints how long migrations took, slowest first.</summary>
internal static class ProfileListing
{
    private static readonly string[] Header = ["Migration", "Runs", "Last", "Median", "Longest", "Statements", "Rows", "Share"];

    public static void Print(Terminal terminal, DatabaseTarget target, IReadOnlyList<MigrationProfile> profiles)
    {
        terminal.Out("Migration Profile: " + target.Display);
        terminal.Out();
        if (profiles.Count == 0)
            terminal.Out("No measured run is recorded.");
        else
            TablePrinter.Print(terminal, Header, [.. profiles.Select(Row)]);
    }

    private static string[] Row(MigrationProfile profile) =>
        [
            PlainText.Clean(profile.Name),
            profile.Runs.ToString(CultureInfo.InvariantCulture),
            PlainText.Of(profile.Last),
            PlainText.Of(profile.Median),
            PlainText.Of(profile.Longest),
            profile.Statements?.ToString(CultureInfo.InvariantCulture) ?? "",
            profile.RowsAffected?.ToString(CultureInfo.InvariantCulture) ?? "",
            string.Create(CultureInfo.InvariantCulture, $"{profile.Share * 100:0.0} %"),
        ];
}
