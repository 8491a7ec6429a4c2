using Migrations.Folders;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>What is allowed in a folder but worth telling.</summary>
public sealed class FolderWarningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_gap_and_a_timestamp_among_sequences_are_told()
    {
        foreach (var name in new[] { "001_a", "002_b", "004_d", "20240101120000_e" })
            _folder.Write(name + ".sql", "SELECT 1;");
        var read = MigrationFolderReader.Read(_folder.Path, new FolderOptions(), CancellationToken.None);
        Assert.Equal(4, read.Migrations.Count);
        Assert.All(read.Warnings, w => Assert.Equal(ErrorId.NumberingMixed, w.Id));
        Assert.Contains(read.Warnings, w => w.Message.Contains("between 002 and 004", StringComparison.Ordinal));
        Assert.Contains(read.Warnings, w => w.ToString().Contains("20240101120000", StringComparison.Ordinal));
    }
}
