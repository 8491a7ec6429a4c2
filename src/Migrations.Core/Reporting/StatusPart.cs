using System.Globalization;
using Migrations.Events;

namespace Migrations.Reporting;

/// <summary>Writes where a database and its migrations stand.</summary>
/// <param name="html">Where it goes.</param>
/// <param name="database">The database, which was read.</param>
internal sealed class StatusPart(HtmlWriter html, DatabaseReport database)
{
    // Of more applied ones, the oldest are folded away.
    private const int Shown = 30;

    /// <summary>Writes it.</summary>
    public void Write()
    {
        var summary = database.Summary!;
        Facts(summary);
        html.Element("h3", "Migrations");
        if (database.Statuses.Count == 0)
        {
            html.Element("p", "No migrations.", ("class", "quiet"));
            return;
        }

        Progress(summary);
        var done = database.Statuses.TakeWhile(s => s.State == MigrationState.Applied).ToList();
        var folded = Math.Max(0, done.Count - Shown);
        if (folded > 0)
        {
            using (html.In("details"))
            {
                html.Element("summary", $"{EventText.Count(folded, "older migration")}, all applied");
                Rows(database.Statuses.Take(folded));
            }
        }

        Rows(database.Statuses.Skip(folded));
    }

    private void Facts(DatabaseStatus summary)
    {
        (string Name, string? Value)[] facts =
        [
            ("Engine", $"{summary.Engine} {summary.EngineVersion}".TrimEnd()),
            ("Current version", summary.Current?.ToString() ?? "none"),
            ("Last run", summary.LastRun is { } run ? ReportPage.Moment(run) : "never"),
            ("Environment", summary.Stamp),
            ("Locked by", summary.LockedBy),
            ("Migrated by", summary.ForeignHistory),
            ("Folder", summary.Path),
        ];
        using (html.In("dl", ("class", "facts")))
        {
            foreach (var (name, value) in facts.Where(f => f.Value is not null))
            {
                using (html.In("div"))
                {
                    html.Element("dt", name);
                    html.Element("dd", value!);
                }
            }
        }
    }

    private void Progress(DatabaseStatus summary)
    {
        var share = summary.Total == 0 ? 0 : 100.0 * summary.Applied / summary.Total;
        using (html.In("div", ("class", "progress")))
            html.Element("i", "", ("style", string.Create(CultureInfo.InvariantCulture, $"width:{share:0.##}%")));
        var failed = summary.Failed == 0 ? "" : $", {ReportPage.Number(summary.Failed)} failed";
        html.Element(
            "p",
            $"{ReportPage.Number(summary.Applied)} of {ReportPage.Number(summary.Total)} applied, "
                + $"{ReportPage.Number(summary.Pending)} pending{failed}.",
            ("class", "quiet")
        );
    }

    private void Rows(IEnumerable<MigrationStatus> statuses) =>
        ReportPage.Table(
            html,
            ["State", "Migration", "Applied", "By", "Took", "Undo"],
            () =>
            {
                foreach (var status in statuses)
                    Row(status);
            }
        );

    private void Row(MigrationStatus status)
    {
        using var row = html.In("tr");
        using (html.In("td"))
            ReportVerdict.Of(status).Write(html);
        using (html.In("td"))
        {
            html.Element("code", status.Name);
            if (status.Description is { } description)
                html.Element("div", description, ("class", "quiet"));
            if (status.Error is { } error)
                html.Element("div", error, ("class", "problem"));
        }

        html.Element("td", status.AppliedAt is { } at ? ReportPage.Moment(at) : "", ("class", "time"));
        html.Element("td", status.AppliedBy ?? "");
        html.Element("td", status.Duration is { } duration ? EventText.Of(duration) : "", ("class", "number"));
        html.Element("td", Undo(status));
    }

    private static string Undo(MigrationStatus status) =>
        status switch
        {
            { IsIrreversible: true } => "irreversible",
            { HasUndo: false } => "none",
            { UndoVerdict: UndoVerdict.None } => "not rehearsed",
            _ => status.UndoVerdict.Message(),
        };
}
