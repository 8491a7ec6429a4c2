using System.Collections.Concurrent;

namespace Migrations.Cli.Tests;

/// <summary>Configurations that no one can work with: each error names file, line and column, and what to do.</summary>
public sealed class InvalidConfigurationTests : IDisposable
{
    private const int AtOnce = 4;

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Each_is_named_with_its_place()
    {
        var wrong = new ConcurrentBag<string>();
        var numbered = InvalidConfigurations.All.Select((c, i) => (Case: c, Folder: $"c{i}"));
        await Parallel.ForEachAsync(
            numbered,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (item, _) =>
            {
                var file = _temporary.Write(item.Folder + "/migrations.json", item.Case.Text);
                _temporary.Write(item.Folder + "/m/001_t.sql", "CREATE TABLE t (a integer);");
                string[] services = item.Case.Text.Contains("\"services\"", StringComparison.Ordinal) ? ["--service", "*"] : [];
                var result = await RunAsync(item.Folder, ["status", "--environment", "e", .. services]);
                string[] parts = [$"error ConfigurationInvalid: {file}:{item.Case.Line}:{item.Case.Column}: ", item.Case.Words, "  Next: "];
                if (result.ExitCode != 2 || !parts.All(p => result.Error.Contains(p, StringComparison.Ordinal)))
                    wrong.Add($"{item.Case}\n{result}");
                if (result.All.Contains("hunter2", StringComparison.Ordinal))
                    wrong.Add($"The secret is shown: {item.Case}\n{result}");
            }
        );
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong));
    }

    [Theory]
    [InlineData("""{ "path": "nowhere", "environments": { "e": { "database": "x.db" } } }""", "FolderMissing", "1:11", "status")]
    [InlineData("""{ "path": "m", "environments": { "e": { "database": "no/x.db" } } }""", "DatabaseFolderMissing", "1:53", "up")]
    [InlineData(
        """{ "backup": { "folder": "no" }, "path": "m", "environments": { "e": { "database": "x.db" } } }""",
        "BackupFolderInvalid",
        "1:25",
        "backup"
    )]
    [InlineData("""{ "path": "m", "environments": { "e": { "database": "nothing.db" } } }""", "DatabaseMissing", "1:53", "schema")]
    [InlineData(
        """{ "path": "m", "environments": { "e": { "database": "postgres://ann:hunter2@127.0.0.1:1/x" } } }""",
        "ConnectionFailed",
        "1:53",
        "status"
    )]
    [InlineData("""{ "hooks": "no", "path": "m", "environments": { "e": { "database": "x.db" } } }""", "FolderMissing", "1:12", "up")]
    [InlineData("""{ "schemaFile": "m", "path": "m", "environments": { "e": { "database": "x.db" } } }""", "UsageInvalid", "1:17", "up")]
    [InlineData(
        """{ "historyTable": "sqlite_x", "path": "m", "environments": { "e": { "database": "x.db" } } }""",
        "UsageInvalid",
        "1:19",
        "up"
    )]
    [InlineData(
        """{ "historySchema": "app", "path": "m", "environments": { "e": { "database": "x.db" } } }""",
        "UsageInvalid",
        "1:20",
        "status"
    )]
    public async Task What_leads_nowhere_is_traced_to_its_place(string text, string id, string place, string command)
    {
        var file = _temporary.Write("c/migrations.json", text);
        _temporary.Write("c/m/001_t.sql", "CREATE TABLE t (a integer);");
        if (id == "BackupFolderInvalid")
            _temporary.Write("c/x.db", "");
        var result = await RunAsync("c", command, "--environment", "e");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("error " + id, result.Error, StringComparison.Ordinal);
        Assert.Contains($"  Configured at: {file}:{place}\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_others_can_change_is_used_only_when_it_is_named()
    {
        if (OperatingSystem.IsWindows())
            return; // It has no such rights.
        var file = _temporary.Write("c/migrations.json", """{ "path": "m", "environments": { "e": { "database": "x.db" } } }""");
        _temporary.Write("c/m/001_t.sql", "CREATE TABLE t (a integer);");
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        var found = await RunAsync("c", "status", "--environment", "e");
        Assert.Equal(2, found.ExitCode);
        Assert.Contains(file, found.Error, StringComparison.Ordinal);
        Assert.Contains("--config", found.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("c", "status", "--environment", "e", "--config", "migrations.json")).ExitCode);
    }

    private Task<CliResult> RunAsync(string folder, params string[] arguments) =>
        CliProcess.RunAsync(new CliCall { Arguments = [.. arguments], WorkingFolder = _temporary[folder] });
}
