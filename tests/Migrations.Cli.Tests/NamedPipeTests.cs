using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>A named pipe is never opened, wherever a file of ours is expected: opening one waits until someone writes to it.</summary>
public sealed class NamedPipeTests() : CliTests("SQLite")
{
    /// <summary>The exit code, the pipe's name, words of the output, and the call.</summary>
    [Theory]
    [InlineData(0, "b/x_20260101_000000.db", "x_20260101_000000.db", "backups", "{folder}/b")]
    [InlineData(0, "b/x_20260101_000000.db.manifest.json", "", "backups", "{folder}/b")]
    [InlineData(1, "b/x.db", "is not a backup", "verify", "{folder}/b/x.db")]
    [InlineData(0, "b/x_20260101_000000.db", "", "prune", "{folder}/b", "--keep-last", "1", "--what-if")]
    [InlineData(0, "b/x_20260101_000000.db", "backup-age", "check", "--backups", "{folder}/b", "--category", "backup")]
    [InlineData(1, "b/x.db", "BackupMissing", "restore", "--latest", "--from", "{folder}/b", "--yes")]
    [InlineData(1, "pipe.db", "is a named pipe", "status", "--database", "{folder}/pipe.db")]
    [InlineData(2, "schema.sql", "is a named pipe", "up", "--schema-file", "{folder}/schema.sql")]
    [InlineData(2, "schema.sql.tmp", "is a named pipe", "up", "--schema-file", "{folder}/schema.sql")]
    [InlineData(0, "{database}.migrate-lock.owner", "Applied 3 migrations", "up")]
    [InlineData(1, "{database}.migrate-lock", "is a named pipe", "up")]
    [InlineData(0, "{database}.migrate-lock", "Pending: 3", "status")]
    [InlineData(2, "report.xml", "is a named pipe", "check", "--category", "folder", "--report", "{folder}/report.xml")]
    [InlineData(2, "own.json", "is a named pipe", "status", "--config", "{folder}/own.json")]
    [InlineData(
        2,
        ".pg_service.conf",
        "is a named pipe",
        "status",
        "--database",
        "postgres:///?service=x&servicefile={folder}/.pg_service.conf"
    )]
    [InlineData(2, "own.key", "is a named pipe", "status", "--database", "postgres://127.0.0.1:1/x?sslcert=/x&sslkey={folder}/own.key")]
    [InlineData(2, "own.crt", "is a named pipe", "status", "--database", "postgres://127.0.0.1:1/x?sslcert={folder}/own.crt")]
    [InlineData(2, "root.crt", "is a named pipe", "status", "--database", "Host=127.0.0.1;Port=1;Root Certificate={folder}/root.crt")]
    public async Task It_is_never_waited_for(int exitCode, string pipe, string words, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes are no files on Windows.");
        ThreeTables();
        if (arguments[0] == "check")
            await Database.ExecuteAsync("CREATE TABLE t (a)");
        Directory.CreateDirectory(Path.Combine(Temporary.Path, "b"));
        Make(Path.Combine(Temporary.Path, pipe.Replace("{database}", Database.Address, StringComparison.Ordinal)));
        string[] given = [.. arguments.Select(a => a.Replace("{folder}", Temporary.Path, StringComparison.Ordinal))];
        string[] database = given.Contains("--database", StringComparer.Ordinal) ? [] : ["--database", Database.Address];

        var result = await CliProcess.RunAsync(
            new CliCall { Arguments = [.. given, .. database, "--path", Folder], Timeout = TimeSpan.FromSeconds(40) }
        );

        Assert.True(result.ExitCode == exitCode || (exitCode == 0 && result.ExitCode == 4), result.ToString());
        Assert.Contains(words, result.All, StringComparison.Ordinal);
    }

    private static void Make(string path)
    {
        using var mkfifo = Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
    }
}
