using Migrations.Adoption;
using Migrations.Core.Tests.Folders;
using Xunit;

namespace Migrations.Core.Tests.Adoption;

/// <summary>The SQL that is given for a proof, in the order in which it runs.</summary>
public sealed class SqlFilesTests
{
    [Theory]
    [InlineData("10_b.sql 2_a.sql notes.md", "2_a.sql 10_b.sql")]
    [InlineData("1_a.up.sql 1_a.down.sql 2_b.sql 2_b_rollback.sql rollback/1_rollback.sql", "1_a.up.sql 2_b.sql")]
    [InlineData("V1_10__b.sql V1_9__a.sql U1_9__a.sql script.sql", "V1_9__a.sql V1_10__b.sql script.sql")]
    [InlineData("structure.sql", "structure.sql")]
    public void They_run_by_number_and_name_without_those_that_undo(string names, string expected)
    {
        using var folder = new TemporaryFolder().With(names.Split(' '));
        Assert.Equal(expected.Split(' '), SqlFiles.Find(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("deploy")]
    public void The_plan_of_a_Sqitch_project_says_the_order(string path)
    {
        using var folder = new TemporaryFolder().With(
            "deploy/users.sql",
            "deploy/appschema.sql",
            "deploy/users@v1.sql",
            "revert/users.sql"
        );
        folder.Write(
            "sqitch.plan",
            "%syntax-version=1.0.0\n%project=shop\n\nappschema 2024-01-15T10:30:22Z Ann <a@b.c> # schema\n"
                + "users [appschema] 2024-01-15T10:30:23Z Ann <a@b.c> # users\n@v1 2024-01-15T10:30:24Z Ann <a@b.c> # tag\n\n"
                + "users [users@v1] 2024-01-15T10:30:25Z Ann <a@b.c> # again\n"
        );

        Assert.Equal(["appschema.sql", "users@v1.sql", "users.sql"], SqlFiles.Find(folder[path]).Select(Path.GetFileName));
    }

    [Fact]
    public void One_file_is_itself_and_none_is_refused()
    {
        using var folder = new TemporaryFolder().With("notes.md");
        Assert.Equal(folder["notes.md"], Assert.Single(SqlFiles.Find(folder["notes.md"])));
        foreach (var path in new[] { folder.Path, folder["nothing"] })
            Assert.Equal(ErrorId.FileUnreadable, Assert.Throws<MigrationException>(() => SqlFiles.Find(path)).Id);
    }
}
