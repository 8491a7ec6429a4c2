using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Copies with a mapping file, and with texts that are to be searched.</summary>
public sealed class CopyMappingTests : CopyTestBase
{
    [Fact]
    public async Task Names_and_types_are_those_of_the_file_in_keys_and_views_too()
    {
        await FillAsync(
            """
            CREATE TABLE Users (Id INTEGER PRIMARY KEY, "User Name" TEXT UNIQUE CHECK (length("User Name") > 1), At TEXT,
                Loud TEXT AS (upper("User Name")));
            CREATE INDEX by_name ON Users ("User Name") WHERE At IS NOT NULL;
            CREATE TABLE Orders (Id INTEGER PRIMARY KEY, Owner INT REFERENCES Users (Id));
            CREATE VIEW v AS SELECT u."User Name" AS n, count(*) AS c FROM Orders o JOIN Users u ON u.Id = o.Owner GROUP BY u."User Name";
            CREATE TRIGGER noted AFTER INSERT ON Users BEGIN SELECT 1; END;
            INSERT INTO Users (Id, "User Name", At) VALUES (1, 'ada', '2025-01-01 10:00:00'), (2, 'bob', NULL);
            INSERT INTO Orders VALUES (1, 1), (2, 1), (3, 2);
            """
        );
        var file = Folder.Write(
            "names.json",
            """
            { "tables": { "users": { "name": "users", "columns": {
                "id": { "name": "id" }, "User Name": { "name": "user_name" }, "At": { "name": "at", "type": "timestamp" } } },
              "Orders": { "name": "orders", "columns": { "Owner": { "name": "user_id" } } } } }
            """
        );

        var results = await CopyAsync(new CopyRequest { Mapping = CopyMapping.Read(file) });

        var users = results[0];
        Assert.Equal(("Users", "\"public\".\"users\"", true), (users.Table, users.TargetTable, users.Equal));
        Assert.Matches("^chosen at .*names.json:2:97; renamed at .*names.json:2:[0-9]+$", users.Columns[2].Reason);
        Assert.Equal("noted", Assert.Single(users.LeftOut).Name);
        Assert.Equal(["bob|1", "ada|2"], await Target.RowsAsync("SELECT * FROM v ORDER BY c"));
        Assert.Equal(["1|ada|ADA"], await Target.RowsAsync("SELECT id, user_name, \"Loud\" FROM users WHERE at < '2026-01-01'::timestamp"));
        await FailsAsync("23503", "INSERT INTO orders VALUES (9, 9)");
        await FailsAsync("23505", "INSERT INTO users (user_name) VALUES ('ada')");
        await FailsAsync("23514", "INSERT INTO users (user_name) VALUES ('x')");
    }

    [Fact]
    public async Task The_tables_of_a_folder_are_found_by_the_names_of_the_file()
    {
        await FillAsync("CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'x')");
        Folder.Write("sql/001_tables.sql", "CREATE TABLE things (number int, b text)");
        var file = Folder.Write("names.json", """{ "tables": { "t": { "name": "things", "columns": { "a": { "name": "number" } } } } }""");
        await CopyAsync(
            new CopyRequest { Mapping = CopyMapping.Read(file), Folder = new TargetFolder(Folder["sql"], new MigratorOptions()) }
        );
        Assert.Equal(["1|x"], await Target.RowsAsync("SELECT number, b FROM things"));
    }

    [Theory]
    [InlineData("""{ "tabels": {} }""", ":1:3: 'tabels' is not a setting of the mapping. Did you mean 'tables'?")]
    [InlineData("""{ "tables": { "item": {} } }""", ":1:15: The source has no table 'item' that is copied. Did you mean 'items'?")]
    [InlineData(
        "{ \"tables\": { \"items\":\n { \"columns\": { \"cod\": {} } } } }",
        ":2:17: The table 'items' has no column 'cod'. Did you mean 'code'?"
    )]
    [InlineData(
        """{ "tables": { "items": { "columns": { "code": { "type": "txt" } } } } }""",
        ":1:57: \"txt\" is not a type. Did you mean 'text'?"
    )]
    [InlineData(
        """{ "tables": { "items": { "columns": { "code": { "nam": "x" } } } } }""",
        ":1:49: 'nam' is not a setting of the column 'code'. Did you mean 'name'?"
    )]
    [InlineData("""{ "tables": { "items": { "name": "OTHER" } } }""", ":1:34: Two would have the name 'OTHER'.")]
    [InlineData("""{ "tables": { "items": { "columns": { "code": { "name": "id" } } } } }""", ":1:57: Two would have the name 'id'.")]
    [InlineData("""{ "tables": { "items": {}, "Items": {} } }""", ":1:28: The table 'Items' occurs twice.")]
    [InlineData("""{ "tables": { """, ":1:15: The file ends")]
    public async Task A_bad_file_is_refused_by_line_and_column(string text, string words)
    {
        await FillAsync("CREATE TABLE items (id INT, code TEXT); CREATE TABLE other (a INT)");
        var file = Folder.Write("names.json", text);
        var error = await Assert.ThrowsAsync<MigrationException>(() => CopyAsync(new CopyRequest { Mapping = CopyMapping.Read(file) }));
        Assert.Equal(ErrorId.ConfigurationInvalid, error.Id);
        Assert.StartsWith(file + words, error.Message, StringComparison.Ordinal);
        Assert.Empty(await Target.TablesAsync());
    }

    [Fact]
    public async Task A_text_of_two_megabytes_is_searched_as_far_as_it_fits()
    {
        await FillAsync(
            """
            CREATE TABLE articles (id INTEGER PRIMARY KEY, body TEXT, n INT);
            WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 300000)
                INSERT INTO articles (body) SELECT 'needle ' || group_concat(printf('%x-%x', n, n * 7919), ' ') FROM c;
            INSERT INTO articles (body) VALUES ('Hay and a Needle'), (NULL);
            CREATE TABLE other (a TEXT, a_search INT);
            """
        );
        var results = await CopyAsync(Searched("articles.body"));
        Assert.All(results, r => Assert.True(r.Equal));
        Assert.Equal(
            ["1", "2"],
            await Target.RowsAsync("SELECT id FROM articles WHERE body_search @@ to_tsquery('simple', 'NEEDLE') ORDER BY id")
        );
        Assert.Equal("1", await ScalarAsync("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%gin (body_search)'"));
        Assert.True((await CompareAsync()).All(c => c.Equal));
        Assert.Equal(
            "body_search",
            Assert.Single((await CopyBackAsync("back.db")).SelectMany(r => r.LeftOut), l => l.Kind is "generated column").Name
        );
        Assert.Contains(
            "exists",
            (await ThrowsAsync(ErrorId.CopyTargetOccupied, Searched("other.a") with { Recreates = true })).Message,
            StringComparison.Ordinal
        );
        await ThrowsAsync(ErrorId.UsageInvalid, Searched("articles.n"));
        await ThrowsAsync(ErrorId.UsageInvalid, Searched("articles.nobody"));
    }

    private static CopyRequest Searched(string column) => new() { Scope = new CopyScope { FullTexts = [column] } };
}
