using System.Globalization;
using Migrations.History;

namespace Migrations.Reporting;

/// <summary>
/// Writes a report as one HTML page without scripts. All that comes from databases and files goes through <see cref="HtmlWriter"/>.
/// </summary>
/// <param name="report">The report.</param>
/// <param name="output">Where the page goes.</param>
internal sealed class ReportPage(MigrationReport report, TextWriter output)
{
    // How many databases are shown open; where there are more, the table at the top leads to each.
    private const int Open = 3;

    // Nothing is fetched or run, whatever a text would like to be.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private readonly HtmlWriter _html = new(output);

    /// <summary>Writes the page.</summary>
    public void Write()
    {
        _html.Begin();
        using (_html.In("html", ("lang", "en")))
        {
            using (_html.In("head"))
                Head();
            using (_html.In("body"))
            {
                using (_html.In("header"))
                    Heading();
                using (_html.In("main"))
                    Body();
                using (_html.In("footer"))
                    _html.Text($"Migrations {JournalRecorder.ToolVersion}. All times are UTC.");
            }
        }
    }

    /// <summary>A moment as the page shows it.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number as the page shows it.</summary>
    public static string Number(long number) =>
        number.ToString("#,0", CultureInfo.InvariantCulture).Replace(",", "\u202f", StringComparison.Ordinal);

    /// <summary>A table that scrolls on its own where the page is narrow.</summary>
    public static void Table(HtmlWriter html, IReadOnlyList<string> headings, Action rows)
    {
        using (html.In("div", ("class", "scroll")))
        using (html.In("table"))
        {
            using (html.In("thead"))
            using (html.In("tr"))
            {
                foreach (var heading in headings)
                    html.Element("th", heading);
            }

            using (html.In("tbody"))
                rows();
        }
    }

    private void Head()
    {
        _html.Empty("meta", ("charset", "utf-8"));
        _html.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy));
        _html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        _html.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
        _html.Empty("meta", ("name", "referrer"), ("content", "no-referrer"));
        _html.Element("title", report.Title);
        _html.Style(ReportStyle.Css);
    }

    private void Heading()
    {
        _html.Element("h1", report.Title);
        _html.Element("p", Moment(report.CreatedAt) + " UTC", ("class", "quiet"));
        using (_html.In("ul", ("class", "tiles")))
        {
            var verdicts = report.Databases.Select(ReportVerdict.Of).ToList();
            Tile("Databases", report.Databases.Count, ReportTone.Plain);
            Tile("Up to date", verdicts.Count(v => v.Tone == ReportTone.Good), ReportTone.Good);
            Tile("Pending migrations", report.Databases.Sum(d => d.Summary?.Pending ?? 0), ReportTone.Notice);
            Tile("Not as they should be", verdicts.Count(v => v.IsBad), ReportTone.Bad);
            if (report.Databases.Any(d => d.Checks is not null))
                Tile("Failed checks", report.Databases.Sum(d => d.Checks?.Count(c => c.Status == CheckStatus.Fail) ?? 0), ReportTone.Bad);
            if (report.Databases.Any(d => d.Backups is not null))
                Tile("With a proven backup", report.Databases.Count(d => BackupPart.Newest(d) is not null), ReportTone.Good);
        }
    }

    private void Tile(string label, int number, ReportTone tone)
    {
        using (_html.In("li", ("class", number == 0 ? "plain" : tone.ToString().ToLowerInvariant())))
        {
            _html.Element("b", Number(number));
            _html.Element("span", label);
        }
    }

    private void Body()
    {
        if (report.Databases.Count > 1)
            Overview();
        var schemas = report
            .Databases.Where(d => d.Schema is not null)
            .GroupBy(d => d.Schema!.Fingerprint, StringComparer.Ordinal)
            .Select((group, i) => new SchemaPart(_html, i + 1, [.. group]))
            .ToList();
        for (var i = 0; i < report.Databases.Count; i++)
            Section(i, schemas);
        foreach (var schema in schemas)
            schema.Write();
    }

    private void Overview()
    {
        using var section = _html.In("section");
        _html.Element("h2", "All databases");
        Table(
            _html,
            ["Database", "State", "Applied", "Pending", "Current", "Last run", "Checks", "Newest proven backup"],
            () =>
            {
                for (var i = 0; i < report.Databases.Count; i++)
                    OverviewRow(i, report.Databases[i]);
            }
        );
    }

    private void OverviewRow(int number, DatabaseReport database)
    {
        using var row = _html.In("tr");
        using (_html.In("td"))
            _html.Element("a", NameOf(database), ("href", "#" + AnchorOf(number)));
        using (_html.In("td"))
            ReportVerdict.Of(database).Write(_html);
        var summary = database.Summary;
        _html.Element("td", summary is null ? "" : $"{Number(summary.Applied)} of {Number(summary.Total)}", ("class", "number"));
        _html.Element("td", summary is null ? "" : Number(summary.Pending), ("class", "number"));
        _html.Element("td", summary?.Current?.ToString() ?? "");
        _html.Element("td", summary?.LastRun is { } run ? Moment(run) : "", ("class", "time"));
        _html.Element("td", database.Checks is { } checks ? CheckPart.Counts(checks) : "not made");
        _html.Element(
            "td",
            database.Backups is null ? "not looked for"
                : BackupPart.Newest(database) is { } backup ? Moment(backup.CreatedAt)
                : "none",
            ("class", "time")
        );
    }

    private void Section(int number, IReadOnlyList<SchemaPart> schemas)
    {
        var database = report.Databases[number];
        using var section = _html.In("section", ("id", AnchorOf(number)), ("class", "database"));
        using var details = _html.In("details", ("open", report.Databases.Count <= Open ? "" : null));
        using (_html.In("summary"))
        {
            _html.Element("h2", NameOf(database));
            ReportVerdict.Of(database).Write(_html);
        }

        if (database.Problem is { } problem)
        {
            _html.Element("p", problem, ("class", "problem"));
            return;
        }

        new StatusPart(_html, database).Write();
        CheckPart.Write(_html, database);
        BackupPart.Write(_html, database);
        new HistoryPart(_html, database).Write();
        if (schemas.FirstOrDefault(s => s.IsOf(database)) is { } schema)
            schema.WriteLink();
    }

    private static string NameOf(DatabaseReport database) =>
        database.Service is null ? database.Database : $"{database.Service} ({database.Database})";

    private static string AnchorOf(int number) => string.Create(CultureInfo.InvariantCulture, $"database-{number + 1}");
}
