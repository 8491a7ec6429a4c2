using System.Text;
using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class ContentTests
{
    [Theory]
    [InlineData("SELECT 1;\nSELECT 2;\n")]
    [InlineData("SELECT 'ä€😀';")]
    [InlineData("SELECT 1;\n\n\n")]
    public void Line_ends_and_mark_do_not_count_in_the_checksum(string text)
    {
        using var folder = new TemporaryFolder();
        foreach (
            var written in new[]
            {
                text,
                "\uFEFF" + text,
                text.Replace("\n", "\r\n", StringComparison.Ordinal),
                "\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal),
            }
        )
        {
            folder.Write("001_a.sql", written);

            var script = folder.Single().Up;

            Assert.Equal(Sha256.Of(text), script.Checksum);
            Assert.Equal(written.TrimStart('\uFEFF'), script.ReadOriginalText());
            Assert.Equal(written[0] == '\uFEFF' ? 3 : 0, script.Offset);
        }
    }

    [Fact]
    public void A_carriage_return_that_stands_alone_counts()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", "SELECT 1;\r\r\nSELECT 2;\r");

        Assert.Equal(Sha256.Of("SELECT 1;\r\nSELECT 2;\r"), folder.Single().Up.Checksum);
    }

    public static TheoryData<byte[], string, int> BadBytes =>
        new()
        {
            { [.. "SELECT 'caf"u8, 0xE9, .. "';"u8], "offset 11 (0xE9)", 1 },
            { [.. "SELECT 1;\nSELECT '"u8, 0xFF, .. "';"u8], "offset 18 (0xFF)", 2 },
            { [.. "SELECT 'ä"u8, 0xC3], "offset 10 (0xC3)", 1 },
            { [.. "SELECT '"u8, 0xED, 0xA0, 0x80, .. "'"u8], "offset 8 (0xED)", 1 },
            { [.. "\uFEFFSELECT '"u8, 0xC0, 0x80], "offset 11 (0xC0)", 1 },
            { [.. "SELECT 1;\n\n"u8, 0], "offset 11 is NUL", 3 },
            { [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("SELECT 1;")], "UTF-16", 1 },
            { [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes("SELECT 1;")], "UTF-16", 1 },
            { Encoding.Unicode.GetBytes("SELECT 1;"), "may be UTF-16", 1 },
            { [.. Enumerable.Repeat((byte)'\n', 200_000), 0xE9], "offset 200000 (0xE9)", 200_001 },
            { [.. Enumerable.Repeat((byte)'x', 200_000), 0xE9], "offset 200000 (0xE9)", 1 },
        };

    [Theory]
    [MemberData(nameof(BadBytes))]
    public void Bytes_that_are_no_text_are_refused_with_offset_and_line(byte[] bytes, string message, int line)
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.sql", bytes);

        var problem = folder.Problem();

        Assert.Equal((ErrorId.EncodingInvalid, line), (problem.Id, problem.Location.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("iconv -f", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Characters and line ends of one to four bytes, so that block ends fall into each of them.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("ä")]
    [InlineData("€")]
    [InlineData("😀")]
    [InlineData("ab\r\n")]
    [InlineData("-")]
    [InlineData("ä😀\n")]
    public void Files_longer_than_a_block_are_read_like_short_ones(string unit)
    {
        using var folder = new TemporaryFolder();
        for (var shift = 0; shift < 4; shift++)
        {
            var text =
                new string(' ', shift)
                + string.Concat(Enumerable.Repeat(unit, 3 * ScriptReader.BlockSize / Encoding.UTF8.GetByteCount(unit)));
            folder.Write("001_a.sql", "-- Up Migration\nSELECT 1;" + text + "\n-- Down Migration\n" + text + "SELECT 2;");

            var migration = folder.Single();

            Assert.Equal(Sha256.Of(("SELECT 1;" + text + "\n").Replace("\r\n", "\n", StringComparison.Ordinal)), migration.Up.Checksum);
            Assert.Equal(text + "SELECT 2;", migration.Down!.ReadOriginalText());
            Assert.Equal(3 + text.Count(c => c == '\n') + 1, migration.Down.FirstLine);
        }
    }

    [Fact]
    public void Memory_does_not_grow_with_a_file()
    {
        using var folder = new TemporaryFolder();
        var path = System.IO.Path.Combine(folder.Path, "001_a.sql");
        var line = Encoding.UTF8.GetBytes("INSERT INTO t VALUES (1, 'some words that make the line longer');\r\n");
        using (var file = File.Create(path, 1 << 20))
        {
            file.Write("-- Description: many rows\n"u8);
            for (var i = 0; i < 400_000; i++)
                file.Write(line);
        }

        var found = new MigrationFile
        {
            Path = path,
            Version = MigrationVersion.Parse("1"),
            Number = "001",
            Name = "a",
            FullName = "001_a",
            IsDown = false,
            Form = FileForm.Plain,
        };
        using var reader = new ScriptReader();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var script = reader.Read(found, SectionRule.Read, CancellationToken.None).Script!;

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(new FileInfo(path).Length, script.Length);
        Assert.Equal("many rows", script.Header.Description);
        Assert.False(script.IsEmpty);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_told_with_the_others()
    {
        using var folder = new TemporaryFolder().With("002_b.sql", "x.sql");
        File.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, "001_a.sql"), System.IO.Path.Combine(folder.Path, "gone"));

        Assert.Equal([ErrorId.FileUnreadable, ErrorId.FileNameInvalid], folder.Problems().Select(p => p.Id));
    }

    [Fact]
    public void Links_to_files_and_folders_are_followed()
    {
        using var elsewhere = new TemporaryFolder().With("real.sql", "each/up.sql");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, "001_a.sql"), System.IO.Path.Combine(elsewhere.Path, "real.sql"));
        Directory.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, "002_b"), System.IO.Path.Combine(elsewhere.Path, "each"));

        Assert.Equal(["001_a", "002_b"], folder.Read().Migrations.Select(m => m.FullName));
    }

    [Fact]
    public async Task Links_that_lead_back_to_where_they_are_have_an_end()
    {
        using var folder = new TemporaryFolder().With("V1__a.sql", "2024/V2__b.sql", "2024/more/V3__c.sql");
        foreach (var (link, target) in new[] { ("2024/x", ""), ("2024/y", ""), ("2024/more/x", "2024"), ("2024/more/y", "2024/more") })
            Directory.CreateSymbolicLink(System.IO.Path.Combine(folder.Path, link), System.IO.Path.Combine(folder.Path, target));

        var read = await Task.Run(() => folder.Read()).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["V1__a", "V2__b", "V3__c"], read.Migrations.Select(m => m.FullName));
    }

    [Fact]
    public void A_cancelled_reading_stops()
    {
        using var folder = new TemporaryFolder().With("001_a.sql");

        Assert.ThrowsAny<OperationCanceledException>(() =>
            MigrationFolderReader.Read(folder.Path, new FolderOptions(), new CancellationToken(canceled: true))
        );
    }

    [Fact]
    public void Hundreds_of_files_are_read_in_parallel_and_stay_in_order()
    {
        using var folder = new TemporaryFolder();
        for (var i = 1; i <= 700; i++)
        {
            folder.Write($"{i}_m.sql", $"SELECT {i};");
            folder.Write($"{i}_m.down.sql", $"SELECT -{i};");
        }

        var migrations = folder.Read().Migrations;

        Assert.Equal(Enumerable.Range(1, 700).Select(i => $"{i}_m"), migrations.Select(m => m.FullName));
        Assert.All(migrations, (m, i) => Assert.Equal(Sha256.Of($"SELECT {i + 1};"), m.Up.Checksum));
        Assert.All(migrations, (m, i) => Assert.Equal(Sha256.Of($"SELECT -{i + 1};"), m.Down!.Checksum));
    }
}
