using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Views that are copied, and those that are listed.</summary>
public sealed class CopyViewTests : CopyTestBase
{
    [Theory]
    [InlineData("SELECT * FROM p ORDER BY name", "3|Bob|| 1|ada|2.5|True 2|bob|4|False")]
    [InlineData("SELECT name AS n, count(*) c, sum(q) FROM p JOIN o ON o.p = p.id GROUP BY p.id HAVING count(*) > 1", "ada|2|7")]
    [InlineData("SELECT DISTINCT lower(name) FROM p WHERE active OR price IS NULL ORDER BY 1 DESC", "bob ada")]
    [InlineData(
        "SELECT p.name || '!', o.q / 2, CASE WHEN q > 3 THEN 'many' ELSE 'few' END x FROM o LEFT JOIN p ON o.p = p.id ORDER BY o.id",
        "ada!|1|few ada!|2|many bob!|0|few |4|many"
    )]
    [InlineData("SELECT id FROM p WHERE name LIKE 'B%' AND id IN (2, 3) AND price BETWEEN 1 AND 9 LIMIT 5", "2")]
    [InlineData("SELECT active = 1 AS yes, coalesce(price, 0) FROM p WHERE id < 3 ORDER BY id", "1|2.5 0|4")]
    [InlineData("SELECT max(name), avg(q), total(q), group_concat(o.id, '-') FROM p, o WHERE p.id = o.p AND q = 0", "bob|0|0|3")]
    public async Task A_view_shows_the_same(string select, string rows)
    {
        await FillAsync(
            $"""
            CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, price REAL, active BOOLEAN);
            INSERT INTO p VALUES (1, 'ada', 2.5, 1), (2, 'bob', 4, 0), (3, 'Bob', NULL, NULL);
            CREATE TABLE o (id INTEGER PRIMARY KEY, p INT, q INT); INSERT INTO o VALUES (1, 1, 3), (2, 1, 4), (3, 2, 0), (4, NULL, 9);
            CREATE VIEW "V" AS {select}; CREATE VIEW w AS SELECT * FROM v;
            """
        );
        var views = (await CopyAsync()).Where(r => r.Kind == "view").ToList();
        Assert.Empty(views.SelectMany(v => v.LeftOut).Select(l => l.Reason));
        Assert.Equal(["V", "w"], views.Select(v => v.Table));
        Assert.Equal(
            rows.Split(' ').Order(StringComparer.Ordinal),
            (await Target.RowsAsync("SELECT * FROM w")).Order(StringComparer.Ordinal)
        );
        if (select.Contains("ORDER BY", StringComparison.Ordinal))
            Assert.Equal(rows.Split(' '), await Target.RowsAsync("SELECT * FROM \"V\""));
        await CopyAsync(new CopyRequest { Recreates = true });
    }

    [Theory]
    [InlineData("SELECT a FROM t UNION SELECT 1", "UNION")]
    [InlineData("SELECT printf('%d', a) FROM t", "printf")]
    [InlineData("SELECT a, sum(b) FROM t", "the server says")]
    [InlineData("SELECT row_number() OVER (ORDER BY a) FROM t", "OVER")]
    [InlineData("SELECT x.a FROM (SELECT a FROM t) x", "subquery")]
    [InlineData("SELECT a FROM gone", "gone")]
    [InlineData("WITH x AS (SELECT 1) SELECT * FROM x", "form")]
    public async Task A_view_that_does_not_translate_is_listed_and_so_is_what_reads_it(string select, string reason)
    {
        await FillAsync(
            $"CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 2); CREATE VIEW v AS {select}; CREATE VIEW w AS SELECT * FROM v;"
        );
        var leftOut = (await CopyAsync()).SelectMany(r => r.LeftOut).ToList();
        Assert.Equal(["v", "w"], leftOut.Select(l => l.Name));
        Assert.Contains(reason, leftOut[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["t"], await Target.TablesAsync());
    }
}
