using Migrations.Backup;
using Migrations.Integrity;

namespace Migrations.Databases.Tests;

/// <summary>
/// Every check of the engine-independent categories that finds something names it: the table, index, migration, file or backup. One broken
/// database for each row; a check without a row fails.
/// </summary>
public abstract class NamedFindingConformance(DatabaseKind kind) : Conformance(kind)
{
    // What names things by the same means in every check of its kind, or is never a finding.
    private static readonly string[] Without = ["history-repeatable"];

    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["tables"] = new(
            CheckCategory.Schema,
            "customers",
            t => t.ExecuteAsync("DROP VIEW big_orders", "DROP TABLE orders", "DROP TABLE customers")
        ),
        ["indexes"] = new(CheckCategory.Schema, "orders_by_customer", t => t.ExecuteAsync("DROP INDEX orders_by_customer")),
        ["views"] = new(CheckCategory.Schema, "big_orders", t => t.ExecuteAsync("DROP VIEW big_orders")),
        ["triggers"] = new(CheckCategory.Schema, "noted", t => t.ExecuteAsync(t.DropTrigger)),
        ["schema-file"] = new(CheckCategory.Schema, "of_file", t => t.WriteAsync("schema.sql", "CREATE TABLE of_file (id integer);\n")),
        ["drift"] = new(CheckCategory.Drift, "by_hand", t => t.ExecuteAsync("CREATE TABLE by_hand (id integer)")),
        ["drift: column"] = new(CheckCategory.Drift, "customers.vip", t => t.ExecuteAsync("ALTER TABLE customers ADD COLUMN vip integer")),
        ["drift: index"] = new(CheckCategory.Drift, "orders_by_customer", t => t.ExecuteAsync("DROP INDEX orders_by_customer")),
        ["drift: trigger"] = new(CheckCategory.Drift, "noted", t => t.ExecuteAsync(t.DropTrigger)),
        ["history-failed"] = new(CheckCategory.History, "003_bad", t => t.FailAsync("003_bad")),
        ["history-changed"] = new(CheckCategory.History, "002_note", t => t.EditAsync("ALTER TABLE orders ADD COLUMN other text;\n")),
        ["history-cosmetic"] = new(CheckCategory.History, "002_note", t => t.EditAsync(Note + "-- a remark\n")),
        ["history-identity"] = new(
            CheckCategory.History,
            "002_other",
            t => t.ReplaceAsync("002_other", "CREATE TABLE other (id integer);\n")
        ),
        ["history-renamed"] = new(CheckCategory.History, "002_renamed", t => t.ReplaceAsync("002_renamed", Note)),
        ["history-renumbered"] = new(CheckCategory.History, "003_note", t => t.ReplaceAsync("003_note", Note)),
        ["history-missing"] = new(CheckCategory.History, "002_note", t => t.DeleteAsync("002_note.up.sql", "002_note.down.sql")),
        ["history-out-of-order"] = new(CheckCategory.History, "001.5_late", t => t.WriteAsync("001.5_late.up.sql", Other)),
        ["history-pending"] = new(CheckCategory.History, "003_more", t => t.WriteAsync("003_more.up.sql", Other)),
        ["undo-missing"] = new(CheckCategory.History, "003_more", t => t.WriteAsync("003_more.up.sql", Other)),
        ["undo-unproven"] = new(CheckCategory.History, "001_orders", _ => Task.CompletedTask),
        ["undo-bad"] = new(CheckCategory.History, "003_more", t => t.RehearseAsync(Other, "SELECT 1;\n")),
        ["undo-schema-only"] = new(
            CheckCategory.History,
            "003_more",
            t => t.RehearseAsync("ALTER TABLE orders ADD COLUMN more text;\n", "ALTER TABLE orders DROP COLUMN more;\n")
        ),
        ["naming"] = new(CheckCategory.Folder, "002_twice", t => t.WriteAsync("002_twice.up.sql", Other)),
        ["backup-age"] = new(CheckCategory.Backup, "backups", _ => Task.CompletedTask),
        ["backup-age: unproven"] = new(CheckCategory.Backup, "is proven. The newest is", t => t.BackUpAsync()),
        ["no orphan"] = new(CheckCategory.Declared, "orphans.sql:3", t => t.ExecuteAsync("INSERT INTO customers (id) VALUES (7)")),
    };

    private const string Note = "ALTER TABLE orders ADD COLUMN note text;\n";
    private const string Other = "CREATE TABLE other (id integer PRIMARY KEY);\n";

    public static TheoryData<string> Checks => [.. Cases.Keys];

    protected override bool NeedsCopies => true;

    protected abstract string MakeTrigger { get; }

    protected abstract string DropTrigger { get; }

    private string Backups => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Folder)!, "backups")).FullName;

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Names_what_is_wrong(string name)
    {
        await MakeAsync();
        var (category, named, breakIt) = Cases[name];
        await breakIt(this);

        var found = (await CheckAsync(category))
            .Where(r => r.Name == name.Split(':')[0] && r.Status is CheckStatus.Fail or CheckStatus.Warn)
            .ToList();

        Assert.NotEmpty(found);
        Assert.All(found, r => Assert.NotNull(r.Recommendation));
        Assert.Contains(found, r => r.Message.Contains(named, StringComparison.Ordinal));
        // One object alone is the target too, so that programs find it.
        if (category is not (CheckCategory.Backup or CheckCategory.Declared))
            Assert.All(
                found,
                r => Assert.True(r.Target is null ? r.Actual!.Contains(',', StringComparison.Ordinal) : r.Message.Length > 0)
            );
    }

    [Fact]
    public async Task No_check_is_left_out()
    {
        await MakeAsync();
        CheckCategory[] categories =
        [
            CheckCategory.Folder,
            CheckCategory.History,
            CheckCategory.Schema,
            CheckCategory.Drift,
            CheckCategory.Backup,
            CheckCategory.Declared,
        ];
        var known = Cases.Select(c => (c.Key.Split(':')[0], c.Value.Category)).ToHashSet();

        Assert.All(
            (await CheckAsync(categories)).Where(r => !Without.Contains(r.Name, StringComparer.Ordinal)),
            r => Assert.Contains((r.Name, r.Category), known)
        );
        Assert.Equal(categories.Order(), known.Select(k => k.Category).Distinct().Order());
    }

    private async Task MakeAsync()
    {
        Migration(
            "001_orders",
            "CREATE TABLE customers (id integer PRIMARY KEY, name text);\n"
                + "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id));\n"
                + "CREATE INDEX orders_by_customer ON orders (customer_id);\n"
                + "CREATE VIEW big_orders AS SELECT id FROM orders WHERE id > 100;\n"
                + MakeTrigger,
            "DROP VIEW big_orders;\nDROP TABLE orders;\nDROP TABLE customers;\n"
        );
        Migration("002_note", Note, "ALTER TABLE orders DROP COLUMN note;\n");
        Write("checks/orphans.sql", "-- check: no orphan\n-- expect: rows 0\nSELECT id FROM customers;\n");
        await ApplyAsync();
    }

    private Task<IReadOnlyList<CheckResult>> CheckAsync(params CheckCategory[] categories) =>
        Checker().CheckAsync(new CheckRequest { Categories = categories, BackupFolder = Backups });

    private async Task ExecuteAsync(params string[] statements)
    {
        foreach (var statement in statements)
            await Database.ExecuteAsync(statement);
    }

    private Task WriteAsync(string file, string text)
    {
        Write(file, text);
        return Task.CompletedTask;
    }

    private Task DeleteAsync(params string[] files)
    {
        foreach (var file in files)
            File.Delete(FileOf(file));
        return Task.CompletedTask;
    }

    private Task EditAsync(string text) => WriteAsync("002_note.up.sql", text);

    private async Task ReplaceAsync(string name, string text)
    {
        await DeleteAsync("002_note.up.sql", "002_note.down.sql");
        Migration(name, text, "SELECT 1;\n");
    }

    private async Task FailAsync(string name)
    {
        Migration(name, "CREATE TABLE bad (id integer);\nSELECT * FROM nowhere;\n", "DROP TABLE bad;\n");
        await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync());
    }

    private async Task RehearseAsync(string up, string down)
    {
        Migration("003_more", up, down);
        await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest());
    }

    private Task BackUpAsync() =>
        new BackupManager(Kind.Driver, Target(), new BackupOptions { Session = EngineOptions().Session }).BackUpAsync(
            new BackupRequest { Folder = Backups }
        );

    private sealed record Case(CheckCategory Category, string Named, Func<NamedFindingConformance, Task> Break);
}

public sealed class SqliteNamedFindingTests() : NamedFindingConformance(DatabaseKind.Sqlite)
{
    protected override string MakeTrigger => "CREATE TRIGGER noted AFTER INSERT ON orders BEGIN SELECT 1; END;\n";

    protected override string DropTrigger => "DROP TRIGGER noted";
}

public sealed class PostgreSqlNamedFindingTests() : NamedFindingConformance(DatabaseKind.PostgreSql)
{
    protected override string MakeTrigger =>
        "CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n"
        + "CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note_it();\n";

    protected override string DropTrigger => "DROP TRIGGER noted ON orders";
}
