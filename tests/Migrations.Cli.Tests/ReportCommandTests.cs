namespace Migrations.Cli.Tests;

/// <summary>The page about databases, and diagrams for documents.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReportCommandTests()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_page_shows_a_whole_fleet_and_what_could_not_be_read()
    {
        _folder.Write("tenants/1.db", "");
        _folder.Write("tenants/2.db", "");
        _folder.Write("tenants/3.db", "this is no database, although its name says so, and its text is long enough to be taken for one");
        await RunAsync("up", "--databases", "tenants/1.db", "tenants/2.db");

        var result = await RunAsync(
            "report",
            "--databases",
            "tenants/1.db",
            "tenants/2.db",
            "tenants/3.db",
            "--output-file",
            "all.html",
            "--title",
            "Tenants & Co",
            "--throttle-limit",
            "2"
        );

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("about 3 databases: 2 as they should be, 0 not, 1 could not be read.", result.Output, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(_folder["all.html"]);
        Assert.Contains("<h1>Tenants &amp; Co</h1>", page, StringComparison.Ordinal);
        Assert.Contains("file is not a database", page, StringComparison.Ordinal);
        Assert.Contains("<p class=\"problem\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_the_figures()
    {
        var result = await RunAsync("report", "--database", "shop.db", "--output-file", "r.html", "--no-checks", "--output", "json");
        Assert.Equal(0, result.ExitCode);
        var written = result.Json[0];
        Assert.Equal(_folder["r.html"], written.GetProperty("file").GetString());
        Assert.Equal(new FileInfo(_folder["r.html"]).Length, written.GetProperty("size").GetInt64());
        Assert.Equal(1, written.GetProperty("pending").GetInt32());
        Assert.False(File.Exists(_folder["shop.db"]));
    }

    [Fact]
    public async Task A_file_that_is_no_report_is_refused_before_anything_is_read()
    {
        _folder.Write("notes.txt", "mine");
        var result = await RunAsync("report", "--database", "shop.db", "--output-file", "notes.txt");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("UsageInvalid", result.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["notes.txt"]));
        Assert.Equal(2, (await RunAsync("report", "--database", "shop.db")).ExitCode);
    }

    [Fact]
    public async Task A_schema_is_written_as_a_diagram()
    {
        await RunAsync("up", "--database", "shop.db");
        var mermaid = await RunAsync("schema", "--database", "shop.db", "--format", "mermaid");
        Assert.StartsWith("erDiagram\n", mermaid.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("t1 |o--o{ t2 : \"a_id\"", mermaid.Output, StringComparison.Ordinal);
        var dot = (await RunAsync("schema", "--database", "shop.db", "--format", "dot", "--output", "json")).Json[0];
        Assert.Equal("Dot", dot.GetProperty("format").GetString());
        Assert.StartsWith("digraph schema {", dot.GetProperty("diagram").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("schema", "--database", "shop.db", "--format", "dot", "--sql")).ExitCode);
    }

    private Task<CliResult> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(new CliCall { Arguments = arguments, WorkingFolder = _folder.Path });
}
