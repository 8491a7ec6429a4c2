using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class ForecastTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public ForecastTests() =>
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, "the note" TEXT);
            INSERT INTO users VALUES (1, 'a', 'a@x', NULL), (2, 'b', NULL, NULL), (3, 'c', 'c@x', 'n');
            CREATE TABLE tags (x); INSERT INTO tags VALUES (1), (2);
            CREATE TABLE vacant (x);
            CREATE VIEW v AS SELECT name FROM users;
            CREATE INDEX i ON tags (x);
            CREATE VIRTUAL TABLE search USING fts5(name, content='users', content_rowid='id');
            CREATE VIRTUAL TABLE pages USING fts5(title, content); INSERT INTO pages VALUES ('t', 'c');
            CREATE TABLE "Äpfel" (x); INSERT INTO "Äpfel" VALUES (1), (2); CREATE TABLE "äpfel" (x);
            CREATE TABLE codes (c TEXT, d TEXT); INSERT INTO codes VALUES ('007', '1'), ('5', 'x'), (NULL, NULL);
            CREATE TABLE word (id, word); INSERT INTO word VALUES (1, 'w');
            CREATE TABLE computed (a, b AS (a * 2) VIRTUAL); INSERT INTO computed VALUES (1);
            CREATE VIRTUAL TABLE found USING fts5(id, content, content=users, content_rowid=id);
            INSERT INTO found(rowid, id) VALUES (1, 'x');
            CREATE VIRTUAL TABLE notes USING fts5(body); INSERT INTO notes VALUES ('q');
            """
        );

    public static TheoryData<string, string> Scripts =>
        new()
        {
            { "DROP TABLE tags", "1: Table tags 2" },
            { "-- c\nDROP TABLE IF EXISTS \"Tags\";\nDROP TABLE vacant;", "2: Table tags 2, 3: Table vacant 0" },
            { "DROP TABLE missing; DROP VIEW v; DROP INDEX i", "" },
            { "DROP TABLE IF EXISTS new; CREATE TABLE new (x); INSERT INTO new VALUES (1); DROP TABLE new", "" },
            { "ALTER TABLE users DROP COLUMN email", "1: Column users.email 2" },
            { "ALTER TABLE users DROP \"the note\"", "1: Column users.\"the note\" 1" },
            { "ALTER TABLE users ADD COLUMN fresh; ALTER TABLE users DROP COLUMN fresh", "" },
            { "ALTER TABLE users RENAME COLUMN email TO mail;\nALTER TABLE users DROP COLUMN mail", "2: Column users.email 2" },
            { "ALTER TABLE tags RENAME TO labels;\nDROP TABLE labels", "2: Table tags 2" },
            { "ALTER TABLE users DROP COLUMN email; DROP TABLE users", "1: Table users 3" },
            { "DELETE FROM tags", "1: Rows tags 2" },
            { "WITH q AS (SELECT 1) DELETE FROM main.tags RETURNING x", "1: Rows tags 2" },
            { "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM tags; END", "" },
            { "INSERT INTO tags SELECT 'DROP TABLE users'; -- DROP TABLE users", "" },
            { "DROP TABLE search", "" },
            { "DROP TABLE IF EXISTS found", "" },
            {
                "CREATE TABLE cut (a integer PRIMARY KEY, b, PRIMARY KEY (), UNIQUE (a,, b)); CREATE TABLE (; CREATE TABLE x (a "
                    + "integer CHECK (; DROP TABLE tags",
                "1: Table tags 2"
            },
            { "CREATE TABLE cut (a, PRIMARY KEY ()); CREATE TABLE y (,); DROP TABLE tags", "1: Table tags 2" },
            { "DROP TABLE notes", "1: Table notes 1" },
            { "DROP TABLE tags; CREATE TABLE tags (x)", "1: Table tags 2" },
            {
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, \"the note\" TEXT);\nINSERT "
                    + "INTO new_users SELECT * FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;",
                ""
            },
            {
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO new_users (id, name) SELECT id, name "
                    + "FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;",
                "3: Column users.email 2, 3: Column users.\"the note\" 1"
            },
            {
                "CREATE TABLE n (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT, \"the note\");\nINSERT INTO n (id, "
                    + "full_name, email, \"the note\") SELECT id, name, email, \"the note\" FROM users;\nDROP TABLE users;\nALTER "
                    + "TABLE n RENAME TO users;",
                ""
            },
            {
                "ALTER TABLE tags RENAME TO old_tags;\nCREATE TABLE tags (x, y);\nINSERT INTO tags (x) SELECT x FROM "
                    + "old_tags;\nDROP TABLE old_tags;",
                ""
            },
            { "CREATE TABLE new_tags (x);\nDROP TABLE tags;\nALTER TABLE new_tags RENAME TO tags;", "2: Table tags 2" },
            {
                "CREATE TABLE n AS SELECT id, name FROM users; DROP TABLE users; ALTER TABLE n RENAME TO users",
                "1: Column users.email 2, 1: Column users.\"the note\" 1"
            },
            { "CREATE TABLE n AS SELECT * FROM users; DROP TABLE users; ALTER TABLE n RENAME TO users", "" },
            // Put by, and put back.
            {
                "CREATE TEMP TABLE b AS SELECT * FROM users;\nDROP TABLE users;\nCREATE TABLE users (id INTEGER PRIMARY KEY, "
                    + "name TEXT, email TEXT, \"the note\" TEXT);\nINSERT INTO users SELECT * FROM b;\nDROP TABLE b;",
                ""
            },
            {
                "CREATE TEMPORARY TABLE b(x, y);\nINSERT INTO b SELECT id, word FROM word;\nDROP TABLE word;\nCREATE TABLE "
                    + "word(id, word);\nINSERT INTO word SELECT x, y FROM b;\nDROP TABLE b;",
                ""
            },
            {
                "CREATE TABLE temp.b(x, y);\nINSERT INTO temp.b SELECT id, word FROM word;\nDROP TABLE word;\nCREATE TABLE "
                    + "word(id, word);\nINSERT INTO word (id) SELECT x FROM temp.b;\nDROP TABLE temp.b;",
                "3: Column word.id 1, 3: Column word.word 1"
            },
            {
                "CREATE TEMP TABLE b AS SELECT id, name FROM users;\nDROP TABLE users;\nCREATE TABLE users (id INTEGER PRIMARY "
                    + "KEY, name TEXT);\nINSERT INTO users SELECT id, name FROM b;\nDROP TABLE b;",
                "2: Column users.email 2, 2: Column users.\"the note\" 1"
            },
            {
                "CREATE TABLE b AS SELECT * FROM tags;\nDROP TABLE tags;\nCREATE TABLE tags (x UNIQUE);\nINSERT INTO tags SELECT "
                    + "* FROM b;\nDROP TABLE b;",
                ""
            },
            {
                "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDELETE FROM tags;\nINSERT INTO tags SELECT x + 1 FROM b;",
                "3: Overwritten tags "
            },
            { "CREATE TEMP TABLE b AS SELECT * FROM tags;\nINSERT INTO tags SELECT * FROM b;\nDELETE FROM tags;", "3: Rows tags 2" },
            { "DELETE FROM tags;\nCREATE TEMP TABLE b AS SELECT * FROM tags;\nINSERT INTO tags SELECT * FROM b;", "1: Rows tags 2" },
            // Put by, and gone.
            { "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDROP TABLE tags;\nCREATE TABLE tags (x);\nDROP TABLE b;", "2: Table tags 2" },
            {
                "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDROP TABLE tags;\nCREATE TABLE tags (x);\nDROP TABLE b;\nINSERT "
                    + "INTO tags SELECT x FROM b;",
                "2: Table tags 2"
            },
            {
                "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDELETE FROM b;\nDROP TABLE tags;\nCREATE TABLE tags (x);\nINSERT "
                    + "INTO tags SELECT x FROM b;",
                "2: Rows tags 2"
            },
            {
                "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDROP TABLE tags;\nCREATE TEMP TABLE tags AS SELECT * FROM b;",
                "2: Table tags 2"
            },
            {
                "CREATE TEMP TABLE b AS SELECT * FROM tags;\nALTER TABLE b RENAME TO c;\nDROP TABLE tags;\nCREATE TABLE tags "
                    + "(x);\nINSERT INTO tags SELECT x FROM vacant;",
                "3: Table tags 2"
            },
            { "CREATE TABLE backup AS SELECT * FROM tags; DROP TABLE tags", "1: Table tags 2" },
            { "CREATE TEMP TABLE tags2 AS SELECT * FROM tags; DROP TABLE tags2", "" },
            { "DROP TABLE main.tags", "1: Table tags 2" },
            { "ATTACH ':memory:' AS o; CREATE TABLE o.tags (x); DROP TABLE o.tags; DROP TABLE IF EXISTS temp.users", "" },
            { "UPDATE users SET name = NULL", "1: Overwritten users 3" },
            {
                "UPDATE users SET name = 'x' WHERE id > 1; UPDATE OR IGNORE main.users AS u SET name = t.x FROM tags AS t WHERE t.x = u.id",
                "1: Overwritten users 2, 1: Overwritten users "
            },
            // Rows that a condition finds are counted with it.
            { "SELECT 1;\nDELETE FROM tags WHERE x > 1", "2: Deleted tags 1" },
            { "DELETE FROM main.\"Tags\" AS t NOT INDEXED WHERE t.x > 1 -- those\nRETURNING x", "1: Deleted tags 1" },
            { "WITH q AS (SELECT id FROM users) DELETE FROM tags WHERE x IN (SELECT id FROM q)", "1: Deleted tags 2" },
            { "DELETE FROM tags WHERE x IS DISTINCT FROM 1", "1: Deleted tags 1" },
            {
                "INSERT INTO tags VALUES (9); DELETE FROM tags WHERE x > 1; DELETE FROM tags WHERE x = 1",
                "1: Deleted tags 1, 1: Deleted tags 1"
            },
            { "DELETE FROM tags WHERE x > 100", "1: Deleted tags 0" },
            // What the script may change first is not counted.
            { "DELETE FROM tags WHERE no_such = 1", "1: Deleted tags " },
            { "UPDATE tags SET x = 1 WHERE x = 99; DELETE FROM tags WHERE x = 1", "1: Overwritten tags 0, 1: Deleted tags " },
            { "DELETE FROM users; DELETE FROM tags WHERE x NOT IN (SELECT id FROM users)", "1: Rows users 3, 1: Deleted tags " },
            { "ALTER TABLE tags RENAME TO labels; DELETE FROM labels WHERE x = 1", "1: Deleted tags " },
            // Not an index of text that is kept elsewhere: its column has that name.
            { "DROP TABLE pages", "1: Table pages 1" },
            // SQLite tells these apart.
            { "DROP TABLE \"Äpfel\"", "1: Table Äpfel 2" },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n (id) SELECT id FROM word;\nDROP TABLE word;\nALTER TABLE n RENAME TO word",
                "3: Column word.word 1"
            },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n (id, word) SELECT id * 2, 'word' FROM word;\nDROP TABLE word;\nALTER "
                    + "TABLE n RENAME TO word",
                "2: Overwritten word.id 1, 3: Column word.word 1"
            },
            { "CREATE TABLE n (id, word);\nINSERT INTO n SELECT w.* FROM word AS w;\nDROP TABLE word;\nALTER TABLE n RENAME TO word", "" },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n SELECT id, upper(w.word) FROM word w;\nDROP TABLE word;\nALTER TABLE "
                    + "n RENAME TO word;\nALTER TABLE word DROP COLUMN word",
                "5: Column word.word 1"
            },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n SELECT * FROM word;\nDROP TABLE word;\nALTER TABLE n RENAME TO "
                    + "word;\nDELETE FROM word",
                "5: Rows word 1"
            },
            {
                "CREATE TABLE n (a, b AS (a * 2) VIRTUAL);\nINSERT INTO n (a) SELECT a FROM computed;\nDROP TABLE "
                    + "computed;\nALTER TABLE n RENAME TO computed",
                ""
            },
            { "ALTER TABLE computed DROP COLUMN b", "" },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n SELECT w.id AS word, (SELECT max(x) FROM tags) word FROM word "
                    + "w;\nDROP TABLE word;\nALTER TABLE n RENAME TO word",
                "3: Column word.word 1"
            },
            {
                "CREATE TABLE n (id, word);\nINSERT INTO n SELECT w.id, CASE WHEN (SELECT max(x) FROM tags) > 1 THEN word END "
                    + "FROM word w;\nDROP TABLE word;\nALTER TABLE n RENAME TO word",
                ""
            },
            { "CREATE TABLE x (a REFERENCES tags()); DROP TABLE tags", "1: Table tags 2" },
            // Values that come into the new table otherwise than they were.
            { Rebuilt("(c INTEGER, d TEXT)", "c, d"), "2: Overwritten codes.c 1" },
            { Rebuilt("(c REAL, d ANY)", "c, d"), "2: Overwritten codes.c 1" },
            { Rebuilt("(c TEXT, d INTEGER)", "*"), "" },
            { Rebuilt("(c, d)", "c, CAST(d AS INTEGER)"), "2: Overwritten codes.d 1" },
            { Rebuilt("(c, d)", "d, c"), "2: Overwritten codes.c 2, 2: Overwritten codes.d 2" },
            { Rebuilt("(c, e)", "c, d AS e"), "" },
            { Rebuilt("(c, d)", "c, substr(d, 1, 0)"), "2: Overwritten codes.d 2" },
            { Rebuilt("(c, d)", "c, CASE d WHEN '?' THEN NULL ELSE d END"), "" },
            { Rebuilt("(c, d)", "c, no_such(d)"), "2: Overwritten codes.d " },
            {
                "ALTER TABLE codes RENAME TO old;\nALTER TABLE old RENAME d TO e;\nCREATE TABLE codes (c, e);\nINSERT INTO codes SELECT "
                    + "c, upper(e) FROM old;\nDROP TABLE old;",
                "4: Overwritten codes.d 1"
            },
            { "CREATE TABLE n AS SELECT upper(c) AS c, trim(d) AS d FROM codes;\nDROP TABLE codes;\nALTER TABLE n RENAME TO codes", "" },
        };

    private static string Rebuilt(string columns, string values) =>
        $"CREATE TABLE n {columns};\nINSERT INTO n SELECT {values} FROM codes;\nDROP TABLE codes;\nALTER TABLE n RENAME TO codes;";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task What_goes_is_counted(string sql, string expected)
    {
        var before = File.ReadAllBytes(_folder.Database);
        var forecast = await ForecastAsync(sql);
        Assert.Equal(expected, string.Join(", ", forecast.Losses.Select(l => $"{l.Line}: {l.Kind} {l.Name} {l.Rows}")));
        Assert.All(forecast.Losses, l => Assert.False(l.IsEstimate));
        Assert.Empty(forecast.NotForeseen);
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
    }

    [Theory]
    [InlineData(
        "CREATE TABLE n (x);\nINSERT INTO n SELECT replace(x, 'a', 'b') FROM tags;\nDROP TABLE tags; ALTER TABLE n "
            + "RENAME TO tags;\nDELETE FROM tags WHERE x > 1",
        "line 4 deletes rows of tags after they were copied, which cannot be counted"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags WHERE x > 1;\nDROP TABLE tags;\nCREATE TABLE tags (x);\nINSERT INTO "
            + "tags SELECT * FROM b",
        "line 1 copies rows of tags; whether it copies all can only be determined by a rehearsal with data"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags;\nDELETE FROM tags;\nINSERT INTO tags SELECT DISTINCT x FROM b",
        "line 3 copies rows of tags; whether it copies all can only be determined by a rehearsal with data"
    )]
    [InlineData(
        "CREATE TABLE n (x);\nINSERT INTO n SELECT x FROM tags WHERE x > 1; DROP TABLE tags; ALTER TABLE n RENAME TO tags",
        "line 2 copies rows of tags; whether it copies all can only be determined by a rehearsal with data"
    )]
    public async Task What_only_a_rehearsal_tells_is_said(string sql, string expected)
    {
        var forecast = await ForecastAsync(sql);
        Assert.Empty(forecast.Losses);
        Assert.Equal([expected], forecast.NotForeseen);
    }

    [Fact]
    public async Task What_takes_too_long_to_count_is_estimated_or_left_open()
    {
        var forecast = await ForecastAsync("DROP TABLE tags", TimeSpan.Zero);
        Assert.Equal(new DataLoss(DataLossKind.Table, "tags", Rows: null, IsEstimate: false, 1), Assert.Single(forecast.Losses));
        TestSql.Run(_folder.Database, "ANALYZE");
        forecast = await ForecastAsync("DROP TABLE tags", TimeSpan.Zero);
        Assert.Equal(new DataLoss(DataLossKind.Table, "tags", 2, IsEstimate: true, 1), Assert.Single(forecast.Losses));
    }

    [Theory]
    [InlineData(
        "DROP TABLE IF EXISTS labels",
        "ALTER TABLE tags RENAME TO labels",
        "line 1 removes table labels, which an earlier script makes; its rows cannot be counted"
    )]
    [InlineData(
        "DROP TABLE IF EXISTS labels",
        "CREATE TABLE labels AS SELECT * FROM tags",
        "line 1 removes table labels, which an earlier script makes; its rows cannot be counted"
    )]
    [InlineData("DROP TABLE IF EXISTS labels", "CREATE TABLE labels (x)", null)]
    public async Task What_an_earlier_script_makes_is_not_there_yet(string sql, string before, string? expected)
    {
        Assert.Equal(expected is null ? [] : [expected], (await ForecastAsync(sql, before: before)).NotForeseen);
        Assert.Null(Assert.Single((await ForecastAsync("DELETE FROM tags WHERE x = 1", before: "UPDATE tags SET x = 1")).Losses).Rows);
    }

    [Fact]
    public async Task Each_script_of_a_plan_is_run_on_the_schema_once()
    {
        const string Rebuild = "CREATE TABLE n (x); INSERT INTO n SELECT x FROM made; DROP TABLE made; ALTER TABLE n RENAME TO made;";
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var objects = ((SqliteInspector)session.Inspector).Objects;
        var scripts = new List<MigrationScript> { _folder.Script("CREATE TABLE made (x); CREATE INDEX of_made ON made (x)") };
        for (var i = 0; i < 20; i++)
        {
            var script = _folder.Script(Rebuild + (i == 10 ? "CREATE INDEX again ON made (x);" : ""));
            Assert.Equal(
                i switch
                {
                    0 => "of_made",
                    11 => "again",
                    _ => "",
                },
                await LostAsync(script)
            );
            scripts.Add(script);
        }

        Assert.Equal(scripts.Count, objects.ScriptsRun);

        // Another plan begins at the beginning, and so does one on a schema that has changed.
        scripts.RemoveRange(1, scripts.Count - 1);
        Assert.Equal("of_made", await LostAsync(_folder.Script(Rebuild)));
        TestSql.Run(_folder.Database, "CREATE TABLE made (x); CREATE INDEX elsewhere ON made (x)");
        scripts.Clear();
        Assert.Equal("elsewhere", await LostAsync(_folder.Script(Rebuild)));

        // Behind a script that cannot be followed nothing is known.
        scripts.Add(_folder.Script("DROP TABLE made; CREATE TABLE made (x); CREATE INDEX i ON missing (x)"));
        Assert.Equal("", await LostAsync(_folder.Script(Rebuild)));

        async Task<string> LostAsync(MigrationScript script)
        {
            var question = new LossForecastRequest(script, MigrationDirection.Up, [.. scripts], TimeSpan.FromSeconds(30));
            var forecast = await session.Inspector.ForecastLossAsync(question, default);
            return string.Join(", ", forecast.ObjectsLost.Select(o => o.Name));
        }
    }

    private async Task<LossForecast> ForecastAsync(string sql, TimeSpan? limit = null, string? before = null)
    {
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        return await session.Inspector.ForecastLossAsync(
            new LossForecastRequest(
                _folder.Script(sql),
                MigrationDirection.Down,
                before is null ? [] : [_folder.Script(before)],
                limit ?? TimeSpan.FromSeconds(30)
            ),
            default
        );
    }
}
