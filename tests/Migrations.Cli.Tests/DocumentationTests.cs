using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Migrations.Cli.Tests;

/// <summary>
/// The lines for a shell in README and docs run as they stand there, and print what the page says. What a page says before its first
/// heading is done before each of its sections, each of which has a folder and a shell of its own; a tutorial is one section from beginning
/// to end.
/// </summary>
public sealed partial class DocumentationTests : IDisposable
{
    /// <summary>What a page takes for granted: its reader has set these, and works in a folder like this one.</summary>
    private const string Shop =
        "export DATABASE_URL=shop.db MIGRATION_PATH=migrations; cp -r samples/shop migrations; mkdir backups; migrations up";

    /// <summary>What a line to type may begin with: a page must not change the machine of whoever runs the tests.</summary>
    private static readonly string[] Harmless =
    [
        "migrations",
        "export",
        "mkdir",
        "cp",
        "mv",
        "rm",
        "cat",
        "echo",
        "cd",
        "git",
        "sqlite3",
        "bash",
        "set",
        "#",
    ];

    private const string OtherTools = "docs/coming-from.md";

    private static readonly string[] WholePages = ["README.md", "docs/tutorial.md"];

    private static readonly Dictionary<string, string> Beforehand = new(StringComparer.Ordinal)
    {
        ["docs/backup.md"] = Shop,
        ["docs/cli.md"] = Shop,
        ["docs/guarantees.md"] = Shop,
        ["docs/integrity.md"] =
            $"{Shop.Replace("samples/shop", "samples/dashboard", StringComparison.Ordinal)}; migrations backup --destination "
            + "backups --prove;"
            + " cp shop.db staging.db; cp shop.db production.db",
    };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    /// <summary>Every section with lines to type.</summary>
    public static TheoryData<string, string> Sections
    {
        get
        {
            var sections = new TheoryData<string, string>();
            foreach (var page in MarkdownPage.All)
            {
                var headings = page.Blocks.Where(IsTyped).Select(b => WholePages.Contains(page.Name) ? "" : b.Section).Distinct().ToList();
                foreach (var heading in headings.Where(h => h.Length > 0 || headings.Count == 1))
                    sections.Add(page.Name, heading);
            }

            return sections;
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task It_runs_as_it_stands_there(string page, string section)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The lines are written for a POSIX shell.");
        _temporary.CopyFrom(Repository.PathOf("samples"), "samples");
        _temporary.CopyFrom(Repository.PathOf("docs", "examples"), "docs/examples");
        _temporary.CopyFrom(Repository.Fixture("adoption"), "other-tools");
        _temporary.CopyFrom(Repository.Fixture("adoption-by-name"), "other-programs");
        var blocks = MarkdownPage
            .Read(page)
            .Blocks.Where(b => b.Section.Length == 0 || section.Length == 0 || b.Section == section)
            .ToList();
        Assert.Empty(blocks.SelectMany(Others));
        await using var server = section.Contains("(PostgreSQL)", StringComparison.Ordinal)
            ? await PostgreSqlTestDatabase.CreateAsync()
            : null;

        var (exitCode, text) = await RunAsync(ScriptOf(page, blocks), server?.Address);

        Assert.True(exitCode == 0, text);
        var printed = Normal(text);
        Assert.All(
            blocks.Where(b => b is { Language: "", NotRun: null, File: null }).SelectMany(b => b.Text.Split('\n')),
            line => Assert.Contains(Normal(Command().IsMatch(line) ? "" : line.TrimEnd()), printed, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Lines_change_nothing_but_their_folder() => Assert.Empty(MarkdownPage.All.SelectMany(p => p.Blocks).SelectMany(Others));

    /// <summary>The roles are those of a server, so they are dropped with what they own.</summary>
    [Fact]
    public async Task The_grants_of_the_permissions_run_on_a_server()
    {
        const string drop =
            "DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'shop\\_%' LOOP "
            + "EXECUTE format('DROP OWNED BY %I', r); EXECUTE format('DROP ROLE %I', r); END LOOP; END $$;";
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "CREATE ROLE shop_owner; CREATE ROLE shop_app; CREATE TABLE customers (id integer); CREATE TABLE "
                + "migration_journal (id integer);"
        );
        try
        {
            var blocks = MarkdownPage.Read("docs/permissions.md").Blocks.Where(b => b.Language == "sql").ToList();
            Assert.True(blocks.Count > 5, $"{blocks.Count} blocks were found.");
            foreach (var block in blocks)
                await database.ExecuteAsync(block.Text.Replace("DATABASE shop ", $"DATABASE {database.Quoted} ", StringComparison.Ordinal));
            Assert.Equal("shop_migrator", await database.ScalarAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'customers'"));
        }
        finally
        {
            await database.ExecuteAsync(drop);
        }
    }

    [Fact]
    public void There_are_pages_to_run()
    {
        var pages = Sections.Select(row => row.Data.Item1).ToHashSet();
        Assert.All(["README.md", "docs/tutorial.md", "docs/cookbook.md", "docs/integrity.md"], page => Assert.Contains(page, pages));
    }

    private static bool IsTyped(CodeBlock block) =>
        block is { NotRun: null, File: null } && (block.Language == "sh" || (block.Language.Length == 0 && Command().IsMatch(block.Text)));

    /// <summary>The lines that must not run in a test, and are not said to be skipped.</summary>
    private static IEnumerable<string> Others(CodeBlock block) =>
        IsTyped(block)
            ? Lines(block)
                .Where(l => l.Trim().Length > 0 && !Harmless.Contains(l.Split(' ', 2)[0]))
                .Select(l => $"{block.Place}: '{l}': if no test is to run it, put '<!-- not run: why -->' above the block.")
            : [];

    /// <summary>A database as the tool whose name the heading has leaves it; of programs, with what comes next.</summary>
    private static string DatabaseOf(IReadOnlyList<CodeBlock> blocks)
    {
        var heading = blocks[^1].Section;
        if (ToolOf(heading, "adoption-by-name") is { } program)
            return $"sqlite3 shop.db < other-programs/{program}/sqlite.sql; cat other-programs/{program}/sql*/* > applied.sql; "
                + "mkdir migrations; cp other-tools/dbup/migrations/0003_tracks.sql migrations/20250101000000_tracks.sql";
        var tool = ToolOf(heading, "adoption");
        if (heading.Contains("(PostgreSQL)", StringComparison.Ordinal))
            return $"mkdir supabase; cp -r other-tools/{tool}/migrations migrations; cp -r migrations supabase/migrations; "
                + $"'{Prerequisite.Psql()}' -q \"$DATABASE_URL\" -f other-tools/{tool}/postgresql.sql";
        return tool is not null
            ? $"cp -r other-tools/{tool}/migrations migrations; sqlite3 shop.db < other-tools/{tool}/sqlite.sql"
            : "cp -r other-tools/schema_version/migrations migrations; sqlite3 shop.db < migrations/001_artists.sql";
    }

    private static string? ToolOf(string heading, string fixtures) =>
        Directory
            .EnumerateDirectories(Repository.Fixture(fixtures))
            .Select(d => Path.GetFileName(d))
            .Where(t => heading.Replace(" ", "", StringComparison.Ordinal).Contains(t, StringComparison.OrdinalIgnoreCase))
            .MaxBy(t => t.Length);

    private string ScriptOf(string page, IReadOnlyList<CodeBlock> blocks)
    {
        var script = new StringBuilder()
            .AppendLine($"migrations() {{ dotnet '{CliProcess.Program}' \"$@\"; }}; export -f migrations")
            .AppendLine("set -E -o pipefail; place=before; trap 'echo \"FAILED at $place: $BASH_COMMAND\" >&2; exit 1' ERR")
            .AppendLine(page == OtherTools ? DatabaseOf(blocks) : Beforehand.GetValueOrDefault(page, ""));
        foreach (var block in blocks.Where(b => b.NotRun is null))
        {
            script.AppendLine($"place='{block.Place}'");
            if (block.File is { } file)
            {
                var written = _temporary.Write($".blocks/{block.Line}", block.Text);
                script.AppendLine($"mkdir -p \"$(dirname '{file}')\"; cp '{written}' '{file}'");
            }
            else if (IsTyped(block))
                script.AppendJoin('\n', Lines(block).Select(Expecting)).AppendLine();
        }

        return script.ToString();
    }

    private static IEnumerable<string> Lines(CodeBlock block) =>
        block.Language == "sh"
            ? block.Text.Split('\n')
            : block.Text.Split('\n').Where(l => Command().IsMatch(l)).Select(l => l["$ ".Length..]);

    /// <summary>A line that says which exit code it ends with must end with it: <c>migrations check   # exit code 4</c>.</summary>
    private static string Expecting(string line) =>
        ExitCodeNamed().Match(line) is { Success: true } m
            ? $"code=0; {m.Groups["command"].Value} || code=$?; [ $code = {m.Groups["code"].Value} ]"
            : line;

    private async Task<(int ExitCode, string Text)> RunAsync(string script, string? database)
    {
        var start = new ProcessStartInfo("bash", [_temporary.Write(".blocks/run.sh", script)])
        {
            UseShellExecute = false,
            WorkingDirectory = _temporary.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in CliCall.VariablesOfTheCommand)
            start.Environment.Remove(name);
        if (database is not null)
            start.Environment["DATABASE_URL"] = database;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Times, durations, folders and the characters of rulers differ from run to run.</summary>
    private string Normal(string text) =>
        Varying()
            .Replace(
                text.Replace(_temporary.Path, "/srv/shop", StringComparison.Ordinal)
                    .Replace("/home/ada/shop", "/srv/shop", StringComparison.Ordinal),
                "#"
            );

    [GeneratedRegex(@"^\$ ", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();

    [GeneratedRegex(@"^(?<command>.+?)\s+# exit code (?<code>\d+)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExitCodeNamed();

    [GeneratedRegex(
        @"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\d{8}_\d{6}|\d+(\.\d+)? (ms|s|kB|KB|MB)\b|={5,}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Varying();
}
