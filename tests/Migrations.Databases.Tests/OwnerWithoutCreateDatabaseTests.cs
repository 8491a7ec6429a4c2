using Migrations.Comparing;
using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Testing;
using Npgsql;

namespace Migrations.Databases.Tests;

/// <summary>
/// Drift, comparison and rehearsal for a role that owns its database and may create no other: the scratch databases are then on a server
/// that is started for it, or on the one that is named.
/// </summary>
public sealed class OwnerWithoutCreateDatabaseTests() : Conformance(DatabaseKind.PostgreSql)
{
    protected override bool NeedsCopies => true;

    private const string SocketOnly = "on_a_server_of_its_own";
    private const string Network = "on_the_server_that_was_named";

    [Fact]
    public async Task A_clean_database_has_no_drift_and_what_was_done_by_hand_is_reported_exactly()
    {
        await using var owner = await OrdersAsync();

        var clean = await CheckAsync(owner);
        Assert.Equal(["drift", "indexes", "tables", "triggers", "views"], clean.Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.All(clean, r => Assert.True(r.Status == CheckStatus.Pass, $"{r.Name}: {r.Message}"));

        await ChangeByHandAsync(owner);
        var drift = (await CheckAsync(owner)).Where(r => r.Name == "drift").ToList();

        Assert.All(drift, r => Assert.Equal(CheckStatus.Fail, r.Status));
        Assert.Equal(
            ["public.by_hand", "public.customers.name", "public.orders.orders_stamp", "public.orders.total_is_positive"],
            drift.Select(r => r.Target).Order(StringComparer.Ordinal)
        );
        var changedDefault = drift.Single(r => r.Target == "public.customers.name");
        Assert.Contains("'nobody'", changedDefault.Expected, StringComparison.Ordinal);
        Assert.Contains("'somebody'", changedDefault.Actual, StringComparison.Ordinal);
        await ExecuteAsync(
            owner,
            "DROP INDEX by_hand; ALTER TABLE customers ALTER COLUMN name SET DEFAULT 'nobody'; ALTER TABLE orders ENABLE "
                + "TRIGGER orders_stamp; "
                + "ALTER TABLE orders ADD CONSTRAINT total_is_positive CHECK (total >= 0)"
        );
        Assert.All(await CheckAsync(owner), r => Assert.True(r.Status == CheckStatus.Pass, $"{r.Name}: {r.Message}"));
    }

    [Fact]
    public async Task Its_database_is_compared_with_the_folder()
    {
        await using var owner = await OrdersAsync();
        Assert.Empty(await CompareAsync(owner, server: null));

        await ChangeByHandAsync(owner);

        string[] expected =
        [
            "Added Index public.by_hand",
            "Changed Column public.customers.name",
            "Changed Trigger public.orders.orders_stamp",
            "Removed Constraint public.orders.total_is_positive",
        ];
        Assert.Equal(expected, Lines(await CompareAsync(owner, server: null)));
        Assert.Equal(expected, Lines(await CompareAsync(owner, server: Target())));
    }

    [Theory]
    [InlineData(false, false, SocketOnly)]
    [InlineData(false, true, SocketOnly)]
    [InlineData(true, false, Network)]
    public async Task Its_migrations_are_rehearsed_on_a_server_of_its_own_or_on_the_one_that_is_named(
        bool named,
        bool withData,
        string table
    )
    {
        await using var owner = await OrdersAsync();
        // A server of its own is reached by a Unix socket alone, where there is no address.
        Migration(
            "003_where",
            $"DO $$ BEGIN IF inet_server_addr() IS NULL THEN CREATE TABLE {SocketOnly} (id int); ELSE CREATE TABLE {Network} "
                + "(id int); END IF; END $$;\n",
            $"DROP TABLE IF EXISTS {SocketOnly}, {Network};\n"
        );
        Migration(
            "004_forgets",
            "CREATE INDEX orders_by_total ON orders (total);\nALTER TABLE orders ADD COLUMN note text;\n",
            "ALTER TABLE orders DROP COLUMN note;\n"
        );

        var results = (
            await RehearseAsync(owner, new RehearsalRequest { WithData = withData, ScratchServer = named ? Target() : null })
        ).Results;

        Assert.Equal(
            [("003_where", true), ("004_forgets", false)],
            results.Select(r => (r.Name, r.UndoProven ?? throw new InvalidOperationException(r.Failure?.Message)))
        );
        Assert.Equal(
            $"Added Table public.{table}",
            Lines(results[0].ObjectsChanged.Where(d => d.ObjectType == SchemaObjectType.Table)).Single()
        );
        Assert.Equal(["Added Index public.orders_by_total"], Lines(results[1].Differences));
        Assert.All(results, r => Assert.Equal(withData, r.WithData));
        Assert.Equal("customers, orders", await TablesAsync());
    }

    [Fact]
    public async Task All_its_migrations_are_rehearsed_from_an_empty_database()
    {
        await using var owner = await OrdersAsync();

        var results = (await RehearseAsync(owner, new RehearsalRequest { All = true })).Results;

        Assert.Equal([("001_orders", true), ("002_trigger", true)], results.Select(r => (r.Name, r.UndoProven is true)));
    }

    [Fact]
    public async Task Declared_checks_are_asked_on_a_copy()
    {
        await using var owner = await OrdersAsync();
        Write(
            "checks/stamped.sql",
            "-- check: an order is stamped\n-- expect: value true\nINSERT INTO orders (id, total) VALUES (-1, 1);\nSELECT "
                + "(stamped IS NOT NULL)::text FROM orders WHERE id = -1;\n"
        );

        var result = Assert.Single(
            await CheckerAs(owner).CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared], OnCopy = true })
        );

        Assert.True(result.Status == CheckStatus.Pass, result.Message);
    }

    /// <summary>A database with its migrations applied by its owner.</summary>
    private async Task<PostgreSqlRole> OrdersAsync()
    {
        var owner = await PostgreSqlRole.OwnerOfAsync((PostgreSqlTestDatabase)Database);
        Migration(
            "001_orders",
            "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'nobody');\n"
                + "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), total integer NOT "
                + "NULL CONSTRAINT total_is_positive CHECK (total >= 0), stamped timestamptz);\n"
                + "CREATE INDEX orders_by_customer ON orders (customer_id);\n",
            "DROP TABLE orders;\nDROP TABLE customers;\n"
        );
        Migration(
            "002_trigger",
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamped := now(); RETURN NEW; END $$;\n"
                + "CREATE TRIGGER orders_stamp BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();\n",
            "DROP TRIGGER orders_stamp ON orders;\nDROP FUNCTION stamp();\n"
        );
        await new Migrator(Kind.Driver, TargetAs(owner), Folder, EngineOptions()).ApplyAsync();
        return owner;
    }

    private static Task ChangeByHandAsync(PostgreSqlRole owner) =>
        ExecuteAsync(
            owner,
            "CREATE INDEX by_hand ON orders (total); ALTER TABLE customers ALTER COLUMN name SET DEFAULT 'somebody'; ALTER "
                + "TABLE orders DISABLE TRIGGER orders_stamp; "
                + "ALTER TABLE orders DROP CONSTRAINT total_is_positive"
        );

    private static async Task ExecuteAsync(PostgreSqlRole owner, string sql)
    {
        await using var connection = new NpgsqlConnection(
            owner.Database.Server.ConnectionStringOf(owner.Database.Name, owner.Name, PostgreSqlRole.Password)
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private DatabaseTarget TargetAs(PostgreSqlRole owner) => Kind.Driver.Parse(owner.Address, Folder)!;

    private IntegrityChecker CheckerAs(PostgreSqlRole owner) => new(Kind.Driver, TargetAs(owner), Folder, EngineOptions());

    private Task<IReadOnlyList<CheckResult>> CheckAsync(PostgreSqlRole owner) =>
        CheckerAs(owner).CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift, CheckCategory.Schema] });

    private Task<RehearsalReport> RehearseAsync(PostgreSqlRole owner, RehearsalRequest request) =>
        new Rehearsal(Kind.Driver, TargetAs(owner), Folder, EngineOptions()).RunAsync(request);

    /// <summary>What the database has that the folder does not make, and the other way round.</summary>
    private async Task<IReadOnlyList<SchemaDifference>> CompareAsync(PostgreSqlRole owner, DatabaseTarget? server)
    {
        var options = EngineOptions();
        var sides = new SchemaSides(
            Kind.Driver,
            options,
            new ScratchRequest
            {
                Origin = TargetAs(owner),
                Server = server,
                Session = options.Session,
            }
        );
        return SchemaComparison.Compare(
            await sides.ReadAsync(new FolderSide(Folder), CancellationToken.None),
            await sides.ReadAsync(new DatabaseSide(TargetAs(owner)), CancellationToken.None)
        );
    }

    private static IEnumerable<string> Lines(IEnumerable<SchemaDifference> differences) =>
        differences.Select(d => $"{d.Kind} {d.ObjectType} {d.Name}").Order(StringComparer.Ordinal);
}
