using System.Globalization;
using Npgsql;

namespace Migrations.Cli.Tests;

/// <summary>A real standby, and connection texts that name it and its primary.</summary>
public sealed class StandbyTests(StandbyFixture servers) : IClassFixture<StandbyFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("any", "p", "p")]
    [InlineData("any", "s", "s")]
    [InlineData("any", "s,p", ErrorId.TargetInvalid)]
    [InlineData(null, "s,p", ErrorId.TargetInvalid)]
    [InlineData("primary", "s,p", "p")]
    [InlineData("primary", "s", ErrorId.ConnectionFailed)]
    [InlineData("standby", "p,s", "s")]
    [InlineData("standby", "p", ErrorId.ConnectionFailed)]
    [InlineData("read-write", "s,p", "p")]
    [InlineData("read-write", "s", ErrorId.ConnectionFailed)]
    [InlineData("read-only", "p,s", "s")]
    [InlineData("read-only", "p", ErrorId.ConnectionFailed)]
    [InlineData("prefer-standby", "p,s", "s")]
    [InlineData("prefer-standby", "p", "p")]
    [InlineData("prefer-primary", "s,p", "p")]
    [InlineData("master", "s,p", ErrorId.TargetInvalid)]
    public async Task The_host_that_is_meant_is_taken_or_the_choice_is_refused(string? wanted, string hosts, object expected)
    {
        // A check of our own says which server answers.
        _folder.Write("checks/which.sql", "-- Check: which\n-- Expect: rows 0\nSELECT 'it is a standby' WHERE pg_is_in_recovery();\n");
        _folder.Write("001_t.sql", "CREATE TABLE t (a int);\n");
        foreach (var database in Texts(wanted, hosts))
        {
            var result = await RunAsync("check", database, "--category", "declared");
            if (expected is ErrorId id)
                Assert.Contains($"error {id}: ", result.Error, StringComparison.Ordinal);
            else
                Assert.True(result.All.Contains("it is a standby", StringComparison.Ordinal) == expected is "s", result.ToString());
        }
    }

    [Fact]
    public async Task What_only_reads_works_there_and_what_writes_is_refused_before_it_begins()
    {
        _folder.Write(
            "001_t.sql",
            "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nCREATE UNLOGGED TABLE u (a int);\nINSERT INTO u VALUES (1);\n"
        );
        _folder.Write("001_t.down.sql", "DROP TABLE t;\nDROP TABLE u;\n");
        Assert.Equal(0, (await RunAsync("up", servers.UrlOf("p"))).ExitCode);
        await servers.Standby.CatchUpAsync();
        _folder.Write("002_v.sql", "CREATE TABLE v (a int);\n");
        _folder.Write("002_v.down.sql", "DROP TABLE v;\n");
        var standby = servers.UrlOf("s");

        Assert.Contains("Total: 2 | Applied: 1 | Pending: 1", await OutputAsync("status", standby), StringComparison.Ordinal);
        var check = await OutputAsync("check", standby);
        Assert.Contains("pass     drift", check, StringComparison.Ordinal);
        Assert.Contains("undo proven", await OutputAsync("test", standby), StringComparison.Ordinal);
        var backup = await RunAsync("backup", standby, "-t", Directory.CreateDirectory(_folder["backups"]).FullName, "--prove");
        Assert.Equal(0, backup.ExitCode);
        Assert.Contains("unlogged table public.u are not in the backup", backup.Error, StringComparison.Ordinal);
        Assert.Contains("Proven: ", backup.Output, StringComparison.Ordinal);

        await RefusedAsync("up", standby);
        await RefusedAsync("init", standby);
        await RefusedAsync("run", standby, "--command", "INSERT INTO t VALUES (2)", "--accept-data-loss");
        var asked = await RunAsync("run", standby, "--command", "SELECT a + 40 AS found FROM t; SHOW transaction_read_only", "--csv");
        Assert.Equal((0, "found\n41\n\ntransaction_read_only\non\n"), (asked.ExitCode, asked.Output));
        Assert.Contains("can only be read: command ran without the migration lock", asked.Error, StringComparison.Ordinal);
        var hidden = await RunAsync("run", standby, "--command", "WITH x AS (INSERT INTO t VALUES (2) RETURNING a) TABLE x");
        Assert.Equal(1, hidden.ExitCode);
        Assert.Contains("read-only transaction", hidden.Error, StringComparison.Ordinal);
        await RefusedAsync("down", standby, "--accept-data-loss", "--yes");
        await RefusedAsync("restore", standby, "--latest", "--from", _folder["backups"], "--yes");
        Assert.Contains("Applied: 1", await OutputAsync("status", servers.UrlOf("p")), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string command, string database, params string[] more)
    {
        var result = await RunAsync(command, database, more);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error {ErrorId.DatabaseReadOnly}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("is a standby", result.Error, StringComparison.Ordinal);
        Assert.Contains("target_session_attrs=primary", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Applying", result.All, StringComparison.Ordinal);
    }

    /// <summary>The same choice as a URL and as an Npgsql connection string.</summary>
    private IEnumerable<string> Texts(string? wanted, string hosts)
    {
        yield return servers.UrlOf(hosts) + (wanted is null ? "" : "?target_session_attrs=" + wanted);
        var builder = new NpgsqlConnectionStringBuilder(servers.Primary.ConnectionStringOf(StandbyFixture.Database))
        {
            Host = servers.HostsOf(hosts),
        };
        yield return builder.ConnectionString + (wanted is null ? "" : ";Target Session Attributes=" + wanted);
    }

    private async Task<string> OutputAsync(string command, string database)
    {
        var result = await RunAsync(command, database);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private Task<CliResult> RunAsync(string command, string database, params string[] more) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments =
                [
                    command,
                    "--database",
                    database,
                    .. command is "restore" or "backup" ? [] : (string[])["--path", _folder.Path],
                    .. more,
                ],
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DB_RETRY_ATTEMPTS"] = "1" },
            }
        );
}

/// <summary>A primary and its standby, with one database.</summary>
public sealed class StandbyFixture : IAsyncLifetime
{
    public const string Database = "app";

    public PostgreSqlServer Primary { get; private set; } = null!;

    public PostgreSqlStandby Standby { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Primary = PostgreSqlServer.Start();
        await Primary.ExecuteAsync("CREATE DATABASE " + Database);
        Standby = PostgreSqlStandby.Start(Primary);
    }

    public ValueTask DisposeAsync()
    {
        Standby?.Dispose();
        Primary?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Hosts with their ports.</summary>
    /// <param name="which"><c>p</c> for the primary, <c>s</c> for the standby.</param>
    public string HostsOf(string which) =>
        string.Join(
            ',',
            which
                .Split(',')
                .Select(w => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{(w is "p" ? Primary.Port : Standby.Port)}"))
        );

    /// <summary>A URL with hosts.</summary>
    public string UrlOf(string which) => $"postgres://{Primary.User}:{Uri.EscapeDataString(Primary.Password)}@{HostsOf(which)}/{Database}";
}
