using System.Diagnostics;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>The password file is read as psql reads it: what opens a connection there opens it here, and nothing else does.</summary>
public sealed class PasswordFileTests
{
    /// <summary>Whether it has the password; the connection; the file, in which <c>{port}</c> and <c>{password}</c> are filled
    /// in.</summary>
    [Theory]
    [InlineData(true, "127.0.0.1", "127.0.0.1:{port}:{database}:{role}:{password}\n")]
    [InlineData(true, "127.0.0.1", "# a comment: with colons\n\n*:*:*\n*:*:*:*:{password}\r\n")]
    [InlineData(true, "127.0.0.1", "*:*:*:*:{password}:what follows is no part of it")]
    [InlineData(false, "127.0.0.1", "*:*:*:{role}:another\n*:*:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", " *:*:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", "#*:*:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", "\uFEFF*:*:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", ":{port}:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", "localhost:{port}:*:*:{password}\n")]
    [InlineData(false, "127.0.0.1", "127.0.0.1:{port}:d:b:u:x:{password}\n")]
    [InlineData(false, "127.0.0.1", "*:*:*:*:{password}\n", UnixFileMode.GroupRead)]
    [InlineData(false, "127.0.0.1", "*:*:*:*:{password}\n", UnixFileMode.OtherRead)]
    [InlineData(true, "db.example?hostaddr=127.0.0.1", "db.example:{port}:*:*:{password}\n")]
    [InlineData(false, "db.example?hostaddr=127.0.0.1", "127.0.0.1:{port}:*:*:{password}\n")]
    [InlineData(true, "?hostaddr=127.0.0.1", "127.0.0.1:{port}:*:*:{password}\n")]
    [InlineData(false, "?hostaddr=127.0.0.1", "localhost:{port}:*:*:{password}\n")]
    [InlineData(true, "127.0.0.1,localhost", "localhost:{port}:*:*:{password}\n127.0.0.1:1:*:*:another\n")]
    public async Task It_is_read_as_psql_reads_it(bool isRight, string host, string file, UnixFileMode more = UnixFileMode.None)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tests' psql is not on Windows.");
        var server = PostgreSqlServer.Shared;
        var (name, role) = ("d:b" + Guid.NewGuid().ToString("N"), "u:x" + Guid.NewGuid().ToString("N"));
        await server.ExecuteAsync($"CREATE ROLE \"{role}\" LOGIN PASSWORD 'p:w\\x'");
        await server.ExecuteAsync($"CREATE DATABASE \"{name}\"");
        try
        {
            using var folder = new TemporaryFolder();
            var path = folder["pass"];
            var text = file.Replace("{database}", Escape(name), StringComparison.Ordinal)
                .Replace("{role}", Escape(role), StringComparison.Ordinal)
                .Replace("{port}", $"{server.Port}", StringComparison.Ordinal)
                .Replace("{password}", "p\\:w\\\\x", StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, text);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
            var url = Url(host, server.Port, name, role) + $"passfile={path}";

            Assert.Equal(isRight, await PsqlConnectsAsync(url));
            Assert.Equal(isRight, await ConnectsAsync(url));
        }
        finally
        {
            await server.ExecuteAsync($"DROP DATABASE \"{name}\"");
            await server.ExecuteAsync($"DROP ROLE \"{role}\"");
        }
    }

    private static string Escape(string text) => text.Replace(":", "\\:", StringComparison.Ordinal);

    private static string Url(string host, int port, string name, string role)
    {
        var (hosts, query) = host.Split('?') is [var first, var rest] ? (first, rest + "&") : (host, "");
        var ports = hosts.Contains(',', StringComparison.Ordinal) ? $"&port=1,{port}&target_session_attrs=read-write&" : $"&port={port}&";
        return $"postgres://{Uri.EscapeDataString(role)}@{hosts}/{Uri.EscapeDataString(name)}?{query}{ports.TrimStart('&')}";
    }

    private static async Task<bool> ConnectsAsync(string url)
    {
        try
        {
            await using var session = await new PostgreSqlDriver().OpenAsync(
                new PostgreSqlDriver().Parse(url, "/")!,
                new SessionOptions(),
                CancellationToken.None
            );
            return true;
        }
        catch (MigrationException e) when (e.Id == ErrorId.AuthenticationFailed)
        {
            return false;
        }
    }

    private static async Task<bool> PsqlConnectsAsync(string url)
    {
        var start = new ProcessStartInfo(Path.Combine(Prerequisite.PostgreSqlBinaries(), "psql"), ["-w", "-Atc", "SELECT 1", url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Remove("PGPASSWORD");
        using var psql = Process.Start(start)!;
        var words = psql.StandardError.ReadToEndAsync();
        var output = await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        await words;
        return output.Trim() is "1";
    }
}
