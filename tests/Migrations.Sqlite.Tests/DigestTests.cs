using FsCheck;
using FsCheck.Fluent;
using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class DigestTests
{
    public static TheoryData<string, string> Different =>
        new()
        {
            { "(1)", "(2)" },
            { "(1)", "(1.0)" },
            { "(1)", "('1')" },
            { "('1')", "(X'31')" },
            { "(NULL)", "('')" },
            { "('')", "(X'')" },
            { "(1)", "(1), (1)" },
            { "(1), (1), (2)", "(1), (2), (2)" },
            { "(0.0)", "(1e-300)" },
            { "('a'), ('bc')", "('ab'), ('c')" },
            { "(zeroblob(10000))", "(zeroblob(10001))" },
            { "(hex(zeroblob(10000)))", "(hex(zeroblob(9999)) || '01')" },
            { "(char(97, 0, 98))", "('a')" },
        };

    [Theory]
    [MemberData(nameof(Different))]
    public void Other_rows_have_another_digest(string left, string right) => Assert.NotEqual(Digest(left), Digest(right));

    [Fact]
    public void Values_do_not_run_into_each_other()
    {
        Assert.NotEqual(Digest("('a', 'bc')", "x, y"), Digest("('ab', 'c')", "x, y"));
        Assert.NotEqual(Digest("(1, NULL)", "x, y"), Digest("(NULL, 1)", "x, y"));
    }

    [Fact]
    public void The_order_of_rows_does_not_matter() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<int[]>(),
                values =>
                    values.Length == 0
                    || Digest(Rows(values)) == Digest(Rows([.. values.OrderBy(v => v * 31 % 7).ThenByDescending(v => v)]))
            )
        );

    [Fact]
    public void One_changed_row_among_many_is_seen() =>
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<int[]>(),
                ArbMap.Default.ArbFor<int>(),
                (values, change) =>
                    values.Length == 0
                    || change == 0
                    || Digest(Rows(values)) != Digest(Rows([unchecked(values[0] + change), .. values.Skip(1)]))
            )
        );

    [Fact]
    public async Task Empty_and_virtual_tables_and_the_history_are_read()
    {
        using var folder = new TestFolder();
        await folder.RunAsync(
            "CREATE TABLE a (x); CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('q'); CREATE VIEW v AS SELECT 1;"
        );
        await using var session = await folder.OpenAsync(SessionAccess.Read);
        var tables = await session.Inspector.ReadContentAsync(digests: true, default);
        Assert.Equal([("a", 0L), ("f", 1L), ("migration_journal", 1L)], tables.Select(t => (t.Table, t.Rows!.Value)));
        Assert.Equal(new string('0', 32), tables[0].Digest);
        Assert.All(await session.Inspector.ReadContentAsync(digests: false, default), t => Assert.Null(t.Digest));
        Assert.False(((SqliteSession)session).Connection.Handle.InTransaction);
    }

    [Fact]
    public async Task A_virtual_table_that_cannot_be_read_is_told_as_not_counted()
    {
        using var folder = new TestFolder();
        TestSql.Run(
            folder.Database,
            "CREATE TABLE a (x); PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES ('table', 'm', 'm', 0, 'CREATE "
                + "VIRTUAL TABLE m USING no_such_module(x)');"
        );
        Assert.Equal([("a", (long?)0L), ("m", null)], (await TestBackup.ContentAsync(folder.Database)).Select(t => (t.Table, t.Rows)));
    }

    [Fact]
    public async Task Cancelling_stops_it()
    {
        using var folder = new TestFolder();
        TestSql.Run(folder.Database, "CREATE TABLE a (x)");
        await using var session = await folder.OpenAsync(SessionAccess.Read);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            session.Inspector.ReadContentAsync(digests: true, new CancellationToken(canceled: true))
        );
    }

    private static string Rows(int[] values) => string.Join(", ", values.Select(v => $"({v})"));

    private static string? Digest(string rows, string columns = "x")
    {
        using var handle = TestSql.Open(SqliteTarget.Memory);
        handle.Run($"CREATE TABLE a ({columns}); INSERT INTO a VALUES {rows};");
        return SqliteContentReader.Read(handle, digests: true, progress: null, default)[0].Digest;
    }
}
