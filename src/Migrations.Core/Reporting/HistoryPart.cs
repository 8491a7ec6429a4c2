using System.Globalization;
using Migrations.Events;
using Migrations.History;

namespace Migrations.Reporting;

/// <summary>Writes the history of a database as a time line: run by run, the newest first, with a bar for how long each step took.
/// </summary>
/// <param name="html">Where it goes.</param>
/// <param name="database">The database.</param>
internal sealed class HistoryPart(HtmlWriter html, DatabaseReport database)
{
    // How many runs are open; older ones are folded away.
    private const int Open = 8;

    private readonly long _longest = Math.Max(1, database.History.Max(e => e.ExecutionTimeMs) ?? 1);

    /// <summary>Writes it.</summary>
    public void Write()
    {
        html.Element("h3", "History");
        var runs = database
            .History.Where(e => e.Event is not (JournalEvent.Started or JournalEvent.Progress or JournalEvent.Snapshot))
            .GroupBy(e => e.RunId)
            .Select(run => run.ToList())
            .Reverse()
            .ToList();
        if (runs.Count == 0)
        {
            html.Element("p", "Nothing has been recorded.", ("class", "quiet"));
            return;
        }

        Line(runs.Take(Open));
        if (runs.Count <= Open)
            return;
        using var details = html.In("details");
        html.Element("summary", EventText.Count(runs.Count - Open, "older run"));
        Line(runs.Skip(Open));
    }

    private void Line(IEnumerable<List<JournalEntry>> runs)
    {
        using var line = html.In("ol", ("class", "line"));
        foreach (var run in runs)
        {
            using var item = html.In("li", ("class", run.Exists(e => e.IsFailure) ? "bad" : "good"));
            using (html.In("p"))
            {
                html.Element(
                    "time",
                    ReportPage.Moment(run[0].AppliedAt),
                    ("datetime", run[0].AppliedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
                );
                html.Element("span", $" {run[0].AppliedBy} on {run[0].Host}{Sum(run)}", ("class", "quiet"));
            }

            using var steps = html.In("ul");
            foreach (var entry in run)
                Step(entry);
        }
    }

    private void Step(JournalEntry entry)
    {
        var (word, tone) = Describe(entry);
        using var step = html.In("li");
        new ReportVerdict(word, tone).Write(html);
        using (html.In("div"))
        {
            html.Element("code", entry.Name);
            if (entry is { IsFailure: true, ErrorMessage: { } error })
                html.Element("div", error, ("class", "problem"));
        }

        if (entry.ExecutionTimeMs is not { } took)
            return;
        using (html.In("span", ("class", "bar")))
            html.Element("i", "", ("style", string.Create(CultureInfo.InvariantCulture, $"width:{100.0 * took / _longest:0.##}%")));
        html.Element("span", EventText.Of(TimeSpan.FromMilliseconds(took)), ("class", "number"));
    }

    private static string Sum(List<JournalEntry> run)
    {
        var took = run.Sum(e => e.ExecutionTimeMs ?? 0);
        return run.Count == 1 ? "" : $", {EventText.Count(run.Count, "event")}, {EventText.Of(TimeSpan.FromMilliseconds(took))}";
    }

    private static (string Word, ReportTone Tone) Describe(JournalEntry entry) =>
        entry.Event switch
        {
            _ when entry.IsFailure => ("failed", ReportTone.Bad),
            JournalEvent.Applied => ("applied", ReportTone.Good),
            JournalEvent.RolledBack => ("rolled back", ReportTone.Notice),
            JournalEvent.TakenOver => ("taken over", ReportTone.Plain),
            var other => (other.ToString().ToLowerInvariant(), ReportTone.Plain),
        };
}
