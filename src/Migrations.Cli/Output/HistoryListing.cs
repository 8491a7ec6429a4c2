using System.Globalization;
using Migrations.History;

namespace Migrations.Cli.Output;

/// <summary>Prints the events of the history, oldest first.</summary>
internal static class HistoryListing
{
    // Where the service stands, when there are services.
    private const int ServiceAt = 3;

    private static readonly string[] Header = ["Id", "When (UTC)", "Event", "Migration", "Took", "Rows", "By", "Note"];

    public static void Print(Terminal terminal, DatabaseTarget target, IReadOnlyList<JournalEntry> entries, bool isFiltered)
    {
        terminal.Out("Migration History: " + target.Display);
        terminal.Out();
        if (entries.Count == 0)
        {
            terminal.Out(isFiltered ? "No recorded event matches." : "Nothing is recorded.");
            return;
        }

        var hasServices = entries.Any(e => e.Service is not null);
        TablePrinter.Print(
            terminal,
            hasServices ? [.. Header[..ServiceAt], "Service", .. Header[ServiceAt..]] : Header,
            [
                .. entries.Select(e =>
                    Row(e) is var row && hasServices ? [.. row[..ServiceAt], PlainText.Clean(e.Service ?? ""), .. row[ServiceAt..]] : row
                ),
            ]
        );
    }

    private static string[] Row(JournalEntry entry) =>
        [
            entry.Id.ToString(CultureInfo.InvariantCulture),
            PlainText.Of(entry.AppliedAt),
            Event(entry),
            PlainText.Clean(entry.Name),
            entry.ExecutionTimeMs is { } ms ? PlainText.Of(TimeSpan.FromMilliseconds(ms)) : "",
            entry.RowsAffected?.ToString(CultureInfo.InvariantCulture) ?? "",
            PlainText.Clean(entry.AppliedBy + "@" + entry.Host),
            PlainText.Shorten(Note(entry).ReplaceLineEndings(" "), 160),
        ];

    private static string Note(JournalEntry entry) =>
        entry.ErrorMessage
        ?? (
            entry.Statements is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count} statement{(count == 1 ? "" : "s")}") : ""
        );

    private static string Event(JournalEntry entry)
    {
        var text = entry.Event switch
        {
            JournalEvent.RolledBack => "rolled back",
            var other => other.ToString().ToLowerInvariant(),
        };
        if (
            entry.Direction == MigrationDirection.Down
            && entry.Event is JournalEvent.Failed or JournalEvent.Started or JournalEvent.Progress
        )
            text += " (down)";
        return entry is { Statements: null, StatementIndex: { } index }
            ? string.Create(CultureInfo.InvariantCulture, $"{text} #{index + 1}")
            : text;
    }
}
