using System.Buffers.Binary;
using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class SalvageTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly TestFolder _folder = new();

    private string Saved => Path.Combine(_folder.Path, "saved.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_database_is_saved_whole()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        var before = File.ReadAllBytes(_folder.Database);
        var tables = await SalvageAsync();
        Assert.All(tables, t => Assert.Null(t.Lost));
        Assert.Equal(
            (await TestBackup.ContentAsync(_folder.Database)).Select(t => (t.Table, t.Rows!.Value)).Order(),
            tables.Select(t => (t.Table, t.Rows)).Order()
        );
        await TestBackup.EqualAsync(_folder.Database, Saved);
        Assert.Equal("7", TestSql.Ask(Saved, "SELECT seq FROM sqlite_sequence"));
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Theory]
    [InlineData("id INTEGER PRIMARY KEY, v")]
    [InlineData("id INTEGER, v")]
    public async Task Rows_around_damaged_pages_are_saved_and_those_on_them_named(string columns)
    {
        Fill($"CREATE TABLE a ({columns}); CREATE TABLE b (x); INSERT INTO b VALUES (1)");
        DestroyLeaves(0.3, 0.6, 0.601);
        var tables = await SalvageAsync();

        var a = tables.Single(t => t.Table == "a");
        // A row has about 210 bytes, so a page has less than 20 of them.
        Assert.InRange(a.Rows, 5000 - 60, 4999);
        Assert.Matches("could not be read: rows between rowid [0-9]+ and [0-9]+, rows between", a.Lost);
        Assert.Equal(new SalvagedTable("b", 1, Lost: null), tables.Single(t => t.Table == "b"));
        Assert.Equal("ok", TestSql.Ask(Saved, "PRAGMA integrity_check"));
        Assert.Equal("0", TestSql.Ask(Saved, "SELECT count(*) FROM a WHERE v IS NOT 'row ' || printf('%0200d', id)"));
        Assert.Equal(a.Rows.ToString(), TestSql.Ask(Saved, "SELECT count(*) FROM a"));
        Assert.Equal(("1", "5000"), (TestSql.Ask(Saved, "SELECT min(id) FROM a"), TestSql.Ask(Saved, "SELECT max(id) FROM a")));
    }

    [Fact]
    public async Task The_first_and_the_last_page_may_be_lost()
    {
        Fill("CREATE TABLE a (id INTEGER PRIMARY KEY, v)");
        DestroyLeaves(0, 1);
        var a = Assert.Single(await SalvageAsync());
        Assert.InRange(a.Rows, 5000 - 40, 4999);
        Assert.Contains("rows before rowid", a.Lost);
        Assert.Contains("rows after rowid", a.Lost);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("\"id, DESC\"")]
    public async Task Rows_without_numbers_are_read_from_both_ends(string key)
    {
        Fill($"CREATE TABLE a ({key} INTEGER, v, PRIMARY KEY ({key} DESC)) WITHOUT ROWID");
        DestroyLeaves(0.5);
        var a = Assert.Single(await SalvageAsync());
        Assert.InRange(a.Rows, 5000 - 40, 4999);
        Assert.Contains("rows in the middle", a.Lost);
        Assert.Equal(("1", "5000"), (TestSql.Ask(Saved, $"SELECT min({key}) FROM a"), TestSql.Ask(Saved, $"SELECT max({key}) FROM a")));
    }

    [Fact]
    public async Task A_table_that_cannot_be_reached_is_named()
    {
        Fill("CREATE TABLE b (x); INSERT INTO b VALUES (1); CREATE TABLE a (id INTEGER PRIMARY KEY, v)");
        var root = int.Parse(TestSql.Ask(_folder.Database, "SELECT rootpage FROM sqlite_master WHERE name = 'a'")!);
        Destroy(root);
        var tables = await SalvageAsync();
        Assert.Equal(("a", 0L), (tables[0].Table, tables[0].Rows));
        Assert.NotNull(tables[0].Lost);
        Assert.Equal(new SalvagedTable("b", 1, Lost: null), tables[1]);
    }

    [Fact]
    public async Task What_the_damage_keeps_from_being_unique_is_told()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE a (x); INSERT INTO a VALUES (1), (1); CREATE INDEX i ON a (x); PRAGMA writable_schema=ON; UPDATE "
                + "sqlite_master SET sql = 'CREATE UNIQUE INDEX i ON a (x)' WHERE name = 'i';"
        );
        var a = Assert.Single(await SalvageAsync());
        Assert.Equal(2, a.Rows);
        Assert.Contains("the index 'i' could not be recreated", a.Lost);
    }

    [Fact]
    public async Task A_truncated_file_gives_what_is_left()
    {
        Fill("CREATE TABLE a (id INTEGER PRIMARY KEY, v)");
        using (var file = new FileStream(_folder.Database, FileMode.Open))
            file.SetLength(file.Length / 2 / PageSize * PageSize);
        var a = Assert.Single(await SalvageAsync());
        Assert.InRange(a.Rows, 1000, 4000);
        Assert.Contains("rows after rowid", a.Lost);
    }

    [Fact]
    public async Task After_the_highest_number_there_is_it_ends()
    {
        Fill("CREATE TABLE a (id INTEGER PRIMARY KEY, v)", "i - 6000");
        var bytes = File.ReadAllBytes(_folder.Database);
        var leaves = Leaves(bytes);
        // A row in the middle gets that number, and the page behind it is destroyed. What follows has lower numbers, and so has every row
        // from the first.
        var page = bytes.AsSpan((leaves[^3] - 1) * PageSize, PageSize);
        var cell = BinaryPrimitives.ReadUInt16BigEndian(page[(8 + (2 * (BinaryPrimitives.ReadUInt16BigEndian(page[3..]) - 1)))..]);
        // Behind the length, in nine bytes (https://sqlite.org/fileformat2.html#varint).
        new byte[] { 0xBF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(page[(cell + 2)..]);
        File.WriteAllBytes(_folder.Database, bytes);
        Destroy(leaves[^2]);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var a = Assert.Single(await SalvageAsync(limit.Token));

        Assert.InRange(a.Rows, 5000 - 40, 4999);
        Assert.Equal("could not be read: rows after rowid 9223372036854775807.", a.Lost);
    }

    [Fact]
    public async Task What_is_no_database_is_refused_and_nothing_is_left()
    {
        File.WriteAllText(_folder.Database, "this is no database at all, but long enough to be taken for one");
        var e = await Assert.ThrowsAsync<MigrationException>(() => SalvageAsync());
        Assert.Equal(ErrorId.DatabaseInvalid, e.Id);
        Assert.False(File.Exists(Saved));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        File.WriteAllText(Saved, "mine");
        var e = await Assert.ThrowsAsync<MigrationException>(() => SalvageAsync());
        Assert.Equal(ErrorId.DiskFailed, e.Id);
        Assert.Equal("mine", File.ReadAllText(Saved));
    }

    private void Fill(string sql, string number = "i") =>
        TestSql.Run(
            _folder.Database,
            sql
                + $"; WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO a SELECT {number}, 'row ' || "
                + "printf('%0200d', i) FROM n;"
        );

    private Task<IReadOnlyList<SalvagedTable>> SalvageAsync(CancellationToken cancellationToken = default) =>
        new SqliteBackups().SalvageAsync(_folder.Target, Saved, cancellationToken);

    /// <summary>Destroys leaf pages of the large table, by their place among all.</summary>
    private void DestroyLeaves(params double[] places)
    {
        var leaves = Leaves(File.ReadAllBytes(_folder.Database));
        foreach (var place in places)
            Destroy(leaves[(int)(place * (leaves.Count - 1))]);
    }

    // 13: a leaf of a table; 10: a leaf of an index, which a table without rowid is kept as.
    private static List<int> Leaves(byte[] bytes) =>
        [
            .. Enumerable
                .Range(2, (bytes.Length / PageSize) - 1)
                .Where(p => bytes[(p - 1) * PageSize] is 13 or 10 && bytes.AsSpan((p - 1) * PageSize, PageSize).IndexOf("row 0000"u8) >= 0)
                .OrderBy(p => FirstId(bytes.AsSpan((p - 1) * PageSize, PageSize)), StringComparer.Ordinal),
        ];

    private static string FirstId(ReadOnlySpan<byte> page) =>
        System.Text.Encoding.ASCII.GetString(page.Slice(page.IndexOf("row 0000"u8) + 4, 200));

    private void Destroy(int page)
    {
        using var file = new FileStream(_folder.Database, FileMode.Open);
        file.Position = (page - 1L) * PageSize;
        file.Write(Enumerable.Repeat((byte)0xA5, PageSize).ToArray());
    }
}
