using System.Globalization;

namespace Migrations.Reporting;

/// <summary>Writes what the checks of a database found: the differences of its schema first, then the rest.</summary>
internal static class CheckPart
{
    /// <summary>Writes it.</summary>
    public static void Write(HtmlWriter html, DatabaseReport database)
    {
        var checks = database.Checks ?? [];
        html.Element("h3", "Differences");
        var drift = checks.Where(c => c.Category == CheckCategory.Drift).ToList();
        if (drift.Count == 0)
            html.Element("p", "The schema was not compared with what the migrations make.", ("class", "quiet"));
        foreach (var check in drift)
        {
            if (check.Status == CheckStatus.Fail)
                Difference(html, check);
            else
                Answer(html, check, "p");
        }

        html.Element("h3", "Checks");
        if (checks.Count == 0)
        {
            html.Element("p", "None were made.", ("class", "quiet"));
            return;
        }

        html.Element("p", Counts(checks) + ".", ("class", "quiet"));
        foreach (var category in checks.Where(c => c.Category != CheckCategory.Drift).GroupBy(c => c.Category))
        {
            // What passed is folded away; what did not stands open.
            using (html.In("details", ("open", category.All(c => c.Status == CheckStatus.Pass) ? null : "")))
            {
                html.Element("summary", $"{category.Key.Word()}: {Counts([.. category])}");
                using (html.In("ul", ("class", "checks")))
                {
                    foreach (var check in category)
                        Answer(html, check, "li");
                }
            }
        }
    }

    /// <summary>How many checks passed, failed and so on.</summary>
    public static string Counts(IReadOnlyList<CheckResult> checks)
    {
        (CheckStatus Status, string Word)[] words =
        [
            (CheckStatus.Pass, "passed"),
            (CheckStatus.Warn, "warned"),
            (CheckStatus.Fail, "failed"),
            (CheckStatus.NotRun, "not run"),
        ];
        return string.Join(
            ", ",
            words
                .Select(w => (Count: checks.Count(c => c.Status == w.Status), w.Word))
                .Where(w => w.Count > 0)
                .Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Count} {w.Word}"))
        );
    }

    private static void Answer(HtmlWriter html, CheckResult check, string tag)
    {
        using var answer = html.In(tag);
        ReportVerdict.Of(check.Status).Write(html);
        html.Element("code", check.Name);
        html.Text(" " + check.Message);
        if (check is { Status: not CheckStatus.Pass, Recommendation: { } next })
            html.Element("div", next, ("class", "quiet"));
    }

    private static void Difference(HtmlWriter html, CheckResult check)
    {
        using var difference = html.In("div", ("class", "difference"));
        using (html.In("p"))
        {
            ReportVerdict.Of(check.Status).Write(html);
            html.Element("code", check.Target ?? check.Name);
        }

        using (html.In("dl"))
        {
            Side(html, "Expected", check.Expected);
            Side(html, "Found", check.Actual);
            Side(html, "Next", check.Recommendation);
        }
    }

    private static void Side(HtmlWriter html, string name, string? text)
    {
        if (text is null)
            return;
        html.Element("dt", name);
        html.Element("dd", text);
    }
}
