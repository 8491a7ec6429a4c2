using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class ChecksumFileTests
{
    private const string Text = "SELECT 1;\r\n";

    private static readonly string Good = Sha256.Of(Text);

    public static TheoryData<string> GoodFiles =>
        [
            Good + "  001_a.sql\n",
            Good + " *001_a.sql\r\n",
            Good + "  migrations/001_a.sql\n",
            Good + " *db\\migrations\\001_a.sql\n",
            Good.ToUpperInvariant() + "  001_a.sql",
            Good + "\n",
            "\n" + Good + "  001_a.sql\n\n" + Good + "  ./001_a.sql\n",
        ];

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void A_file_with_its_checksum_is_good(string checksum)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", Text);
        folder.Write("001_a.sql.sha256", checksum);

        Assert.Single(folder.Read().Migrations);
    }

    [Fact]
    public void A_mismatch_names_both_values()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("001_a.sql", Text + " ");
        folder.Write("001_a.sql.sha256", Good + "  001_a.sql\n");

        var problem = folder.Problem();

        Assert.Equal((ErrorId.ChecksumFileMismatch, path), (problem.Id, problem.Location.File));
        Assert.Contains(Good, problem.Message, StringComparison.Ordinal);
        Assert.Contains(Sha256.Of(Text + " "), problem.Message, StringComparison.Ordinal);
        Assert.Contains("sha256sum '001_a.sql' > '001_a.sql.sha256'", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("abc  001_a.sql")]
    [InlineData("SHA256 (001_a.sql) = 0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123 001_a.sql")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234  001_a.sql")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123  002_b.sql")]
    public void A_malformed_checksum_file_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", Text);
        var path = folder.Write("001_a.sql.sha256", text);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.ChecksumFileMismatch, path), (problem.Id, problem.Location.File));
    }

    [Theory]
    [InlineData("rollback/001_rollback.sql")]
    [InlineData("2_b/up.sql")]
    [InlineData("0.9/01__c.sql")]
    public void Checksum_files_in_subfolders_are_checked(string name)
    {
        using var folder = new TemporaryFolder().With("001_a.sql", name);
        folder.Write(name + ".sha256", Good + "  " + System.IO.Path.GetFileName(name));

        Assert.Equal(ErrorId.ChecksumFileMismatch, folder.Problem().Id);
    }
}
