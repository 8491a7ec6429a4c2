using System.Diagnostics;
using System.Net.Sockets;
using Migrations.Integrity;
using Migrations.Planning;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>Pipes, devices and sockets have names, but no end, and are never opened.</summary>
public sealed class RegularFileTests
{
    [UnixTheory]
    [InlineData("pipe", "a named pipe")]
    [InlineData("link to pipe", "a named pipe")]
    [InlineData("link to device", "a device")]
    [InlineData("socket", "a socket")]
    public void A_script_that_is_no_regular_file_is_refused(string kind, string message)
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        Make(folder["002_b.sql"], kind);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.FileUnreadable, folder["002_b.sql"]), (problem.Id, problem.Location.File));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData("001_a.sql.sha256")]
    [InlineData("2_b/metadata.toml")]
    [InlineData("rehearsals.json")]
    [InlineData("checks/a.sql")]
    public void So_is_one_beside_the_scripts(string name)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "2_b/up.sql");
        Make(folder[name], "pipe");

        var error = Assert.ThrowsAny<MigrationException>(() =>
        {
            folder.Read();
            RehearsalVerdicts.Read(folder.Path);
            CheckFileReader.Read(folder.Path, null!);
        });

        Assert.Contains("a named pipe", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorId.FileUnreadable, error is FolderException bad ? Assert.Single(bad.Problems).Id : error.Id);
    }

    [Fact]
    public void An_empty_file_and_a_link_to_a_script_are_regular()
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        folder.Write("002_b.sql", "");
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(folder["003_c.sql"], folder["001_a.sql"]);

        Assert.Equal(OperatingSystem.IsWindows() ? 2 : 3, folder.Read().Migrations.Count);
    }

    private static void Make(string path, string kind)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (kind)
        {
            case "pipe":
                MakePipe(path);
                break;
            case "link to pipe":
                MakePipe(Path.Combine(Path.GetDirectoryName(path)!, ".pipe"));
                File.CreateSymbolicLink(path, Path.Combine(Path.GetDirectoryName(path)!, ".pipe"));
                break;
            case "link to device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                // The name stays when the socket is closed.
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Bind(new UnixDomainSocketEndPoint(path));
                break;
        }
    }

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
