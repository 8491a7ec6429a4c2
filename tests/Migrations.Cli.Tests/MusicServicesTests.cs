namespace Migrations.Cli.Tests;

/// <summary>A day of an operator with the sample of four services in three environments, as its documentation has it.</summary>
public sealed class MusicServicesTests : IAsyncLifetime
{
    private static readonly string[] Services = ["accounts", "library", "glossary", "live-sessions"];
    private static readonly string[] Production = ["--environment", "production", "--service", "*"];
    private static readonly string[] Staging = ["--environment", "staging", "--service", "*"];

    private readonly TemporaryFolder _temporary = new();
    private readonly List<PostgreSqlTestDatabase> _databases = [];
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public ValueTask InitializeAsync()
    {
        var sample = Repository.PathOf("samples", "music-services");
        foreach (var file in Directory.GetFiles(sample, "*", SearchOption.AllDirectories))
            _temporary.Write(Path.GetRelativePath(sample, file), File.ReadAllText(file));
        foreach (var folder in new[] { "staging", "production", "backups" })
            Directory.CreateDirectory(_temporary[folder]);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
        _temporary.Dispose();
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Create_apply_stage_release_clone_and_watch(string engine)
    {
        await (engine is "SQLite" ? UseFilesAsync() : UseServerAsync());

        // Create: the next number, the header, and the rollback in its folder.
        await OutputAsync("create", "add avatars", "--service", "accounts");
        var created = await File.ReadAllTextAsync(_temporary["migrations/accounts/0003_add_avatars.sql"]);
        Assert.Matches("(?s)-- Migration: 0003_add_avatars.*-- Created: .*-- Description: .*\n-- Up Migration\n", created);
        _temporary.Write("migrations/accounts/0003_add_avatars.sql", created + "\nALTER TABLE members ADD COLUMN avatar TEXT;\n");
        _temporary.Write("migrations/accounts/rollback/0003_rollback.sql", "ALTER TABLE members DROP COLUMN avatar;\n");

        // Locally, in the order of dependency; the rollback folder is found; then staged.
        var local = await OutputAsync("up", "--service", "*");
        Assert.Matches("(?s)Applied 3 .*Applied 1 .*Applied 1 .*Applied 1 .*4 of 4 services completed", local);
        Assert.Contains("Rolled back 3", await OutputAsync("reset", "--service", "accounts", "--yes"), StringComparison.Ordinal);
        Assert.Contains("Applied 3", await OutputAsync("up", "--service", "accounts"), StringComparison.Ordinal);
        await OutputAsync(["init", "--create", "--stamp", "staging", .. Staging]);

        // Production asks first.
        var asked = await RunAsync(["up", .. Production]);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("in the environment 'production' on accounts (", asked.Error, StringComparison.Ordinal);
        await OutputAsync(["init", "--create", "--stamp", "production", "--yes", .. Production]);
        await OutputAsync(
            "run",
            "--command",
            "INSERT INTO members (id, email) VALUES ('m1', 'ada@example.com')",
            "--environment",
            "production",
            "--service",
            "accounts",
            "--yes"
        );

        // Production is cloned to staging in one call, which stays staging.
        await OutputAsync(["backup", .. Production]);
        var cloned = await OutputAsync(["restore", "--latest", "--source-environment", "production", "--yes", .. Staging]);
        Assert.Contains("4 of 4 services completed", cloned, StringComparison.Ordinal);
        Assert.Contains("ada@example.com", await QueryAsync("staging", "SELECT email FROM members"), StringComparison.Ordinal);
        Assert.Equal(["staging", "staging", "staging", "staging"], await StampsAsync(Staging));
        Assert.Equal(["production", "production", "production", "production"], await StampsAsync(Production));
        await OutputAsync(["diff", "--data", "--source-environment", "production", "--exclude-table", "migration_*", .. Staging]);

        // Health, and what each migration cost.
        var health = await OutputAsync(["check", .. Staging]);
        Assert.DoesNotContain("Fail", health, StringComparison.Ordinal);
        var metrics = await OutputAsync("history", "--environment", "production", "--service", "glossary", "--output", "json");
        Assert.Matches("(?s)\"version\": \"0001\".*\"appliedAt\": \"20.*\"durationMs\": .*\"success\": true", metrics);
    }

    private Task UseFilesAsync()
    {
        foreach (var service in Services)
            _variables[VariableOf(service)] = Path.Combine("production", service + ".db");
        return Task.CompletedTask;
    }

    /// <summary>The same file with addresses of a server, and scripts of the same tables in its SQL.</summary>
    private async Task UseServerAsync()
    {
        var configuration = await File.ReadAllTextAsync(_temporary["migrations.json"]);
        foreach (var service in Services)
        {
            _variables[VariableOf(service)] = await NewDatabaseAsync();
            _variables["STAGING_" + VariableOf(service)] = await NewDatabaseAsync();
            _variables["LOCAL_" + VariableOf(service)] = await NewDatabaseAsync();
            configuration = configuration
                .Replace($"\"{service}.db\"", $"\"${{LOCAL_{VariableOf(service)}}}\"", StringComparison.Ordinal)
                .Replace(
                    $"\"${{STAGING_FOLDER:-staging}}/{service}.db\"",
                    $"\"${{STAGING_{VariableOf(service)}}}\"",
                    StringComparison.Ordinal
                );
        }

        Assert.DoesNotContain(".db\"", configuration, StringComparison.Ordinal);
        _temporary.Write("migrations.json", configuration);
        foreach (var file in Directory.GetFiles(_temporary["migrations"], "*.sql", SearchOption.AllDirectories))
            await File.WriteAllTextAsync(file, InPostgreSql(await File.ReadAllTextAsync(file)));
    }

    private static string InPostgreSql(string sql)
    {
        sql = sql.Replace("unixepoch()", "extract(epoch FROM now())::integer", StringComparison.Ordinal)
            .Replace("DROP TRIGGER words_added;\nDROP TABLE words_search;\n", "", StringComparison.Ordinal);
        // What is SQLite's own stands at the ends of the scripts.
        foreach (var own in new[] { "CREATE VIRTUAL TABLE", "CREATE TRIGGER" })
            sql = sql.IndexOf(own, StringComparison.Ordinal) is var at and > 0 ? sql[..at] : sql;
        return sql;
    }

    private async Task<string> NewDatabaseAsync()
    {
        var database = await PostgreSqlTestDatabase.CreateAsync();
        _databases.Add(database);
        return database.Address;
    }

    private static string VariableOf(string service) => service.Replace('-', '_').ToUpperInvariant() + "_DATABASE_URL";

    private Task<string> QueryAsync(string environment, string sql) =>
        OutputAsync("run", "--csv", "--command", sql, "--environment", environment, "--service", "accounts");

    private async Task<IReadOnlyList<string>> StampsAsync(string[] environment) =>
        [
            .. (await OutputAsync(["status", "--summary", "--output", "json", .. environment]))
                .Split("\"stamp\": \"")
                .Skip(1)
                .Select(rest => rest.Split('"')[0]),
        ];

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}\n{result}");
        foreach (var secret in _databases.SelectMany(d => d.Secrets))
            Assert.DoesNotContain(secret, result.All, StringComparison.Ordinal);
        return result.Output;
    }

    private Task<CliResult> RunAsync(string[] arguments) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments = arguments,
                WorkingFolder = _temporary.Path,
                Environment = _variables,
            }
        );
}
