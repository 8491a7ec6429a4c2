namespace Migrations.Databases.Tests.Linting;

public sealed class SqliteRuleTests() : RuleTests(DatabaseKind.Sqlite, Each)
{
    private const string T = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\n";
    private const string Remade =
        "CREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\nINSERT INTO q (id, a, b) SELECT id, a, b FROM p;\n";
    private const string Swap = "DROP TABLE p;\nALTER TABLE q RENAME TO p;\n";
    private const string Numbered = "CREATE TABLE p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);\n";
    private const string View = T + "CREATE VIEW v AS SELECT a FROM p;\n";

    private static readonly string[] FoundAlways =
    [
        "cannot-run",
        "alter-unsupported",
        "drop-column-refused",
        "drop-column-breaks-writes",
        "double-quoted-text",
        "writable-schema",
    ];

    private static readonly RuleCase[] Each =
    [
        new("cannot-run", T, "VACUUM;\nDELETE FROM p WHERE id = 1;", "VACUUM;"),
        new("add-column-not-null", T, "ALTER TABLE p ADD COLUMN c TEXT NOT NULL;", "ALTER TABLE p ADD COLUMN c TEXT NOT NULL DEFAULT '';"),
        new(
            "add-column-default",
            T,
            "ALTER TABLE p ADD COLUMN c TEXT DEFAULT CURRENT_TIMESTAMP;",
            "ALTER TABLE p ADD COLUMN c TEXT DEFAULT '2026-01-01';"
        ),
        new("add-column-default", T, "ALTER TABLE p ADD c TEXT DEFAULT (lower('A'));", "ALTER TABLE p ADD c INTEGER DEFAULT (1);"),
        new(
            "add-column-references",
            T,
            "ALTER TABLE p ADD q INTEGER DEFAULT 1 REFERENCES p (id);",
            "ALTER TABLE p ADD q INTEGER REFERENCES p (id);"
        ),
        new("add-column-stored", T, "ALTER TABLE p ADD c TEXT AS (a || b) STORED;", "ALTER TABLE p ADD c TEXT AS (a || b) VIRTUAL;"),
        new(
            "add-column-check",
            T,
            "ALTER TABLE p ADD c TEXT CHECK (c IS NOT NULL);",
            "ALTER TABLE p ADD c TEXT DEFAULT 'x' CHECK (c IS NOT NULL);"
        ),
        new(
            "alter-unsupported",
            T,
            "ALTER TABLE p ADD COLUMN c TEXT UNIQUE;",
            "ALTER TABLE p ADD COLUMN c TEXT;\nCREATE UNIQUE INDEX u ON p (c);"
        ),
        new("alter-unsupported", T, "ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);", "ALTER TABLE p ADD c TEXT;"),
        new("alter-unsupported", T, "ALTER TABLE p ALTER COLUMN a TYPE INTEGER;", "ALTER TABLE p ALTER COLUMN a DROP NOT NULL;"),
        new(
            "alter-unsupported",
            T,
            "ALTER TABLE p ADD COLUMN c TEXT, ADD COLUMN d TEXT;",
            "ALTER TABLE p ADD c TEXT;\nALTER TABLE p ADD d TEXT;"
        ),
        new("set-not-null", T, "ALTER TABLE p ALTER COLUMN a SET NOT NULL;", "ALTER TABLE p ALTER COLUMN a DROP NOT NULL;"),
        new("add-check", T, "ALTER TABLE p ADD CONSTRAINT k CHECK (a <> '');", "ALTER TABLE p DROP CONSTRAINT k;"),
        new("drop-column-refused", T + "CREATE INDEX i ON p (a);", "ALTER TABLE p DROP COLUMN a;", "ALTER TABLE p DROP COLUMN b;"),
        new("drop-column-refused", View, "ALTER TABLE p DROP COLUMN a;", "DROP VIEW v;\nALTER TABLE p DROP COLUMN a;"),
        new("drop-column-refused", T, "ALTER TABLE p DROP COLUMN id;", "ALTER TABLE p DROP COLUMN b;"),
        new(
            "drop-column-breaks-writes",
            T + "CREATE TRIGGER g AFTER INSERT ON p BEGIN UPDATE p SET b = 1; END;",
            "ALTER TABLE p DROP COLUMN b;",
            "DROP TRIGGER g;\nALTER TABLE p DROP COLUMN b;"
        ),
        new("drop-column", T, "ALTER TABLE p DROP COLUMN b;", "ALTER TABLE p ADD c TEXT;\nALTER TABLE p DROP COLUMN c;"),
        new("rename-column", T, "ALTER TABLE p RENAME COLUMN a TO c;", "ALTER TABLE p ADD x TEXT;\nALTER TABLE p RENAME x TO y;"),
        new("drop-table", T, "DROP TABLE p;", Remade + Swap),
        new("rename-table", T, "ALTER TABLE p RENAME TO q;", Remade + Swap),
        new(
            "delete-triggers-silent",
            T + "CREATE TRIGGER g AFTER DELETE ON p BEGIN SELECT 1; END;",
            "DROP TABLE p;",
            "DROP TRIGGER g;\nDROP TABLE p;"
        ),
        new(
            "rename-old-away",
            T + "CREATE TABLE c (p INTEGER REFERENCES p (id));",
            "ALTER TABLE p RENAME TO o;\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p (id) SELECT id FROM o;\nDROP TABLE o;",
            Remade + Swap
        ),
        new("rebuild-blocked", View, Remade + Swap, "DROP VIEW v;\n" + Remade + Swap + "CREATE VIEW v AS SELECT a FROM p;"),
        new("rebuild-loses-objects", T + "CREATE INDEX i ON p (a);", Remade + Swap, Remade + Swap + "CREATE INDEX i ON p (a);"),
        new(
            "autoincrement-lost",
            Numbered,
            Numbered.Replace("TABLE p", "TABLE q") + "INSERT INTO q SELECT * FROM p;\n" + Swap,
            Numbered.Replace("TABLE p", "TABLE q")
                + "INSERT INTO q SELECT * FROM p;\nUPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'p') "
                + "WHERE name = 'q';\n"
                + Swap
        ),
        new(
            "rowid-changes",
            "CREATE TABLE p (a TEXT);\nCREATE VIRTUAL TABLE f USING fts5(a, content='p');",
            "CREATE TABLE q (a TEXT, b TEXT);\nINSERT INTO q (a) SELECT a FROM p;\n" + Swap,
            "CREATE TABLE other (a TEXT);\nINSERT INTO other (a) SELECT a FROM p;"
        ),
        new("create-as", T, "CREATE TABLE q AS SELECT * FROM p;\n" + Swap, Remade + Swap),
        new("copy-by-position", T, "CREATE TABLE q (b TEXT, a TEXT, id INTEGER);\nINSERT INTO q SELECT * FROM p;\n" + Swap, Remade + Swap),
        new(
            "copy-generated",
            T,
            "CREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT, b TEXT AS (a));\nINSERT INTO q (id, a, b) SELECT id, a, b FROM p;\n" + Swap,
            "CREATE TABLE q (id INTEGER PRIMARY KEY, a TEXT, b TEXT AS (a));\nINSERT INTO q (id, a) SELECT id, a FROM p;\n" + Swap
        ),
        new("copy-strict", T, Remade.Replace("b TEXT);", "b TEXT) STRICT;") + Swap, Remade + Swap),
        new(
            "trigger-fires-in-copy",
            T,
            Remade.Replace("INSERT", "CREATE TRIGGER g AFTER INSERT ON q BEGIN SELECT 1; END;\nINSERT") + Swap,
            Remade + Swap + "CREATE TRIGGER g AFTER INSERT ON p BEGIN SELECT 1; END;"
        ),
        new(
            "keys-on-drop",
            T + "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);",
            "-- Foreign-Keys: on\n" + Remade + Swap,
            Remade + Swap
        ),
        new(
            "keys-pragma-in-transaction",
            T,
            "-- Transaction: none\nBEGIN;\nPRAGMA foreign_keys = OFF;\nDELETE FROM p WHERE id = 1;\nCOMMIT;\nBEGIN;\nSELECT 1;\nCOMMIT;",
            "-- Transaction: none\nPRAGMA foreign_keys = OFF;\nBEGIN;\nDELETE FROM p WHERE id = 1;\nCOMMIT;"
        ),
        new("double-quoted-text", T, "CREATE TABLE x (a TEXT DEFAULT \"none\");", "CREATE TABLE x (\"a\" TEXT DEFAULT 'none');"),
        new("double-quoted-text", T, "CREATE TABLE x (a TEXT CHECK (a <> \"none\"));", "CREATE TABLE x (a TEXT CHECK (\"a\" <> 'none'));"),
        new("writable-schema", T, "PRAGMA writable_schema = ON;", "PRAGMA writable_schema = OFF;"),
        new(
            "data-and-schema",
            T,
            "ALTER TABLE p ADD c TEXT;\nUPDATE p SET c = a;",
            "UPDATE p SET b = a WHERE b IS NULL;\nALTER TABLE p ADD c TEXT;"
        ),
        new("update-all-rows", T, "UPDATE p SET a = '';", "UPDATE p SET a = '' WHERE id = 1;"),
        new("delete-all-rows", T, "DELETE FROM p;", "DELETE FROM p WHERE id = 1;"),
    ];

    private const string Long = "CREATE TABLE p (\n  id INTEGER PRIMARY KEY, -- (the key)\n  a TEXT\n  , CHECK (a <> '')\n) STRICT;\n";
    private const string New = "CREATE TABLE p_new (\n    id INTEGER PRIMARY KEY,\n";
    private const string Copied = "INSERT INTO p_new (id, a)\nSELECT id, a\nFROM p;\nDROP TABLE p;\nALTER TABLE p_new RENAME TO p;";

    [Theory]
    [InlineData(
        "ALTER TABLE p ADD COLUMN c TEXT /* now */ DEFAULT (lower('A')\n || random());",
        New + "    a TEXT,\n    c TEXT DEFAULT (lower('A') || random()),\n    CHECK (a <> '')\n) STRICT;\n" + Copied
    )]
    [InlineData(
        "ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id);",
        New + "    a TEXT,\n    CHECK (a <> ''),\n    CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)\n) STRICT;\n" + Copied
    )]
    [InlineData("ALTER TABLE p ALTER COLUMN a TYPE INTEGER;", New + "    a ...,\n    CHECK (a <> '')\n) STRICT;\n" + Copied)]
    [InlineData("ALTER TABLE p ADD q INT DEFAULT (1) REFERENCES p (id);", "ALTER TABLE p ADD COLUMN q INT REFERENCES p (id);")]
    [InlineData("ALTER TABLE p ADD q INT REFERENCES p (id) DEFAULT -1;", "ALTER TABLE p ADD COLUMN q INT REFERENCES p (id);")]
    [InlineData(
        "ALTER TABLE p ADD c TEXT UNIQUE CHECK (c IN ('x', 'y'));",
        "ALTER TABLE p ADD COLUMN c TEXT CHECK (c IN ('x', 'y'));\nCREATE UNIQUE INDEX p_c_key ON p (c);"
    )]
    [InlineData("ALTER TABLE p ADD c TEXT AS (lower(a)) STORED;", "ALTER TABLE p ADD COLUMN c TEXT AS (lower(a)) VIRTUAL;")]
    [InlineData("ALTER TABLE p ADD CHECK (length(a) > 2);", "SELECT rowid, * FROM p WHERE NOT (length(a) > 2);")]
    public async Task The_safe_sql_reads_as_a_person_would_write_it(string statement, string expected)
    {
        var found = await FindAsync(Long, statement);
        Assert.Equal(expected, found[0].Rewrite[0].Sql);
    }

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Each.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task It_finds_the_bad_one_and_not_the_good_one(int test) => CheckAsync(Each[test]);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task It_finds_nothing_on_tables_of_the_same_file(int test) => CheckNewAsync(Each[test], FoundAlways);
}
