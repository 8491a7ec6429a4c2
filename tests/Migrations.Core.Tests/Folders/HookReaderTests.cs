using System.Text;
using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>The files of a folder of hooks: which are hooks, and what is refused.</summary>
public sealed class HookReaderTests
{
    private static IReadOnlyList<Hook> Read(TemporaryFolder folder, FolderOptions? options = null) =>
        HookReader.Read(folder.Read(), options ?? new FolderOptions(), _ => { }, CancellationToken.None);

    [Fact]
    public void They_are_read_in_the_order_in_which_they_run_and_are_no_migrations()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "hooks/on-error.sql", "hooks/After-Each.SQL", "hooks/.x", "hooks/a.md");
        folder.Write("hooks/before-run.sql", [0xEF, 0xBB, 0xBF, .. "SELECT 1;\n"u8]);
        Assert.Equal("001_a", folder.Single().FullName);
        Assert.Empty(folder.Read().Warnings);
        var hooks = Read(folder);
        Assert.Equal("hooks/before-run.sql hooks/after-each.sql hooks/on-error.sql", string.Join(' ', hooks));
        // The checksum is of the text, without the mark.
        Assert.Equal(hooks[2].Script.Checksum, hooks[0].Script.Checksum);
    }

    [Theory]
    [InlineData("before_run.sql", "Did you mean 'before-run.sql'?")]
    [InlineData("beforerun.sql", "Did you mean 'before-run.sql'?")]
    [InlineData("after-eech.sql", "Did you mean 'after-each.sql'?")]
    [InlineData("before-undo.txt", "Did you mean 'before-undo.sql'?")]
    [InlineData("on-error.sql.bak", "Did you mean 'on-error.sql'?")]
    [InlineData("001_a.sql", "Name it after when it runs: before-run.sql, before-each.sql")]
    [InlineData("before-run/x.sql", "Did you mean 'before-run.sql'?")]
    public void A_name_that_is_none_is_refused_with_what_was_meant(string name, string remedy)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "hooks/" + name);
        var problem = Assert.Single(Assert.Throws<FolderException>(() => Read(folder)).Problems);
        Assert.Equal((ErrorId.HookInvalid, 1), (problem.Id, problem.Location.Line));
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before-run.sql", "", ErrorId.ScriptEmpty)]
    [InlineData("before-run.sql", "-- nothing\n", ErrorId.ScriptEmpty)]
    [InlineData("before-run.sql", "\uFEFFSELECT 1;\n\uFEFFSELECT 2;", ErrorId.CharacterInvisible)]
    [InlineData("before-run.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;", ErrorId.HookInvalid)]
    [InlineData("before-each.sql", "-- Transaction: none\nSELECT 1;", ErrorId.HookInvalid)]
    [InlineData("after-undo.sql", "-- Transaction: none\nSELECT 1;", ErrorId.HookInvalid)]
    [InlineData("before-run.sql", "-- Timeout: soon\nSELECT 1;", ErrorId.HeaderInvalid)]
    [InlineData("after-run.ps1", "", ErrorId.ScriptEmpty)]
    [InlineData("after-run.ps1", "# Description: nothing\n<# 'x' #>", ErrorId.ScriptEmpty)]
    [InlineData("after-run.ps1", "# Timeout: soon\n'x'", ErrorId.HeaderInvalid)]
    [InlineData("after-each.ps1", "# Transaction: none\n'x'", ErrorId.HookInvalid)]
    public void One_that_cannot_run_is_refused(string name, string text, ErrorId id)
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        folder.Write("hooks/" + name, text);
        Assert.Equal(id, Assert.Single(Assert.Throws<FolderException>(() => Read(folder)).Problems).Id);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_two_of_one_point_are()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "hooks/before-run.sql", "hooks/BEFORE-RUN.sql", "hooks/nothing.sql");
        folder.Write("hooks/after-run.sql", Encoding.Latin1.GetBytes("SELECT 'ü';"));
        Assert.Equal(
            OperatingSystem.IsLinux() ? 3 : 2,
            Assert.Throws<FolderException>(() => Read(folder)).Problems.Select(p => p.Message).Distinct().Count()
        );
    }

    [UnixTheory]
    [InlineData("pipe")]
    public void A_pipe_is_never_opened_and_a_link_to_a_script_is_one(string name)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "shared/x.sql");
        Directory.CreateDirectory(folder["hooks"]);
        File.CreateSymbolicLink(folder["hooks/before-run.sql"], folder["shared/x.sql"]);
        Assert.Single(Read(folder, new FolderOptions { Hooks = folder["hooks"] }));
        System.Diagnostics.Process.Start("mkfifo", folder[name]).WaitForExit();
        File.CreateSymbolicLink(folder["hooks/after-run.sql"], folder[name]);
        Assert.Equal(ErrorId.FileUnreadable, Assert.Single(Assert.Throws<FolderException>(() => Read(folder)).Problems).Id);
    }

    [Fact]
    public void One_in_PowerShell_is_its_whole_file_and_is_given_the_connection_that_it_names()
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        folder.Write("hooks/After-Each.PS1", "# Environment: test\nfunction up { }\n$connection");
        folder.Write("hooks/before-each.ps1", "'x'");
        folder.Write("hooks/before-run.ps1", "$Connection");
        var hooks = Read(folder);
        Assert.Equal("hooks/before-run.ps1 hooks/before-each.ps1 hooks/after-each.ps1", string.Join(' ', hooks));
        Assert.Equal([false, false, true], hooks.Select(h => h.HasConnection));
        Assert.Equal(["test"], hooks[2].Script.Header.Environments);
        Assert.All(hooks, h => Assert.True(h.Script.Code is { IsWhole: true, CanRun: false }));
        Assert.True(HookReader.HasCode(folder.Read(), new FolderOptions()));
        Assert.False(HookReader.HasCode(folder.Read(), new FolderOptions { NoHooks = true }));
        Assert.False(HookReader.HasCode(folder.Read(), new FolderOptions { Hooks = folder["nowhere"] }));
    }

    [Fact]
    public void Without_a_folder_of_them_nothing_is_read()
    {
        using var folder = new TemporaryFolder().With("001_a.sql");
        Assert.Empty(Read(folder));
        var named = Assert.Throws<MigrationException>(() => Read(folder, new FolderOptions { Hooks = folder["hooks"] }));
        Assert.Equal(ErrorId.FolderMissing, named.Id);
    }
}
