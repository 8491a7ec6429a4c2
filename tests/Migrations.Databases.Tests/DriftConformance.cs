using Migrations.Comparing;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>What differs from what the applied migrations make is told object by object; nothing else is.</summary>
public abstract class DriftConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    private void Orders()
    {
        Migration(
            "001_orders",
            "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'x');\n"
                + "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), total integer NOT "
                + "NULL CHECK (total >= 0));\n"
                + "CREATE INDEX orders_by_customer ON orders (customer_id);\n"
                + "CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 100;\n",
            "DROP VIEW big_orders;\nDROP TABLE orders;\nDROP TABLE customers;\n"
        );
        Migration("002_note", "ALTER TABLE orders ADD COLUMN note text;\n", "ALTER TABLE orders DROP COLUMN note;\n");
    }

    [Fact]
    public async Task A_clean_database_has_none()
    {
        Orders();
        await ApplyAsync();

        var results = await CheckAsync(CheckCategory.Drift, CheckCategory.Schema);

        Assert.Equal(["drift", "indexes", "tables", "triggers", "views"], results.Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.All(results, r => Assert.Equal(CheckStatus.Pass, r.Status));
    }

    [Fact]
    public async Task What_was_made_by_hand_and_what_was_taken_away_are_named_with_the_way_back()
    {
        Orders();
        await ApplyAsync();
        await Database.ExecuteAsync("CREATE INDEX by_hand ON orders (total)");
        await Database.ExecuteAsync("DROP VIEW big_orders");
        await Database.ExecuteAsync("DROP INDEX orders_by_customer");

        var results = await CheckAsync(CheckCategory.Drift, CheckCategory.Schema);

        Assert.Equal(
            ["big_orders is missing.", "by_hand is not expected.", "orders_by_customer is missing."],
            results
                .Where(r => r.Name == "drift")
                .Select(r => r.Message[(r.Message.IndexOf(r.Target!.Split('.')[^1], StringComparison.Ordinal))..])
                .Order(StringComparer.Ordinal)
        );
        Assert.All(results.Where(r => r.Name == "drift"), r => Assert.Equal(CheckStatus.Fail, r.Status));
        Assert.Equal(
            ["indexes", "views"],
            results.Where(r => r.Category == CheckCategory.Schema && r.Status == CheckStatus.Fail).Select(r => r.Name)
        );
        foreach (var way in results.Where(r => r.Name == "drift").Select(r => r.Recommendation!))
            await Database.ExecuteAsync(way["To fix it: ".Length..]);
        Assert.All(await CheckAsync(CheckCategory.Drift), r => Assert.Equal(CheckStatus.Pass, r.Status));
    }

    [Fact]
    public async Task A_column_made_by_hand_is_told_and_no_way_back_loses_it()
    {
        Orders();
        await ApplyAsync();
        await Database.ExecuteAsync("ALTER TABLE customers ADD COLUMN vip integer NOT NULL DEFAULT 0");

        var drift = Assert.Single(await CheckAsync(CheckCategory.Drift));

        Assert.Equal((CheckStatus.Fail, "missing"), (drift.Status, drift.Expected));
        Assert.EndsWith("customers.vip", drift.Target, StringComparison.Ordinal);
        Assert.DoesNotContain("DROP", drift.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pending_migrations_are_no_drift_and_neither_are_undone_ones()
    {
        Orders();
        await ApplyAsync();
        await UndoAsync();
        Migration("003_more", "CREATE TABLE more (id integer);\n", "DROP TABLE more;\n");

        Assert.All(await CheckAsync(CheckCategory.Drift, CheckCategory.Schema), r => Assert.Equal(CheckStatus.Pass, r.Status));
    }

    [Fact]
    public async Task What_another_service_has_made_in_the_same_database_is_no_drift()
    {
        Orders();
        await Engine(o => o with { Service = "shop" }).ApplyAsync();
        File.Delete(FileOf("002_note.up.sql"));
        File.Delete(FileOf("002_note.down.sql"));
        Migration("001_orders", "CREATE TABLE of_another (id integer PRIMARY KEY);\nCREATE INDEX of_another_id ON of_another (id);\n");
        await Engine(o => o with { Service = "post" }).ApplyAsync();

        var checker = new IntegrityChecker(Kind.Driver, Target(), Folder, EngineOptions() with { Service = "post" });
        var request = new CheckRequest { Categories = [CheckCategory.Drift] };
        var drift = Assert.Single(await checker.CheckAsync(request));
        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);

        await Database.ExecuteAsync("ALTER TABLE of_another ADD COLUMN by_hand text");
        await Database.ExecuteAsync("CREATE INDEX also_by_hand ON of_another (by_hand)");
        await Database.ExecuteAsync("DROP INDEX of_another_id");
        Assert.Equal(
            ["also_by_hand", "by_hand", "of_another_id"],
            (await checker.CheckAsync(request)).Select(c => c.Target!.Split('.', ' ')[^1].Trim('"')).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_missing_file_makes_drift_unknown_not_good()
    {
        Orders();
        await ApplyAsync();
        File.Delete(FileOf("002_note.up.sql"));
        File.Delete(FileOf("002_note.down.sql"));

        var drift = Assert.Single(await CheckAsync(CheckCategory.Drift));

        Assert.Equal(CheckStatus.NotRun, drift.Status);
        Assert.Contains("002_note", drift.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_baseline_the_replay_starts_from_the_schema_that_was_there()
    {
        Orders();
        await ApplyAsync();
        await Database.ExecuteAsync("DELETE FROM migration_journal");
        await Database.ExecuteAsync("CREATE TABLE legacy (id integer PRIMARY KEY, name text)");
        await Engine().BaselineAsync(new BaselineRequest { Target = "001_orders" });
        await Database.ExecuteAsync("ALTER TABLE orders DROP COLUMN note");
        await Engine().BaselineAsync(new BaselineRequest { Target = "001_orders" });
        await ApplyAsync();

        Assert.All(await CheckAsync(CheckCategory.Drift, CheckCategory.Schema), r => Assert.Equal(CheckStatus.Pass, r.Status));
        await Database.ExecuteAsync("DROP TABLE legacy");
        Assert.EndsWith("legacy", Assert.Single(await CheckAsync(CheckCategory.Drift)).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_that_stored_no_schema_makes_drift_unknown()
    {
        Orders();
        await ApplyAsync();
        await Database.ExecuteAsync("UPDATE migration_journal SET event = 'baselined'");

        Assert.Equal(CheckStatus.NotRun, Assert.Single(await CheckAsync(CheckCategory.Drift)).Status);
    }

    [Fact]
    public async Task A_schema_file_is_set_against_what_all_migrations_make()
    {
        Orders();
        Write(
            "schema.sql",
            "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'x');\n"
                + "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), total integer NOT "
                + "NULL CHECK (total >= 0), note text);\n"
                + "CREATE INDEX orders_by_customer ON orders (customer_id);\nCREATE VIEW big_orders AS SELECT id FROM orders WHERE "
                + "total > 100;\n"
        );
        await ApplyAsync();
        Assert.Equal(CheckStatus.Pass, (await CheckAsync(CheckCategory.Schema)).Single(r => r.Name == "schema-file").Status);

        Write("schema.sql", await File.ReadAllTextAsync(FileOf("schema.sql")) + "CREATE INDEX orders_by_total ON orders (total);\n");

        var difference = (await CheckAsync(CheckCategory.Schema)).Single(r => r.Name == "schema-file");
        Assert.Equal(CheckStatus.Fail, difference.Status);
        Assert.EndsWith("orders_by_total", difference.Target, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<CheckResult>> CheckAsync(params CheckCategory[] categories) =>
        Checker().CheckAsync(new CheckRequest { Categories = categories });
}

public sealed class SqliteDriftTests() : DriftConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Numbers_of_the_file_that_a_script_has_set_are_compared_and_those_of_an_application_are_not()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\nPRAGMA user_version = 4;\n");
        await ApplyAsync();
        await Database.ExecuteAsync("PRAGMA application_id = 9");
        Assert.Equal(["Pass"], await DriftAsync());
        Assert.Empty(await DiffAsync(Folder, Database.Address));
        await Database.ExecuteAsync("PRAGMA user_version = 5");
        Assert.Contains("PRAGMA user_version = 4", Assert.Single(await DriftAsync()), StringComparison.Ordinal);
        Assert.Equal(["PRAGMA user_version"], await DiffAsync(Folder, Database.Address));
        await using var other = await Kind.CreateAsync();
        await other.ExecuteAsync("CREATE TABLE a (id integer)");
        Assert.Equal(["PRAGMA application_id", "PRAGMA user_version"], await DiffAsync(other.Address, Database.Address));
        Assert.Equal(["PRAGMA application_id", "PRAGMA user_version"], await DiffAsync(Database.Address, other.Address));
        await Database.ExecuteAsync("PRAGMA user_version = 4");
        Assert.Equal(["Pass"], await DriftAsync());
    }

    private async Task<IEnumerable<string>> DriftAsync() =>
        (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] })).Select(r =>
            r.Recommendation?.ToString() ?? r.Status.ToString()
        );

    private async Task<IEnumerable<string>> DiffAsync(string left, string right)
    {
        var sides = SidePair.Resolve(left, right, beside: null, [Kind.Driver], Folder);
        return (
            await new SchemaSides(sides.Driver, EngineOptions(), new ScratchRequest { Origin = sides.Origin }).CompareAsync(
                sides,
                [],
                default
            )
        )
            .Select(d => d.Name)
            .Order(StringComparer.Ordinal);
    }
}

public sealed class PostgreSqlDriftTests() : DriftConformance(DatabaseKind.PostgreSql);
