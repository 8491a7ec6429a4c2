using System.Diagnostics;

namespace Migrations.Cli.Tests;

/// <summary>A named pipe where a file is expected is never opened: that would wait for a writer that does not come.</summary>
public sealed class SpecialFileTests() : CliTests("SQLite")
{
    private string BackupFolder => Temporary["backups"];

    [Theory]
    [InlineData("x_20260101_000000.db", 0, "cannot be read: 'x_20260101_000000.db' is a named pipe", "backups", "{0}")]
    [InlineData(
        "x_20260101_000000.db.manifest.json",
        0,
        "manifest cannot be read: " + "'x_20260101_000000.db.manifest.json' is a named pipe",
        "backups",
        "{0}"
    )]
    [InlineData("x_20260101_000000.db", 1, "is a named pipe", "verify", "{0}/x_20260101_000000.db")]
    [InlineData("x_20260101_000000.db", 1, "is a named pipe", "restore", "{0}/x_20260101_000000.db", "--yes")]
    [InlineData("x_20260101_000000.db", 0, "is a named pipe", "prune", "{0}", "--keep-last", "1", "--what-if")]
    [InlineData("x_20260101_000000.db", 0, "Restored", "restore", "--latest", "--from", "{0}", "--yes")]
    [InlineData("x_20260101_000000.db", 0, "engine", "check", "--category", "engine", "--backups", "{0}")]
    [InlineData("schema.sql", 1, "'schema.sql' is a named pipe", "diff", "{0}/schema.sql", "{1}")]
    [InlineData("schema.sql", 2, "schema.sql' is a named pipe", "up", "--schema-file", "{0}/schema.sql")]
    [InlineData("../test.db.migrate-lock.owner", 0, "Applied 003_add_user_prefs", "up")]
    public async Task It_is_named_and_not_opened(string pipe, int exitCode, string words, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes are files on Unix only.");
        ThreeTables();
        await OutputAsync("up", "--first", "2");
        Directory.CreateDirectory(BackupFolder);
        await OutputAsync("backup", "--destination", BackupFolder);
        MakePipe(
            pipe.StartsWith("..", StringComparison.Ordinal)
                ? Database.Address + pipe["../test.db".Length..]
                : Path.Combine(BackupFolder, pipe)
        );

        var result = await RunAsync([.. arguments.Select(a => string.Format(null, a, BackupFolder, Database.Address))]);
        Assert.True(exitCode == result.ExitCode, result.ToString());
        Assert.Contains(words, result.Output + result.Error, StringComparison.Ordinal);
    }

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
