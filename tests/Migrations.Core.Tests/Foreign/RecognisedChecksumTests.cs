using Migrations.Foreign;
using Xunit;

namespace Migrations.Core.Tests.Foreign;

/// <summary>Values that the tools themselves have written.</summary>
public sealed class RecognisedChecksumTests
{
    [Theory]
    [InlineData("CREATE TABLE albums (id integer PRIMARY KEY);\n", "pnQSBHW99rvrVv/xZjD5JQ==")]
    [InlineData(
        "CREATE TABLE artists (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'it''s');\r\nINSERT INTO artists VALUES (1, 'x');\r\n",
        "0/5WNxgUPlNDIRXqCf0GvQ=="
    )]
    public void Grate_hashes_the_text_with_doubled_apostrophes(string text, string expected) =>
        Assert.Equal(expected, ForeignTools.Find("grate")!.ChecksumOf(text, "001_artists.sql"));

    [Fact]
    public void Atlas_hashes_all_files_up_to_this_one()
    {
        var folder = Directory.CreateTempSubdirectory("migrations-test-");
        const string text = "-- create \"tbl\" table\nCREATE TABLE tbl (`col` int NOT NULL);\n";
        var (first, second) = (Named("20220318104614_initial.sql"), Named("20220318104615_second.sql"));
        File.WriteAllText(first, text);
        File.WriteAllText(second, "");
        var atlas = ForeignTools.Find("atlas")!;

        Assert.Equal("FifWjY2X0g2YVnb18Qm+QBPvoldDOOob7bS0LrFuCXc=", atlas.ChecksumOf(text, first));
        // It is that of both names and both texts.
        Assert.NotEqual(atlas.ChecksumOf("", first), atlas.ChecksumOf("", second));
        folder.Delete(recursive: true);

        string Named(string name) => Path.Combine(folder.FullName, name);
    }

    [Theory]
    [InlineData("postgrator")]
    [InlineData("rails")]
    public void Others_hash_the_text_or_nothing(string tool) =>
        Assert.Equal(tool == "rails" ? null : "d41d8cd98f00b204e9800998ecf8427e", ForeignTools.Find(tool)!.ChecksumOf("", "001_a.sql"));
}
