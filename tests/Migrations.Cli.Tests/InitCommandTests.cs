using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Migrations.Cli.Tests;

/// <summary><c>init</c>: what a container does before its application.</summary>
public abstract class InitCommandConformance(string engine) : CliTests(engine)
{
    private const string Schema = "CREATE TABLE users (id integer PRIMARY KEY);\nINSERT INTO users VALUES (1);\n";

    /// <summary>A database that does not exist yet.</summary>
    protected abstract string NewAddress();

    /// <summary>The error about that.</summary>
    protected abstract ErrorId MissingId { get; }

    /// <summary>The text of the init script that the entry point runs, and how many users it makes.</summary>
    protected virtual string InitScript => Schema;

    [Fact]
    public async Task Ten_entry_points_at_once_initialize_once()
    {
        if (OperatingSystem.IsWindows())
            return;
        Temporary.Write("scripts/init-db.sql", InitScript);
        Temporary.Write("bin/migrations", $"#!/bin/sh\nexec dotnet '{CliProcess.Program}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(Temporary.Path, "bin", "migrations"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var address = NewAddress();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var ended = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => StartAsync(address, limit.Token)));
        var all = string.Join("\n----\n", ended.Select(e => e.Text));
        Assert.True(ended.All(e => e.ExitCode == 0), all);
        Assert.True(ended.All(e => e.Text.Contains("application started", StringComparison.Ordinal)), all);
        Assert.True(ended.Count(e => e.Text.Contains("Ran init-db.sql.", StringComparison.Ordinal)) == 1, all);
        Assert.True(ended.Count(e => e.Text.Contains("Already initialized, nothing to do", StringComparison.Ordinal)) >= 8, all);
        var count = await CliProcess.RunAsync("run", "--csv", "--command", "SELECT count(*) AS n FROM users", "--database", address);
        Assert.Equal("n\n1\n", count.Output);
        foreach (var secret in Database.Secrets)
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_of_another_tool_stops_it_unless_it_is_ignored()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
        await Database.ExecuteAsync("INSERT INTO schema_migrations VALUES ('20240101000000')");
        await FailsAsync(ErrorId.ForeignHistoryFound, 1, ["dbmate", "again with --ignore-foreign-history"], "init");
        await OutputAsync("init", "--ignore-foreign-history");
        Assert.Contains("Applied: 3", await OutputAsync("status"), StringComparison.Ordinal);
    }

    /// <summary>Runs the entry point of the sample as a container would.</summary>
    private async Task<(int ExitCode, string Text)> StartAsync(string address, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("sh")
        {
            ArgumentList = { Repository.PathOf("samples", "container", "entrypoint.sh"), "echo", "application started" },
            WorkingDirectory = Temporary.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in CliCall.VariablesOfTheCommand)
            start.Environment.Remove(name);
        start.Environment["PATH"] = Path.Combine(Temporary.Path, "bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["DATABASE_URL"] = address;
        start.Environment["MIGRATION_PATH"] = "scripts/init-db.sql";
        start.Environment["DB_MARKER"] = "users";
        start.Environment["DB_RETRY_ATTEMPTS"] = "3";
        start.Environment["DB_RETRY_DELAY"] = "1s";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [Fact]
    public async Task It_says_what_it_did_and_would_do_and_that_nothing_is_left()
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (7);\n");
        var shown = await OutputAsync("init", "--create", "--seed", "--stamp", "local", "--what-if");
        Assert.Contains(
            "Would apply 3 migrations: 001_initial_schema, 002_add_indexes, 003_add_user_prefs.",
            shown,
            StringComparison.Ordinal
        );
        Assert.Contains("Would run seed.sql.", shown, StringComparison.Ordinal);
        Assert.Contains("Would stamp it as 'local'.", shown, StringComparison.Ordinal);
        Assert.Empty(Engine == "SQLite" ? [] : await Database.TablesAsync());
        var done = await OutputAsync("init", "--create", "--seed", "--stamp", "local");
        Assert.Contains("Applied 3 migrations: ", done, StringComparison.Ordinal);
        Assert.Contains("Ran seed.sql.", done, StringComparison.Ordinal);
        Assert.Contains("Initialized ", done, StringComparison.Ordinal);
        Assert.StartsWith(
            "Already initialized, nothing to do: ",
            await OutputAsync("init", "--seed", "--stamp", "local"),
            StringComparison.Ordinal
        );
        var json = (await RunAsync("init", "--seed", "--output", "json")).Json[0];
        Assert.Equal(
            ("AlreadyInitialized", 0, false),
            (
                json.GetProperty("outcome").GetString(),
                json.GetProperty("applied").GetArrayLength(),
                json.GetProperty("created").GetBoolean()
            )
        );
        Assert.Equal("7", await Database.ScalarAsync("SELECT id FROM a"));
    }

    [Fact]
    public async Task No_seed_in_an_environment_that_asks_unless_it_is_forced()
    {
        ThreeTables();
        Write("seed.sql", "INSERT INTO a VALUES (7);\n");
        Temporary.Write(
            "migrations.json",
            "{ \"path\": \"migrations\", \"environments\": { \"production\": { \"confirm\": true, \"database\": \""
                + Database.Address.Replace("\\", "\\\\", StringComparison.Ordinal)
                + "\" } } }"
        );
        async Task<CliResult> InitAsync(params string[] more) =>
            await CliProcess.RunAsync(
                new CliCall { Arguments = ["init", "--environment", "production", .. more], WorkingFolder = Temporary.Path }
            );

        AssertError(await InitAsync(), ErrorId.ConfirmationRequired, 2, "--yes");
        AssertError(await InitAsync("--seed", "--yes"), ErrorId.SeedRefused, 1, "--force");
        Assert.Empty(Engine == "SQLite" ? [] : await Database.TablesAsync());
        var forced = await InitAsync("--create", "--seed", "--force");
        Assert.True(forced.ExitCode == 0, forced.ToString());
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task Without_the_option_a_database_that_is_missing_is_not_created()
    {
        ThreeTables();
        var result = await CliProcess.RunAsync("init", "--path", Folder, "--database", NewAddress());
        AssertError(result, MissingId, 1, "migrations init --create");
        var created = await CliProcess.RunAsync("init", "--path", Folder, "--database", NewAddress(), "--create");
        Assert.Contains("Created the database ", created.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("init --owner app", "need --create")]
    [InlineData("init --marker users", "is a migration folder")]
    [InlineData("init --attempts 0", "--attempts")]
    public async Task A_wrong_call_is_refused(string arguments, string reason)
    {
        ThreeTables();
        await FailsAsync(ErrorId.UsageInvalid, 2, [reason], arguments.Split(' '));
    }
}

public sealed class SqliteInitCommandTests() : InitCommandConformance("SQLite")
{
    protected override ErrorId MissingId => ErrorId.DatabaseFolderMissing;

    protected override string NewAddress() => Path.Combine(Temporary.Path, "data", "shop.db");
}

public sealed class PostgreSqlInitCommandTests() : InitCommandConformance("PostgreSQL")
{
    private readonly string _name = "entry_" + Guid.NewGuid().ToString("N");

    protected override ErrorId MissingId => ErrorId.DatabaseMissing;

    protected override string NewAddress() => PostgreSqlServer.Shared.UrlOf(_name);

    protected override string InitScript => File.ReadAllText(Repository.PathOf("samples", "container", "init-db.sql"));

    public override async ValueTask DisposeAsync()
    {
        await PostgreSqlServer.Shared.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Each_attempt_to_connect_is_reported()
    {
        ThreeTables();
        // No one answers at a port that was just given back.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        listener.Stop();
        var result = await CliProcess.RunAsync(
            new CliCall
            {
                Arguments = ["init", "--path", Folder],
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["DATABASE_URL"] = $"postgres://app:hunter2@127.0.0.1:{port}/shop?sslmode=disable",
                    ["DB_RETRY_ATTEMPTS"] = "3",
                    ["DB_RETRY_DELAY"] = "10ms",
                },
            }
        );
        AssertError(result, ErrorId.ConnectionFailed, 1, "attempt 1/3", "attempt 2/3", "attempt 3/3", "Trying again in 10 ms");
        Assert.DoesNotContain("hunter2", result.All, StringComparison.Ordinal);
    }
}
