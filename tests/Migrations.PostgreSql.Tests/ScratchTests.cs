using Migrations.Databases;
using Migrations.Events;
using Migrations.Testing;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Databases that are thrown away.</summary>
public sealed class ScratchTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public ScratchTests() => Prerequisite.PgDump();

    [Theory]
    [InlineData(ScratchContent.Empty, null)]
    [InlineData(ScratchContent.Schema, "0")]
    [InlineData(ScratchContent.Data, "2")]
    public async Task It_holds_what_is_asked_for_and_is_gone_afterwards(ScratchContent content, string? rows)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(
            fixture.Step("CREATE TABLE \"T 1\" (a varchar CHECK (a IN ('x', 'y'))); INSERT INTO \"T 1\" VALUES ('x'), ('y')"),
            CancellationToken.None
        );
        DatabaseTarget target;
        await using (
            var scratch = await Driver.Scratch.CreateAsync(
                new ScratchRequest { Origin = Target(fixture.Database.Address), Content = content },
                CancellationToken.None
            )
        )
        {
            target = scratch.Target;
            Assert.Matches("^migrations_scratch_[0-9]{14}_[0-9a-f]{16}$", target.Database);
            await using var copy = await Driver.OpenAsync(target, new SessionOptions(), CancellationToken.None);
            var history = await copy.History.ReadAsync(CancellationToken.None);
            var tables = await copy.Inspector.ReadContentAsync(digests: false, CancellationToken.None);
            Assert.Equal(rows, tables.FirstOrDefault(t => t.Table == "public.\"T 1\"")?.Rows?.ToString());
            Assert.Equal(content == ScratchContent.Empty ? 0 : 1, history.Count);
            if (content != ScratchContent.Empty)
                Assert.Equal(
                    (await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint,
                    (await copy.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint
                );
            await copy.History.EnsureAsync(CancellationToken.None);
            await copy.History.AppendAsync(fixture.Entry("002_next", Migrations.History.JournalEvent.Applied), CancellationToken.None);
        }

        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.OpenAsync(target, new SessionOptions(), CancellationToken.None)
        );
        Assert.Equal(ErrorId.DatabaseMissing, error.Id);
    }

    /// <summary>A server that finds a session on a database looks again after 100 ms.</summary>
    [Fact]
    public async Task Its_drop_does_not_wait_100_ms_for_a_session_that_is_leaving()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var (left, unused) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < 7; i++)
        {
            unused.Add(await TimeDropAsync(fixture.Database.Address, open: false));
            left.Add(await TimeDropAsync(fixture.Database.Address, open: true));
        }

        left.Sort();
        unused.Sort();
        Assert.True(left[3] - unused[3] < TimeSpan.FromMilliseconds(70), $"{left[3]}, without a session {unused[3]}");
    }

    private static async Task<TimeSpan> TimeDropAsync(string address, bool open)
    {
        var scratch = await Driver.Scratch.CreateAsync(
            new ScratchRequest { Origin = Target(address), Content = ScratchContent.Empty },
            CancellationToken.None
        );
        if (open)
            await (await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None)).DisposeAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await scratch.DisposeAsync();
        return clock.Elapsed;
    }

    [Fact]
    public async Task A_role_that_may_not_create_databases_gets_a_server_of_its_own()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        await role.Database.ExecuteAsync(
            $"CREATE TABLE t (a int); CREATE POLICY p ON t TO {role.Name} USING (true); ALTER TABLE t OWNER TO {role.Name}"
        );
        string folder;
        await using (
            var scratch = await Driver.Scratch.CreateAsync(
                new ScratchRequest { Origin = Target(role.Address), Content = ScratchContent.Schema },
                CancellationToken.None
            )
        )
        {
            folder = new NpgsqlConnectionStringBuilder(scratch.Target.ConnectionString).Host!;
            Assert.True(Directory.Exists(folder));
            await using var copy = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
            await using var origin = await Driver.OpenAsync(Target(role.Address), new SessionOptions(), CancellationToken.None);
            Assert.Equal(
                (await origin.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint,
                (await copy.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint
            );
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task What_only_a_superuser_may_create_is_copied_to_a_server_of_its_own()
    {
        await using var role = await PostgreSqlRole.CreateAsync("CREATEDB");
        await role.Database.ExecuteAsync(
            "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE EVENT TRIGGER e ON "
                + "sql_drop EXECUTE FUNCTION f()"
        );
        await using var scratch = await Driver.Scratch.CreateAsync(
            new ScratchRequest { Origin = Target(role.Address), Content = ScratchContent.Data },
            CancellationToken.None
        );
        Assert.StartsWith("/tmp/", new NpgsqlConnectionStringBuilder(scratch.Target.ConnectionString).Host, StringComparison.Ordinal);
        await using var copy = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        Assert.Contains((await copy.Inspector.ReadSchemaAsync(CancellationToken.None)).Objects, o => o.Name == "event trigger e");
    }

    [Fact]
    public async Task Another_server_that_refuses_is_said_with_the_grant_to_type()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        var request = new ScratchRequest { Origin = Target(role.Database.Address), Server = Target(role.Address) };
        var error = await Assert.ThrowsAsync<MigrationException>(() => Driver.Scratch.CreateAsync(request, CancellationToken.None));
        Assert.Equal(ErrorId.ScratchUnavailable, error.Id);
        Assert.Contains($"ALTER ROLE \"{role.Name}\" CREATEDB", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgreSqlRole.Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encoding_and_sorting_are_those_of_the_origin()
    {
        var server = PostgreSqlServer.Shared;
        var name = "test_" + Guid.NewGuid().ToString("N");
        await server.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        try
        {
            await using var scratch = await Driver.Scratch.CreateAsync(
                new ScratchRequest { Origin = Target(server.UrlOf(name)) },
                CancellationToken.None
            );
            await using var connection = new NpgsqlConnection(scratch.Target.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "SELECT current_setting('server_encoding') || current_setting('synchronous_commit')",
                connection
            );
            Assert.Equal("LATIN1off", await command.ExecuteScalarAsync());
        }
        finally
        {
            await server.ExecuteAsync($"DROP DATABASE {name}");
        }
    }

    [Fact]
    public async Task Leftovers_older_than_a_day_are_named()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var old = $"migrations_scratch_20200101000000_{Guid.NewGuid().ToString("N")[..8]}";
        var young = $"migrations_scratch_{DateTime.UtcNow:yyyyMMddHHmmss}_{Guid.NewGuid().ToString("N")[..8]}";
        var restoring = $"shop_restoring_20200101000000_{Guid.NewGuid():N}"[..50];
        await fixture.Database.Server.ExecuteAsync($"CREATE DATABASE {old}");
        await fixture.Database.Server.ExecuteAsync($"CREATE DATABASE {restoring}");
        await fixture.Database.Server.ExecuteAsync($"CREATE DATABASE {young}");
        try
        {
            var found = await Driver.Scratch.FindLeftoversAsync(
                Target(fixture.Database.Address),
                new SessionOptions(),
                CancellationToken.None
            );
            Assert.Contains(old, found);
            Assert.Contains(restoring, found);
            Assert.DoesNotContain(young, found);
        }
        finally
        {
            await fixture.Database.Server.ExecuteAsync($"DROP DATABASE {old}");
            await fixture.Database.Server.ExecuteAsync($"DROP DATABASE {restoring}");
            await fixture.Database.Server.ExecuteAsync($"DROP DATABASE {young}");
        }
    }

    [Fact]
    public async Task What_has_no_owner_any_more_is_named_and_dropped_by_the_next_and_what_has_one_is_not()
    {
        // Of its own: on a server that tests share, another one would drop what is looked for here.
        using var server = PostgreSqlServer.Start();
        await using var origin = await PostgreSqlTestDatabase.CreateAsync(server);
        var (dead, half, connected) = (NewName("migrations_scratch"), NewName("shop_restoring"), NewName("migrations_scratch"));
        foreach (var name in (string[])[dead, half, connected, "migrations_scratch_of_mine"])
            await server.ExecuteAsync($"CREATE DATABASE {name}");
        await using var connection = new NpgsqlConnection(server.ConnectionStringOf(connected) + ";Pooling=false");
        await connection.OpenAsync();
        var request = new ScratchRequest { Origin = Target(origin.Address) };
        Assert.Equal(
            new[] { dead, half }.Order(StringComparer.Ordinal),
            await Driver.Scratch.FindLeftoversAsync(Target(origin.Address), new SessionOptions(), CancellationToken.None)
        );

        await using var first = await Driver.Scratch.CreateAsync(request, CancellationToken.None);
        await using var second = await Driver.Scratch.CreateAsync(request, CancellationToken.None);

        Assert.Empty(await Driver.Scratch.FindLeftoversAsync(Target(origin.Address), new SessionOptions(), CancellationToken.None));
        var left = await origin.RowsAsync("SELECT datname FROM pg_database WHERE datname ~ '^(migrations_scratch|shop)_'");
        Assert.Equal(
            new[] { first.Target.Database, second.Target.Database, connected, "migrations_scratch_of_mine" }.Order(StringComparer.Ordinal),
            left.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task One_that_cannot_be_dropped_is_reported_with_the_way_to_drop_it()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var request = new ScratchRequest
        {
            Origin = Target(fixture.Database.Address),
            Session = new SessionOptions { Events = fixture.Events },
        };
        var scratch = await Driver.Scratch.CreateAsync(request, CancellationToken.None);
        await fixture.Database.ExecuteAsync($"ALTER DATABASE {scratch.Target.Database} IS_TEMPLATE true");
        await scratch.DisposeAsync();
        Assert.Contains(
            $"DROP DATABASE {scratch.Target.Database};",
            Assert.Single(fixture.Events.Of<WarningRaised>()).Message.Replace("\"", ""),
            StringComparison.Ordinal
        );
        await fixture.Database.ExecuteAsync($"ALTER DATABASE {scratch.Target.Database} IS_TEMPLATE false; ");
        await fixture.Database.ExecuteAsync($"DROP DATABASE {scratch.Target.Database}");
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task One_is_dropped_although_the_server_was_restarted_meanwhile_and_named_while_it_is_down()
    {
        using var server = PostgreSqlServer.Start();
        await using var origin = await PostgreSqlTestDatabase.CreateAsync(server);
        var events = new RecordingEventSink();
        var request = new ScratchRequest
        {
            Origin = Target(origin.Address),
            Session = new SessionOptions { Events = events },
        };
        var first = await Driver.Scratch.CreateAsync(request, CancellationToken.None);
        var second = await Driver.Scratch.CreateAsync(request, CancellationToken.None);
        server.StopImmediately();
        await first.DisposeAsync();
        Assert.Contains(first.Target.Database, Assert.Single(events.Of<WarningRaised>()).Message, StringComparison.Ordinal);
        server.StartAgain();
        await second.DisposeAsync();
        Assert.Equal(
            [first.Target.Database],
            await Driver.Scratch.FindLeftoversAsync(Target(origin.Address), new SessionOptions(), CancellationToken.None)
        );
    }

    private static string NewName(string beginning) => $"{beginning}_{DateTime.UtcNow:yyyyMMddHHmmss}_{Guid.NewGuid().ToString("N")[..16]}";

    private static DatabaseTarget Target(string address) => Driver.Parse(address, "/")!;
}
