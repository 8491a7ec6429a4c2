using System.Xml;
using System.Xml.Linq;
using Migrations.Comparing;
using Migrations.Diagrams;
using Migrations.Reporting;

namespace Migrations.Databases.Tests;

/// <summary>What a report reads of a database, the page that shows it, and the diagram of its schema.</summary>
public abstract class ReportConformance(DatabaseKind kind) : Conformance(kind)
{
    private string Page => Path.Combine(Path.GetDirectoryName(Folder)!, "report.html");

    protected override bool NeedsCopies => true;

    private ReportReader Reader() => new(Kind.Driver, Target(), Folder, EngineOptions());

    [Fact]
    public async Task It_shows_status_history_schema_differences_checks_and_backups_without_a_secret()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES a (id));\n", "DROP TABLE b;\n");
        await ApplyAsync();
        Migration("003_c", "CREATE TABLE c (id integer);\n");
        await Database.ExecuteAsync("CREATE TABLE \"</script><img src=x>\" (\"a \"\"b\" integer)");
        var backups = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Folder)!, "backups")).FullName;

        var report = await Reader().ReadAsync(new ReportRequest { BackupFolder = backups });

        Assert.Equal("001_a Applied, 002_b Applied, 003_c Pending", string.Join(", ", report.Statuses.Select(s => $"{s.Name} {s.State}")));
        Assert.Equal(["001_a", "002_b"], report.History.Select(e => e.Name));
        Assert.Empty(report.Backups!);
        var drift = Assert.Single(report.Checks!, c => c is { Category: CheckCategory.Drift, Status: CheckStatus.Fail });
        Assert.Contains("<img src=x>", drift.Target, StringComparison.Ordinal);
        var written = ReportFile.Write(Page, new MigrationReport { CreatedAt = DateTimeOffset.UtcNow, Databases = [report] });
        Assert.True(written is { Databases: 1, Pending: 1, Unhealthy: 1, Unread: 0 });
        var text = await File.ReadAllTextAsync(Page);
        Assert.All(Database.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var page = XDocument.Load(reader);
        Assert.Empty(page.Descendants("img"));
        Assert.Equal(3, page.Descendants("g").Count());
        Assert.Equal(["b (a_id) → a (id)"], page.Descendants("path").Elements("title").Select(t => t.Value));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_read()
    {
        ThreeTables();
        await ApplyAsync();
        var report = await Reader().ReadAsync(new ReportRequest { Checks = null, Last = 1 });
        Assert.Null(report.Checks);
        Assert.Null(report.Backups);
        Assert.Equal("003_c", Assert.Single(report.History).Name);
    }

    [Fact]
    public async Task A_place_that_is_not_a_report_is_left_alone()
    {
        ThreeTables();
        var report = new MigrationReport { CreatedAt = DateTimeOffset.UtcNow, Databases = [] };
        ReportFile.Write(Page, report);
        ReportFile.Write(Page, report);
        await File.WriteAllTextAsync(Page, "not a report");
        foreach (var place in new[] { Page, Folder, Path.Combine(Folder, "missing", "report.html") })
            await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Task.Run(() => ReportFile.Write(place, report)));
        Assert.Equal("not a report", await File.ReadAllTextAsync(Page));
    }

    [Fact]
    public async Task A_diagram_has_the_tables_with_their_keys_whatever_they_are_called()
    {
        await Database.ExecuteAsync("CREATE TABLE \"pa rent.s\" (\"i\"\"d\" integer PRIMARY KEY, name varchar(20) NOT NULL UNIQUE)");
        await Database.ExecuteAsync(
            "CREATE TABLE child (a integer NOT NULL, b integer, p integer REFERENCES \"pa rent.s\" (\"i\"\"d\") ON DELETE CASCADE, "
                + "PRIMARY KEY (a, b))"
        );
        await Database.ExecuteAsync(
            "CREATE TABLE single (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b), FOREIGN KEY (a, b) REFERENCES child (a, b))"
        );
        var schema = await new SchemaSides(Kind.Driver, EngineOptions(), new ScratchRequest()).ReadAsync(
            new DatabaseSide(Target()),
            TestContext.Current.CancellationToken
        );

        var diagram = SchemaDiagram.Of(schema);

        var labels = diagram.Tables.Select(t => t.Label).ToList();
        Assert.Equal(["child", "pa rent.s", "single"], labels.Order(StringComparer.Ordinal));
        var parent = diagram.Tables[labels.IndexOf("pa rent.s")];
        Assert.True(parent.Columns[0] is { Name: "i\"d", IsPrimary: true });
        Assert.True(parent.Columns[1] is { IsRequired: true, IsUnique: true, IsPrimary: false });
        Assert.Equal(
            ["child(p) parent:i\"d optional", "single(a,b) child:a,b one"],
            diagram
                .Links.Select(l =>
                    $"{labels[l.From]}({string.Join(',', l.FromColumns)}) "
                    + $"{labels[l.To].Replace("pa rent.s", "parent", StringComparison.Ordinal)}:{string.Join(',', l.ToColumns)}"
                    + $"{(l.IsOptional ? " optional" : "")}{(l.IsUnique ? " one" : "")}"
                )
                .Order(StringComparer.Ordinal)
        );
        Assert.StartsWith("erDiagram\n", diagram.Write(DiagramFormat.Mermaid), StringComparison.Ordinal);
        Assert.StartsWith("digraph schema {", diagram.Write(DiagramFormat.Dot), StringComparison.Ordinal);
    }
}

public sealed class SqliteReportTests() : ReportConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlReportTests() : ReportConformance(DatabaseKind.PostgreSql);
