using System.Diagnostics;
using System.Text;
using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Sqlite.Tests;

public sealed class SchemaTests
{
    private const string Users =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER DEFAULT 0 CHECK (age >= 0));";

    public static TheoryData<string, string> Equal =>
        new()
        {
            {
                Users,
                "create table Users_x (a); CREATE TABLE \"users\" ( [id] integer\nPRIMARY key ASC, `email` text /* c */ not null "
                    + "unique,\n age INTEGER default(0) check((age>=0)) -- c\n); DROP TABLE users_x"
            },
            {
                Users,
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE); ALTER TABLE users ADD COLUMN age "
                    + "INTEGER DEFAULT 0 CHECK (age >= 0);"
            },
            {
                Users,
                "CREATE TABLE users (id INTEGER, email TEXT NOT NULL, age INTEGER DEFAULT 0, CHECK (age >= 0), UNIQUE (email), "
                    + "PRIMARY KEY (id))"
            },
            {
                Users,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER DEFAULT 0 CHECK (age >= "
                    + "0)); ALTER TABLE new_users RENAME TO users"
            },
            {
                Users,
                "CREATE TABLE IF NOT EXISTS main.users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE ON CONFLICT ABORT, "
                    + "age INTEGER DEFAULT +0, CHECK (age >= 0) ON CONFLICT ABORT)"
            },
            { "CREATE TABLE a (x); CREATE TABLE b (y)", "CREATE TABLE b (y); CREATE TABLE a (x)" },
            {
                "CREATE TABLE a (x, y); CREATE INDEX i ON a (x, y DESC) WHERE x > 0",
                "CREATE TABLE a (x, y); create  index if not exists main.\"i\" on \"a\" (\"x\" asc,[y] desc) where(X>0)"
            },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (lower(x))", "CREATE TABLE a (x); CREATE INDEX i ON a (LOWER ( \"x\" ))" },
            {
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p)",
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p, FOREIGN KEY (p) REFERENCES \"p\" (id) ON UPDATE NO "
                    + "ACTION MATCH FULL NOT DEFERRABLE)"
            },
            {
                "CREATE TABLE c (p REFERENCES p ON DELETE CASCADE ON UPDATE SET NULL)",
                "CREATE TABLE c (p REFERENCES p ON UPDATE SET NULL ON DELETE CASCADE)"
            },
            {
                "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p)",
                "CREATE TABLE c (p REFERENCES q); CREATE TABLE q (id INTEGER PRIMARY KEY); ALTER TABLE q RENAME TO p"
            },
            { "CREATE TABLE a (x DEFAULT 'y')", "CREATE TABLE a (x DEFAULT \"y\")" },
            {
                "CREATE TABLE a (x DEFAULT -1, y DEFAULT (1 + 2), z DEFAULT CURRENT_TIMESTAMP)",
                "CREATE TABLE a (x DEFAULT (-1), y DEFAULT (1+2), z DEFAULT (current_timestamp))"
            },
            { "CREATE TABLE a (x CHECK (x IN ('b', 'c')))", "CREATE TABLE a (x CHECK (x IN (\"b\",\"c\")))" },
            { "CREATE TABLE a (x CHECK (length(a.x) > 0))", "CREATE TABLE a (x CHECK (\"length\"(\"a\".\"x\") > 0))" },
            { "CREATE TABLE a (x INT NULL, y VARCHAR(20) COLLATE BINARY)", "CREATE TABLE a (x int, y varchar( 20 ))" },
            {
                "CREATE TABLE a (x, y AS (x + 1), z GENERATED ALWAYS AS (x * 2) STORED)",
                "CREATE TABLE a (x, y GENERATED ALWAYS AS ((x+1)) VIRTUAL, z AS (x*2) STORED)"
            },
            { "CREATE TABLE a (k PRIMARY KEY, v) WITHOUT ROWID", "CREATE TABLE a (\"k\" primary key, v) without rowid" },
            {
                "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a",
                "CREATE TABLE a (x); CREATE VIEW \"v\" as\n select [X] from \"a\" -- c"
            },
            {
                "CREATE TABLE a (x, y); CREATE VIEW v (p, q) AS SELECT x, y FROM a WHERE x != 1 AND y = 2",
                "CREATE TABLE a (x, y); CREATE VIEW v(\"p\",Q) AS SELECT x,y FROM a WHERE x <> 1 AND y == 2"
            },
            {
                "CREATE TABLE a (x); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW WHEN NEW.x > 1 BEGIN SELECT 1; UPDATE a "
                    + "SET x = 2; END",
                "CREATE TABLE a (x); create trigger if not exists [t] insert on \"a\" when new.\"x\">1 begin select 1; update a "
                    + "set x=2; end"
            },
            { "CREATE TABLE a (\"key\" TEXT, \"order\" TEXT, UNIQUE (\"key\"))", "CREATE TABLE a (key TEXT, [order] TEXT, UNIQUE (key))" },
            { "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE a (id INTEGER, PRIMARY KEY (id AUTOINCREMENT))" },
            { "CREATE TABLE a (x, y, UNIQUE (x))", "CREATE TABLE a (x, y, CONSTRAINT one CONSTRAINT two, UNIQUE (x), CONSTRAINT three)" },
            { "CREATE TABLE a (k PRIMARY KEY, v, CONSTRAINT one) WITHOUT ROWID", "CREATE TABLE a (k PRIMARY KEY, v) WITHOUT ROWID" },
            {
                "CREATE TABLE c (p NOT NULL REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
                "CREATE TABLE c (p REFERENCES p NOT NULL DEFERRABLE INITIALLY DEFERRED)"
            },
            {
                "CREATE VIRTUAL TABLE f USING fts5(title, body, content='docs', content_rowid = 'id')",
                "CREATE VIRTUAL TABLE IF NOT EXISTS \"f\" using FTS5( title ,body, content=docs, content_rowid=\"id\")"
            },
        };

    public static TheoryData<string, string> Different =>
        new()
        {
            { Users, Users.Replace("NOT NULL", "") },
            { Users, Users.Replace("UNIQUE", "") },
            { Users, Users.Replace("age >= 0", "age > 0") },
            { Users, Users.Replace("DEFAULT 0", "DEFAULT 1") },
            { Users, Users.Replace("DEFAULT 0", "DEFAULT '0'") },
            { Users, Users.Replace("email TEXT", "email TEXT COLLATE NOCASE") },
            { Users, Users.Replace("email TEXT", "email VARCHAR(10)") },
            { Users, Users.Replace("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT") },
            { Users, Users.Replace("PRIMARY KEY", "PRIMARY KEY DESC") },
            {
                Users,
                Users.Replace("id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE", "email TEXT NOT NULL UNIQUE, id INTEGER PRIMARY KEY")
            },
            { Users, Users.Replace("UNIQUE", "UNIQUE ON CONFLICT IGNORE") },
            { Users, Users.Replace("UNIQUE", "CONSTRAINT one_email UNIQUE") },
            { "CREATE TABLE a (k PRIMARY KEY)", "CREATE TABLE a (k PRIMARY KEY) WITHOUT ROWID" },
            { "CREATE TABLE a (x, y, PRIMARY KEY (x, y))", "CREATE TABLE a (x, y, PRIMARY KEY (y, x))" },
            { "CREATE TABLE a (x, y AS (x) STORED)", "CREATE TABLE a (x, y AS (x))" },
            { "CREATE TABLE c (p REFERENCES p)", "CREATE TABLE c (p REFERENCES p ON DELETE CASCADE)" },
            { "CREATE TABLE c (p REFERENCES p)", "CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)" },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x); CREATE INDEX i ON a (x DESC)" },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x); CREATE UNIQUE INDEX i ON a (x)" },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x); CREATE INDEX i ON a (x) WHERE x IS NOT NULL" },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (x)", "CREATE TABLE a (x); CREATE INDEX i ON a (x COLLATE NOCASE)" },
            { "CREATE TABLE a (x); CREATE INDEX i ON a (lower(x))", "CREATE TABLE a (x); CREATE INDEX i ON a (upper(x))" },
            { "CREATE TABLE a (x); CREATE VIEW v AS SELECT 'x' FROM a", "CREATE TABLE a (x); CREATE VIEW v AS SELECT \"x\" FROM a" },
            {
                "CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 'A'; END",
                "CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 'a'; END"
            },
            {
                "CREATE TABLE a (x); CREATE TRIGGER t AFTER UPDATE OF x ON a BEGIN SELECT 1; END",
                "CREATE TABLE a (x); CREATE TRIGGER t AFTER UPDATE ON a BEGIN SELECT 1; END"
            },
            { "CREATE TABLE \"Ä\" (x); CREATE TABLE \"ä\" (y)", "CREATE TABLE \"Ä\" (y); CREATE TABLE \"ä\" (x)" },
            {
                "CREATE TABLE f_content (a); CREATE VIRTUAL TABLE f USING fts5(a, content='f_content')",
                "CREATE TABLE f_content (a, b); CREATE VIRTUAL TABLE f USING fts5(a, content='f_content')"
            },
            { "CREATE VIRTUAL TABLE f USING fts5(a, tokenize='porter')", "CREATE VIRTUAL TABLE f USING fts5(a)" },
        };

    [Theory]
    [MemberData(nameof(Equal))]
    public void What_means_the_same_has_one_fingerprint(string left, string right)
    {
        var (first, second) = (TestSql.SchemaOf(left), TestSql.SchemaOf(right));

        Assert.Equal(TestSql.Show(first), TestSql.Show(second));
        Assert.Equal(first.Fingerprint, second.Fingerprint);
    }

    [Theory]
    [MemberData(nameof(Different))]
    public void What_means_something_else_has_another(string left, string right) =>
        Assert.NotEqual(TestSql.SchemaOf(left).Fingerprint, TestSql.SchemaOf(right).Fingerprint);

    [Fact]
    public void Every_object_is_named_and_defined()
    {
        var schema = TestSql.SchemaOf(
            """
            CREATE TABLE parents (id INTEGER PRIMARY KEY AUTOINCREMENT, "first name" TEXT);
            CREATE TABLE children (a INTEGER NOT NULL DEFAULT 5, p INTEGER REFERENCES parents ON DELETE SET NULL, n,
                CONSTRAINT positive CHECK (a > 0));
            CREATE INDEX ix ON children (p);
            CREATE VIEW w AS SELECT a FROM children;
            CREATE TRIGGER tr AFTER DELETE ON parents BEGIN DELETE FROM children WHERE p = OLD.id; END;
            CREATE VIRTUAL TABLE docs USING fts5(body);
            CREATE TABLE migration_journal (id); CREATE INDEX on_journal ON migration_journal (id);
            """
        );

        Assert.Equal(
            """
            Table children []: TABLE
            Table docs []: VIRTUAL TABLE USING fts5(body)
            Table parents []: TABLE
            Column children.a [children]: INTEGER NOT NULL DEFAULT 5
            Column children.p [children]: INTEGER
            Column children.n [children]: (no type)
            Column parents.id [parents]: INTEGER
            Column parents."first name" [parents]: TEXT
            Constraint children.FOREIGN KEY (p) [children]: FOREIGN KEY (p) REFERENCES parents (id) ON DELETE SET NULL
            Constraint children.positive [children]: CHECK (a > 0)
            Constraint parents.PRIMARY KEY (id) [parents]: PRIMARY KEY (id) AUTOINCREMENT
            Index ix [children]: (p)
            View w []: AS SELECT a FROM children
            Trigger tr [parents]: AFTER DELETE ON parents BEGIN DELETE FROM children WHERE p = old.id; END

            """,
            TestSql.Show(schema)
        );
        Assert.Equal((1, 2, 3), (schema.Objects[3].Position, schema.Objects[4].Position, schema.Objects[5].Position));
        Assert.All(
            schema.Objects.Where(o => o.IsPartOfTable),
            o => Assert.True(o.Type is SchemaObjectType.Column or SchemaObjectType.Constraint)
        );
    }

    [Fact]
    public void What_creates_and_drops_objects_runs()
    {
        const string Sql =
            "CREATE TABLE a (x INTEGER PRIMARY KEY, \"my y\" TEXT NOT NULL DEFAULT 'q', z); CREATE INDEX i ON a (z); CREATE "
            + "VIEW v AS SELECT x FROM a;"
            + " CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END";
        var schema = TestSql.SchemaOf(Sql);
        using var handle = TestSql.Open(SqliteTarget.Memory);
        foreach (var item in schema.Objects.Where(o => !o.IsPartOfTable))
            handle.Execute(item.CreateSql!);
        Assert.Equal(schema.Fingerprint, SqliteSchemaReader.Read(handle, "h").Fingerprint);

        foreach (var item in schema.Objects.Where(o => !o.IsPartOfTable && o.Type != SchemaObjectType.Table))
            handle.Execute(item.DropSql!);
        var column = Assert.Single(schema.Objects, o => o.Name == "a.\"my y\"");
        handle.Execute(column.DropSql!);
        handle.Execute(column.CreateSql!);
        Assert.Equal(
            "TEXT NOT NULL DEFAULT 'q'",
            SqliteSchemaReader.Read(handle, "h").Objects.Single(o => o.Name == column.Name).Definition
        );
        Assert.Null(schema.Objects.Single(o => o.Name == "a.x").DropSql);
    }

    [Fact]
    public void Strict_tables_are_told()
    {
        Assert.SkipWhen(SqliteLibrary.Current.Number < 3037000, "The SQLite library in use knows no STRICT tables.");
        var schema = TestSql.SchemaOf("CREATE TABLE a (k TEXT PRIMARY KEY) WITHOUT ROWID, STRICT");
        Assert.Equal("TABLE STRICT, WITHOUT ROWID", schema.Objects[0].Definition);
        Assert.Equal(schema.Fingerprint, TestSql.SchemaOf("CREATE TABLE a (k TEXT PRIMARY KEY) strict,without rowid").Fingerprint);
    }

    [Fact]
    public void Constraints_that_say_the_same_are_told_apart()
    {
        var schema = TestSql.SchemaOf("CREATE TABLE a (x CHECK (x > 0), CHECK (x > 0))");
        Assert.Equal(
            ["a.CHECK (x > 0)", "a.CHECK (x > 0) #2"],
            schema.Objects.Where(o => o.Type == SchemaObjectType.Constraint).Select(o => o.Name)
        );
    }

    [Fact]
    public async Task A_session_reads_it_and_leaves_no_transaction_open()
    {
        using var folder = new TestFolder();
        await folder.RunAsync("CREATE TABLE a (x)");
        await using var session = await folder.OpenAsync(SessionAccess.Read);
        var schema = await session.Inspector.ReadSchemaAsync(default);
        Assert.Equal(["a", "a.x"], schema.Objects.Select(o => o.Name));
        Assert.False(((SqliteSession)session).Connection.Handle.InTransaction);
    }

    [Fact]
    public void A_large_schema_takes_one_query()
    {
        var sql = new StringBuilder();
        for (var t = 0; t < 500; t++)
        {
            sql.Append(
                $"CREATE TABLE t{t} (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER DEFAULT 0 CHECK (b >= 0), c REFERENCES t0 "
                    + "(id) ON DELETE CASCADE);"
            );
            for (var i = 0; i < 4; i++)
                sql.Append($"CREATE INDEX i{t}_{i} ON t{t} (a, b DESC) WHERE c > {i};");
        }

        using var handle = TestSql.Open(SqliteTarget.Memory);
        handle.Run("BEGIN; " + sql + " COMMIT;");
        var clock = Stopwatch.StartNew();
        var schema = SqliteSchemaReader.Read(handle, "h");
        Assert.Equal(500 * (1 + 4 + 3 + 4), schema.Objects.Count);
        // Ten times what it takes; a query per object would take more.
        Assert.InRange(clock.ElapsedMilliseconds, 0, 1500);
    }
}
