using System.Xml;
using System.Xml.Linq;
using Migrations.Backup;
using Migrations.Core.Tests.Schema;
using Migrations.History;
using Migrations.Reporting;
using Migrations.Schema;
using Xunit;

namespace Migrations.Core.Tests.Reporting;

/// <summary>The page is well formed whatever it shows, holds no script and fetches nothing.</summary>
public class ReportPageTests
{
    private const string Attack =
        "</script></style></title><img src=x onerror=alert(1)>\" onload=\"x' & &amp; ]]> <!-- \u202e\u0000\u001b[31m --> ";

    private static readonly HashSet<string> Elements = new(
        (
            "html head meta title style body header main footer section h1 h2 h3 h4 p ul ol li b i a code div span time dl dt dd details "
            + "summary table thead tbody tr th td input label svg g rect path text title"
        ).Split(' '),
        StringComparer.Ordinal
    );

    private static readonly HashSet<string> Attributes = new(
        (
            "lang charset http-equiv content name class id href open style datetime type for tabindex viewBox role aria-label d transform "
            + "width height rx x y"
        ).Split(' '),
        StringComparer.Ordinal
    );

    [Fact]
    public void Whatever_a_database_or_a_file_holds_is_only_text()
    {
        var page = Parse(Page(Attacked(), Attacked() with { Summary = null, Problem = Attack }, Attacked() with { Service = Attack }));
        Assert.All(page.Descendants(), e => Assert.Contains(e.Name.LocalName, Elements));
        Assert.All(page.Descendants().Attributes(), a => Assert.Contains(a.Name.LocalName, Attributes));
        // Nothing but the places on the page itself.
        Assert.All(page.Descendants("a"), a => Assert.StartsWith("#", a.Attribute("href")!.Value, StringComparison.Ordinal));
        Assert.All(
            page.Descendants().Attributes("style"),
            s => Assert.Matches(@"^(width:[\d.]+%|--width:[\d.]+px;aspect-ratio:[\d./]+)$", s.Value)
        );
        Assert.All(page.Descendants("style"), s => Assert.DoesNotContain("alert", s.Value, StringComparison.Ordinal));
        // And all of it is there to be read, with what could turn or hide it made visible.
        var visible = Attack.Replace('\u202e', '\ufffd').Replace('\u0000', '\ufffd').Replace('\u001b', '\ufffd');
        Assert.All(
            (string[])["h1", "h2", "h4", "title", "code", "td", "dd", "text"],
            tag => Assert.Contains(page.Descendants(tag), e => e.Value.StartsWith(visible[..20], StringComparison.Ordinal))
        );
        Assert.Contains(page.Descendants("div"), e => e.Value == visible);
    }

    [Fact]
    public void It_runs_and_fetches_nothing()
    {
        var page = Parse(Page(Database()));
        var policy = page.Descendants("meta").Single(m => m.Attribute("http-equiv") is not null);
        Assert.StartsWith("default-src 'none'", policy.Attribute("content")!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Root!.Element("body")!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_follows_the_reader_in_colour_and_width()
    {
        var text = Page(Database());
        Assert.Contains("prefers-color-scheme:dark", text, StringComparison.Ordinal);
        Assert.Contains("max-width:640px", text, StringComparison.Ordinal);
        Assert.Contains("content=\"width=device-width, initial-scale=1\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_part_of_a_database_has_its_place()
    {
        var page = Parse(Page(Database()));
        Assert.Equal(["Migrations", "Differences", "Checks", "Backups", "History", "Schema"], page.Descendants("h3").Select(h => h.Value));
        Assert.Equal("1 migration failed", Pill(page.Descendants("summary").First()));
        Assert.Equal(["applied", "failed", "pending"], page.Descendants("tbody").First().Elements("tr").Select(Pill));
        Assert.Contains("42 ms", page.Descendants("ol").Single().Value, StringComparison.Ordinal);
        Assert.Contains("width:100%", page.Descendants("ol").Single().ToString(), StringComparison.Ordinal);
        Assert.Equal(["proven", "not proven", "not usable"], page.Descendants("tbody").ElementAt(1).Elements("tr").Select(Pill));
        Assert.Equal(2, page.Descendants("g").Count());
        Assert.Equal("orders (customer_id) → customers (id)", page.Descendants("path").Elements("title").Single().Value);
    }

    [Fact]
    public void What_was_not_looked_at_is_called_that()
    {
        var page = Parse(Page(Database() with { Checks = null, Backups = null, History = [], Schema = null, Statuses = [] }));
        var text = page.Descendants("main").Single().Value;
        foreach (
            var said in (string[])
                ["None were made.", "was not compared", "No folder for backups was named.", "Nothing has been recorded.", "No migrations."]
        )
            Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("svg"));
    }

    [Fact]
    public void Of_a_fleet_a_table_leads_to_each_database_and_one_schema_is_drawn_once()
    {
        var all = Enumerable.Range(1, 5).Select(i => Database() with { Database = $"{i}.db" }).ToList();
        all[4] = all[4] with { Schema = Snapshots.Of(Snapshots.Table("a", "id integer")) };
        var page = Parse(Page([.. all, DatabaseReport.Unread(Target("6.db"), service: null, "The server is down.")]));
        var links = page.Descendants("a").Select(a => a.Attribute("href")!.Value[1..]).ToHashSet(StringComparer.Ordinal);
        var places = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(places.Count, places.Distinct(StringComparer.Ordinal).Count());
        Assert.Subset(places.ToHashSet(StringComparer.Ordinal), links);
        Assert.Equal(2, page.Descendants("svg").Count());
        Assert.Equal("not read", page.Descendants("tbody").First().Elements("tr").Select(Pill).Last());
        Assert.Contains("The server is down.", page.Descendants("main").Single().Value, StringComparison.Ordinal);
        Assert.Contains("Of 4 databases.", page.Descendants("main").Single().Value, StringComparison.Ordinal);
    }

    private static string Pill(XElement element) =>
        element.Descendants("span").First(s => s.Attribute("class")!.Value.StartsWith("pill", StringComparison.Ordinal)).Value;

    private static string Page(params DatabaseReport[] databases)
    {
        var text = new StringWriter();
        var report = new MigrationReport { CreatedAt = DateTimeOffset.UnixEpoch, Databases = databases };
        if (databases[0].Database == Attack)
            report = report with { Title = Attack };
        new ReportPage(report, text).Write();
        return text.ToString();
    }

    // Every element is closed, so that a reader of XML finds the same structure as a browser.
    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static DatabaseTarget Target(string name) => new("SQLite", name, name, "Password=hunter2");

    private static DatabaseReport Database() => Filled("shop.db", "orders", "customers");

    private static DatabaseReport Attacked() => Filled(Attack, $"\"{Attack.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", "\"b\"");

    private static DatabaseReport Filled(string text, string table, string other)
    {
        var target = Target(text);
        return new DatabaseReport
        {
            Database = text,
            Target = target,
            Summary = new DatabaseStatus
            {
                Database = text,
                Target = target,
                Path = text,
                Engine = text,
                EngineVersion = text,
                Total = 3,
                Applied = 1,
                Pending = 2,
                Failed = 1,
                Healthy = false,
                LockedBy = text,
                ForeignHistory = text,
                Stamp = text,
                LastRun = DateTimeOffset.UnixEpoch,
            },
            Statuses =
            [
                Status(target, text, MigrationState.Applied),
                Status(target, text, MigrationState.Failed) with
                {
                    Error = text,
                },
                Status(target, text, MigrationState.Pending),
            ],
            History = [Entry(text, JournalEvent.Applied, 42), Entry(text, JournalEvent.Failed, 7), Entry(text, JournalEvent.Started, null)],
            Schema = Schema(table, other),
            Checks =
            [
                Check(text, CheckCategory.Drift, CheckStatus.Fail) with
                {
                    Expected = text,
                    Actual = text,
                    Target = text,
                },
                Check(text, CheckCategory.Engine, CheckStatus.Pass),
                Check(text, CheckCategory.History, CheckStatus.Warn) with
                {
                    NextStep = text,
                },
            ],
            Backups =
            [
                Backup(text) with
                {
                    Proven = true,
                    ProvenAt = DateTimeOffset.UnixEpoch,
                },
                Backup(text),
                Backup(text) with
                {
                    Problem = text,
                },
            ],
        };
    }

    private static MigrationStatus Status(DatabaseTarget target, string text, MigrationState state) =>
        new()
        {
            Database = text,
            Target = target,
            Name = text,
            State = state,
            HasUndo = false,
            Path = text,
            Description = text,
            AppliedBy = text,
        };

    private static JournalEntry Entry(string text, JournalEvent what, long? took) =>
        new()
        {
            RunId = Guid.Empty,
            Name = text,
            Direction = MigrationDirection.Up,
            Event = what,
            AppliedBy = text,
            Host = text,
            Success = what != JournalEvent.Failed,
            ErrorMessage = text,
            ExecutionTimeMs = took,
            ToolVersion = text,
        };

    private static CheckResult Check(string text, CheckCategory category, CheckStatus status) =>
        new()
        {
            Name = text,
            Category = category,
            Status = status,
            Message = text,
        };

    private static DatabaseBackup Backup(string text) =>
        new()
        {
            Path = text.Replace('/', '|'),
            CreatedAt = DateTimeOffset.UnixEpoch,
            LastMigration = text,
        };

    private static SchemaSnapshot Schema(string table, string other) =>
        Snapshots.Of([
            Snapshots.Object(SchemaObjectType.Table, table, "TABLE", table: null),
            Snapshots.Object(SchemaObjectType.Column, $"{table}.customer_id", "INTEGER", table) with
            {
                Position = 1,
            },
            Snapshots.Object(SchemaObjectType.Column, $"{table}.{table}", table, table) with
            {
                Position = 2,
            },
            Snapshots.Object(SchemaObjectType.Constraint, $"{table}.f", $"FOREIGN KEY (customer_id) REFERENCES {other}(id)", table),
            Snapshots.Object(SchemaObjectType.Table, other, "TABLE", table: null),
            Snapshots.Object(SchemaObjectType.Column, $"{other}.id", "INTEGER", other) with
            {
                Position = 1,
            },
            Snapshots.Object(SchemaObjectType.Constraint, $"{other}.p", "PRIMARY KEY (id)", other),
        ]);
}
