namespace Migrations.Databases.Tests.Linting;

public sealed class PostgreSqlRuleTests() : RuleTests(DatabaseKind.PostgreSql, Each)
{
    private const string T =
        "CREATE TABLE p (id bigint PRIMARY KEY);\n"
        + "CREATE TABLE t (id bigint PRIMARY KEY, name varchar(50) NOT NULL, note text, n int, amount numeric(10, 2), p_id bigint);\n"
        + "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');";

    private static readonly string[] FoundAlways = ["cannot-run", "name-too-long", "lock-timeout-off"];

    private static readonly RuleCase[] Each =
    [
        new("cannot-run", T, "CREATE INDEX CONCURRENTLY i ON t (n);\nSELECT 1;", "CREATE INDEX CONCURRENTLY i ON t (n);"),
        new("cannot-run", T, "BEGIN;\nSELECT 1;", "BEGIN;\nSELECT 1;\nCOMMIT;"),
        new("index-not-concurrent", T, "CREATE INDEX i ON t (n);", "CREATE INDEX CONCURRENTLY i ON t (n);"),
        new(
            "index-not-concurrent",
            T,
            "CREATE UNIQUE INDEX IF NOT EXISTS i ON public.t (n);",
            "CREATE TABLE x (n int);\nCREATE INDEX i ON x (n);"
        ),
        new(
            "index-not-concurrent",
            T + "\nCREATE MATERIALIZED VIEW v AS SELECT n FROM t;",
            "CREATE INDEX i ON v (n);",
            "DROP MATERIALIZED VIEW v;\nCREATE MATERIALIZED VIEW v AS SELECT n FROM t;\nCREATE INDEX i ON v (n);"
        ),
        new(
            "foreign-key-at-once",
            T,
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id);",
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id) NOT VALID;"
        ),
        new("foreign-key-at-once", T, "ALTER TABLE t ADD q bigint DEFAULT 1 REFERENCES p;", "ALTER TABLE t ADD q bigint REFERENCES p;"),
        new("check-at-once", T, "ALTER TABLE t ADD CHECK (n > 0);", "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID;"),
        new("check-at-once", T, "ALTER TABLE t ADD COLUMN m int CHECK (m > 0);", "ALTER TABLE t ADD COLUMN m int;"),
        new(
            "validate-at-once",
            T,
            "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT c;",
            "ALTER TABLE t VALIDATE CONSTRAINT c;"
        ),
        new(
            "unique-without-index",
            T,
            "ALTER TABLE t ADD CONSTRAINT u UNIQUE (n);",
            "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i;"
        ),
        new("unique-without-index", T, "ALTER TABLE t ADD COLUMN m int UNIQUE;", "ALTER TABLE t ADD COLUMN m int;"),
        new(
            "set-not-null",
            T,
            "ALTER TABLE t ALTER COLUMN n SET NOT NULL;",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT c;\n"
                + "ALTER TABLE t ALTER COLUMN n SET NOT NULL;"
        ),
        new("set-not-null", T, "ALTER TABLE t ALTER n SET NOT NULL;", "ALTER TABLE t ALTER name SET NOT NULL;"),
        new("column-type", T, "ALTER TABLE t ALTER COLUMN n TYPE bigint;", "ALTER TABLE t ALTER COLUMN name TYPE varchar(100);"),
        new("column-type", T, "ALTER TABLE t ALTER name TYPE varchar(20);", "ALTER TABLE t ALTER name SET DATA TYPE text;"),
        new(
            "column-type",
            T + "\nALTER TABLE t ADD COLUMN m mood;",
            "ALTER TYPE mood RENAME TO old_mood;\nCREATE TYPE mood AS ENUM ('ok');\nALTER TABLE t ALTER m TYPE mood USING m::text::mood;",
            "ALTER TYPE mood ADD VALUE 'fine';"
        ),
        new(
            "column-type",
            T,
            "ALTER TABLE t ALTER name TYPE varchar(80) COLLATE \"C\";",
            "ALTER TABLE t ALTER name TYPE varchar(80) USING name::varchar(80);"
        ),
        new("column-type", T, "ALTER TABLE t ALTER name TYPE text COLLATE \"C\" USING name || '!';", "ALTER TABLE t ALTER name TYPE text;"),
        new("column-type", T, "ALTER TABLE t ALTER amount TYPE numeric(12, 4);", "ALTER TABLE t ALTER amount TYPE decimal(12,2);"),
        new(
            "add-column-rewrites",
            T,
            "ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid();",
            "ALTER TABLE t ADD COLUMN made timestamptz NOT NULL DEFAULT now();"
        ),
        new("add-column-rewrites", T, "ALTER TABLE t ADD COLUMN s serial;", "ALTER TABLE t ADD COLUMN s int;"),
        new(
            "add-column-rewrites",
            T,
            "ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (n * 2) STORED;",
            "ALTER TABLE t ADD COLUMN g int DEFAULT (1 + 2);"
        ),
        new("rewrites-table", T, "VACUUM (FULL, ANALYZE) t;", "VACUUM (ANALYZE) t;"),
        new("rewrites-table", T, "CLUSTER t USING t_pkey;", "ALTER TABLE t SET (fillfactor = 90);"),
        new("reindex-not-concurrent", T, "REINDEX TABLE t;", "REINDEX TABLE CONCURRENTLY t;"),
        new(
            "alter-apart",
            T,
            "ALTER TABLE t ALTER n TYPE bigint;\nALTER TABLE t ALTER amount TYPE float8;",
            "ALTER TABLE t ALTER n TYPE bigint, ALTER amount TYPE float8;"
        ),
        new(
            "data-and-schema",
            T,
            "ALTER TABLE t ADD COLUMN m int;\nUPDATE t SET m = n;",
            "UPDATE t SET note = '' WHERE note IS NULL;\nALTER TABLE t ADD COLUMN m int;"
        ),
        new("add-column-not-null", T, "ALTER TABLE t ADD COLUMN m int NOT NULL;", "ALTER TABLE t ADD COLUMN m int NOT NULL DEFAULT 0;"),
        new("drop-table", T, "DROP TABLE IF EXISTS t CASCADE;", "CREATE TABLE x (id int);\nDROP TABLE x;"),
        new("drop-column", T, "ALTER TABLE t DROP COLUMN note;", "ALTER TABLE t ADD COLUMN x int;\nALTER TABLE t DROP COLUMN x;"),
        new("rename-table", T, "ALTER TABLE t RENAME TO u;", "ALTER TABLE t RENAME CONSTRAINT t_pkey TO u;"),
        new("rename-column", T, "ALTER TABLE t RENAME note TO remark;", "ALTER TABLE t ADD x int;\nALTER TABLE t RENAME x TO y;"),
        new("drop-not-null", T, "ALTER TABLE t ALTER name DROP NOT NULL;", "ALTER TABLE t ALTER note DROP NOT NULL;"),
        new("enum-value", T, "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';", "ALTER TYPE mood ADD VALUE 'fine';"),
        new(
            "enum-value",
            T,
            "ALTER TYPE mood RENAME TO old_mood;\nCREATE TYPE mood AS ENUM ('sad', 'happy');",
            "ALTER TYPE mood RENAME TO old_mood;\nCREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'fine');"
        ),
        new("update-all-rows", T, "UPDATE t SET note = '';", "UPDATE t SET note = '' WHERE id = 1;"),
        new("delete-all-rows", T, "DELETE FROM t;", "DELETE FROM t WHERE id = 1;"),
        new("delete-all-rows", T, "TRUNCATE TABLE t;", "CREATE TABLE x (id int);\nTRUNCATE x;"),
        new(
            "name-too-long",
            T,
            "CREATE INDEX CONCURRENTLY a123456789012345678901234567890123456789012345678901234567890123 ON t (n);",
            "CREATE INDEX CONCURRENTLY a12345678901234567890123456789012345678901234567890123456789012 ON t (n);"
        ),
        new("lock-timeout-off", T, "SET lock_timeout = 0;\nSELECT 1;", "SET lock_timeout = '2s';\nSELECT 1;"),
    ];

    [Theory]
    [InlineData("create unique index\n   on t (a);", "create unique index CONCURRENTLY\n   on t (a);")]
    [InlineData(
        "ALTER TABLE t ADD CONSTRAINT f\n  FOREIGN KEY (a) -- the owner\n  REFERENCES t\n    (id);",
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id) NOT VALID;"
    )]
    [InlineData(
        "ALTER TABLE t ADD COLUMN\n  u uuid\n  DEFAULT gen_random_uuid()\n  CHECK (u IS NOT NULL);",
        "ALTER TABLE t ADD COLUMN u uuid CHECK (u IS NOT NULL);\nALTER TABLE t ALTER COLUMN u SET DEFAULT gen_random_uuid();"
    )]
    [InlineData("ALTER TABLE t ALTER a TYPE numeric(\n10, 2);", "ALTER TABLE t ADD COLUMN a_new numeric(10, 2);")]
    public async Task The_safe_sql_reads_as_a_person_would_write_it(string statement, string expected)
    {
        var found = await FindAsync(T, statement);
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
