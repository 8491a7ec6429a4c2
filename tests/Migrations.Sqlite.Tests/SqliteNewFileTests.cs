using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

public sealed class SqliteNewFileTests
{
    [Theory]
    [InlineData("shop.db.copying-0123456789abcdef", true)]
    [InlineData("shop.db.copying-0123456789abcdef-journal", true)]
    [InlineData("shop.db.copying-0123456789abcdeg", false)]
    [InlineData("shop.db.copying-0123", false)]
    [InlineData("other.db.copying-0123456789abcdef", false)]
    public void Leftovers_are_known_by_their_names(string file, bool isLeftover)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(file, "");

        Assert.Equal(isLeftover ? [path] : [], SqliteNewFile.FindLeftovers(folder["shop.db"]));
    }

    [Theory]
    [InlineData("s*.db", "sX.db.copying-0123456789abcdef")]
    [InlineData("s?.db", "sX.db.copying-0123456789abcdef")]
    [InlineData("a*long*name.db", "along.name.db.copying-")]
    public void The_name_of_a_database_is_no_pattern(string database, string ofAnother)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no files of such names.");
        using var folder = new TemporaryFolder();
        folder.Write(ofAnother, "");
        var path = folder.Write(database + ".copying-0123456789abcdef", "");

        Assert.Equal([path], SqliteNewFile.FindLeftovers(folder[database]));
    }
}
