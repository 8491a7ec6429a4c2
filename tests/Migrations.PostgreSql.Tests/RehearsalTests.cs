using Migrations.Databases;
using Migrations.Events;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Steps measured on a scratch database, and digests of tables.</summary>
public sealed class RehearsalTests
{
    private static readonly PostgreSqlDriver Driver = new();

    [Fact]
    public async Task Locks_rewrites_and_rows_are_measured()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2); CREATE TABLE b (y int); CREATE TABLE c (z int)"
        );
        await using var scratch = await Driver.Scratch.CreateAsync(
            new ScratchRequest { Origin = Target(fixture), Content = ScratchContent.Data },
            CancellationToken.None
        );
        await using var session = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        var script =
            "UPDATE a SET x = x + 1;\nALTER TABLE a ALTER x TYPE bigint;\nCREATE INDEX i ON b (y);\nCOPY b FROM "
            + "STDIN;\n5\n6\n\\.\nTRUNCATE c;\nCREATE TABLE n (m int); INSERT INTO n VALUES (1); DELETE FROM a WHERE x = 2;";
        var measured = await scratch.MeasureAsync(session, fixture.Step(script), CancellationToken.None);
        Assert.Equal(
            ["public.a 0 2 1", "public.b 2 0 0", "public.n 1 0 0"],
            measured.RowsChanged.Select(r => $"{r.Table} {r.Inserted} {r.Updated} {r.Deleted}")
        );
        Assert.Equal("public.a", Assert.Single(measured.Rewrites));
        Assert.Contains(measured.Locks, l => l is { Table: "public.a", Mode: "ACCESS EXCLUSIVE", Line: 2 } && l.Held > TimeSpan.Zero);
        Assert.Contains(measured.Locks, l => l is { Table: "public.b", Mode: "SHARE", Line: 3 });
        Assert.Contains(measured.Locks, l => l is { Table: "public.c", Mode: "ACCESS EXCLUSIVE", Line: 8 });
        Assert.Equal("ACCESS EXCLUSIVE", measured.Locks[0].Mode);
        Assert.DoesNotContain(measured.Locks, l => l.Table is "public.n" || l.Table.Contains("migration", StringComparison.Ordinal));
        Assert.Equal((8, 6), (measured.Outcome.Statements, measured.Outcome.RowsAffected));
        Assert.Equal("001_test", Assert.Single(await session.History.ReadAsync(CancellationToken.None)).Name);
        Assert.Equal("2", await fixture.Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task A_dumps_encoding_is_passed_over_as_in_a_run()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var scratch = await Driver.Scratch.CreateAsync(new ScratchRequest { Origin = Target(fixture) }, CancellationToken.None);
        await using var session = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        await scratch.MeasureAsync(
            session,
            fixture.Step(
                "SET client_encoding = 'LATIN1'; CREATE TABLE t (a text CHECK (length(a) = 1)); INSERT INTO t VALUES ('ä')",
                "001_ä"
            ),
            CancellationToken.None
        );
        Assert.Equal("001_ä", Assert.Single(await session.History.ReadAsync(CancellationToken.None)).Name);
    }

    [Fact]
    public async Task A_refused_statement_rolls_back_and_is_placed()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var scratch = await Driver.Scratch.CreateAsync(new ScratchRequest { Origin = Target(fixture) }, CancellationToken.None);
        await using var session = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        var error = await Assert.ThrowsAsync<StatementException>(() =>
            scratch.MeasureAsync(
                session,
                fixture.Step("BEGIN;\nCREATE TABLE t (a int);\nDROP TABLE nope;\nCOMMIT;"),
                CancellationToken.None
            )
        );
        Assert.Equal(("42P01", 3), (error.Code, error.Location!.Line));
        Assert.DoesNotContain(
            (await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Objects,
            o => o.Type == Migrations.Schema.SchemaObjectType.Table
        );
        await scratch.MeasureAsync(session, fixture.Step("CREATE TABLE t (a int); CREATE INDEX i ON t (a)"), CancellationToken.None);
        var outside = await scratch.MeasureAsync(
            session,
            fixture.Step("CREATE INDEX CONCURRENTLY j ON t (a)", "002_outside"),
            CancellationToken.None
        );
        Assert.Equal(1, outside.Outcome.Statements);
        Assert.Equal(["001_test", "002_outside"], (await session.History.ReadAsync(CancellationToken.None)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_digest_tells_values_and_not_the_order_of_rows()
    {
        await using var one = await DriverFixture.CreateAsync();
        await using var other = await DriverFixture.CreateAsync();
        await one.Database.ExecuteAsync(
            "CREATE TABLE t (t text, at timestamptz, f float8, b bytea); INSERT INTO t VALUES ('a', '2020-01-01Z', 0.1, "
                + "'\\x01'), ('b', NULL, 2, NULL), ('b', NULL, 2, NULL)"
        );
        await other.Database.ExecuteAsync(
            "CREATE TABLE t (t text, at timestamptz, f float8, b bytea); INSERT INTO t VALUES ('b', NULL, 2, NULL), ('b', "
                + "NULL, 2, NULL), ('a', '2020-01-01Z', 0.1, '\\x01')"
        );
        await other.Database.ExecuteAsync(
            $"ALTER DATABASE {other.Database.Name} SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE {other.Database.Name} SET "
                + $"DateStyle = 'German'; ALTER DATABASE {other.Database.Name} SET bytea_output = 'escape'; ALTER DATABASE "
                + $"{other.Database.Name} SET extra_float_digits = -5"
        );
        var digest = await DigestAsync(one);
        Assert.Matches("^[0-9a-f]{32}$", digest);
        Assert.Equal(digest, await DigestAsync(other));
        await other.Database.ExecuteAsync(
            "DELETE FROM t WHERE ctid = (SELECT max(ctid) FROM t WHERE t = 'b'); INSERT INTO t VALUES ('b', NULL, 2, '')"
        );
        Assert.NotEqual(digest, await DigestAsync(other));
    }

    [Fact]
    public async Task Rows_that_a_policy_hides_are_reported_as_not_counted_and_never_a_wrong_number()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        await role.Database.ExecuteAsync(
            $"CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO {role.Name}"
        );
        var events = new RecordingEventSink();
        await using var session = await Driver.OpenAsync(
            Driver.Parse(role.Address, "/")!,
            new SessionOptions { Events = events },
            CancellationToken.None
        );
        Assert.Null(Assert.Single(await session.Inspector.ReadContentAsync(digests: false, CancellationToken.None)).Rows);
        Assert.Contains("row-level security", Assert.Single(events.Of<WarningRaised>()).Message, StringComparison.Ordinal);
    }

    private static async Task<string> DigestAsync(DriverFixture fixture) =>
        Assert.Single(await (await fixture.OpenAsync()).Inspector.ReadContentAsync(digests: true, CancellationToken.None)).Digest!;

    private static DatabaseTarget Target(DriverFixture fixture) => Driver.Parse(fixture.Database.Address, "/")!;
}
