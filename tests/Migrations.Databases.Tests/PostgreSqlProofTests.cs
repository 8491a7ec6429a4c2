using Migrations.Integrity;

namespace Migrations.Databases.Tests;

public sealed class PostgreSqlProofTests() : ProofConformance(DatabaseKind.PostgreSql)
{
    private static readonly ProofCase[] OwnCases =
    [
        ProofCase.Values(
            "loses decimal places",
            "ALTER TABLE t ALTER COLUMN amount TYPE numeric(10, 1);",
            "ALTER TABLE t ALTER COLUMN amount TYPE numeric(10, 2);",
            "t: 1 row"
        ),
        ProofCase.Values("changes values in a block", "DO $$ BEGIN UPDATE t SET note = upper(note); END $$;", "SELECT 1;", "t: 2 rows"),
        ProofCase.Values(
            "changes values in SQL that a block puts together",
            "DO $$ BEGIN EXECUTE 'UPDATE ' || 't SET note = upper(note)'; END $$;",
            "SELECT 1;",
            "t: 2 rows"
        ),
        ProofCase.Values("changes values by a function", "SELECT shout();", "SELECT 1;", "t: 2 rows"),
        ProofCase.Values("empties a table", "TRUNCATE u;", "SELECT 1;", "u: 3 rows missing"),
        ProofCase.Values("changes rows that a forced policy hides", "UPDATE hidden SET n = n + 1;", "SELECT 1;", "hidden: 1 row"),
        ProofCase.Values("deletes rows of a partition", "DELETE FROM parted WHERE id = 1;", "SELECT 1;", "parted_1: 1 row missing"),
        ProofCase.Values("changes a large object", "SELECT lo_put(99001, 1, 'x');", "SELECT 1;", "large objects: 1 row"),
        ProofCase.Values("loses a large object", "SELECT lo_unlink(99001);", "SELECT 1;", "large objects: 1 row missing"),
        ProofCase.Values(
            "leaves a large object",
            "DO $$ BEGIN PERFORM lo_from_bytea(0, 'x'); END $$;",
            "SELECT 1;",
            "large objects: 1 row extra"
        ),
        ProofCase.Proven("takes a large object back", "SELECT lo_put(99001, 1, 'x');", "SELECT lo_put(99001, 1, 'b');", ""),
        ProofCase.Values(
            "leaves a materialised view empty",
            "DROP MATERIALIZED VIEW filled;",
            "CREATE MATERIALIZED VIEW filled AS SELECT id FROM t WITH NO DATA;",
            "filled: 2 rows missing"
        ),
        ProofCase.Values(
            "empties a materialised view",
            "REFRESH MATERIALIZED VIEW filled WITH NO DATA;",
            "SELECT 1;",
            "filled: 2 rows missing"
        ),
        ProofCase.Proven(
            "fills a materialised view again",
            "UPDATE t SET name = 'x' || name;\nREFRESH MATERIALIZED VIEW filled;",
            "UPDATE t SET name = substr(name, 2);",
            "t 2"
        ),
        ProofCase.Proven(
            "fills a materialised view that was empty",
            "DROP MATERIALIZED VIEW unfilled;",
            "CREATE MATERIALIZED VIEW unfilled AS SELECT id FROM t;",
            ""
        ),
        ProofCase.Schema(
            "leaves rights for what is made later",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO public;",
            "SELECT 1;",
            "DEFAULT PRIVILEGES FOR"
        ),
        ProofCase.Proven(
            "takes rights back",
            "GRANT UPDATE ON t TO public;\nGRANT SELECT (name) ON t TO public;",
            "REVOKE UPDATE ON t FROM public;\nREVOKE SELECT (name) ON t FROM public;",
            ""
        ),
        ProofCase.Schema("does not force a policy", "ALTER TABLE extra NO FORCE ROW LEVEL SECURITY;", "SELECT 1;", "extra differs"),
        ProofCase.Schema(
            "loses a commutator",
            "DROP OPERATOR @@@@ (int, int);",
            "CREATE OPERATOR @@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = same);",
            "@@@@(integer,integer) differs"
        ),
        ProofCase.Schema(
            "forgets a target of statistics",
            "ALTER STATISTICS both_of_them SET STATISTICS -1;",
            "SELECT 1;",
            "both_of_them differs"
        ),
        ProofCase.Schema(
            "forgets that of an index",
            "ALTER INDEX lower_x ALTER COLUMN 1 SET STATISTICS -1;",
            "SELECT 1;",
            "lower_x differs"
        ),
        ProofCase.Schema("loses a check", "ALTER TABLE k DROP CONSTRAINT k_check;", "SELECT 1;", "k_check is missing"),
        ProofCase.Schema(
            "makes another check",
            "ALTER TABLE k DROP CONSTRAINT k_check;",
            "ALTER TABLE k ADD CONSTRAINT k_check CHECK (id > 0 AND id < 9);",
            "k_check differs"
        ),
        ProofCase.Schema("loses NOT NULL", "ALTER TABLE k ALTER COLUMN name DROP NOT NULL;", "SELECT 1;", "name differs"),
        ProofCase.Schema("loses a collation", "ALTER TABLE k ALTER COLUMN label TYPE text;", "SELECT 1;", "label differs"),
        ProofCase.Schema("loses an expression", "ALTER TABLE k ALTER COLUMN twice DROP EXPRESSION;", "SELECT 1;", "twice differs"),
        ProofCase.Schema("forgets a trigger", "DROP TRIGGER watched_u ON watched;", "SELECT 1;", "watched_u"),
        ProofCase.Schema(
            "changes a function",
            "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 2';",
            "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 3';",
            "one() differs"
        ),
        ProofCase.Schema("forgets a policy", "DROP POLICY few ON hidden;", "SELECT 1;", "few"),
        ProofCase.Schema("forgets a label", "ALTER TYPE mood ADD VALUE 'late';", "SELECT 1;", "mood differs"),
        ProofCase.Proven(
            "leaves a sequence that has moved on",
            "INSERT INTO counted (n) VALUES (2);\nSELECT nextval('counted_id_seq');",
            "DELETE FROM counted WHERE n = 2;",
            "counted 1"
        ),
        ProofCase.Proven(
            "changes what a forced policy hides back",
            "UPDATE hidden SET n = n + 1;",
            "UPDATE hidden SET n = n - 1;",
            "hidden 1"
        ),
        ProofCase.Proven(
            "drops a schema with what was made in it",
            "CREATE SCHEMA app;\nCREATE TABLE app.x (id integer);",
            "DROP SCHEMA app CASCADE;",
            ""
        ),
        ProofCase.Proven("only reads", "SELECT count(*) FROM t;\nSELECT one();", "SELECT 1;", ""),
        new(
            "puts SQL together over empty tables only",
            "DO $$ BEGIN EXECUTE 'DELETE FROM bare'; END $$;",
            "SELECT 1;",
            UndoVerdict.Proven,
            "t 2"
        ),
    ];

    [Theory]
    [InlineData("DROP FUNCTION guarded();", Guarded, "FUNCTION public.guarded() differs")]
    [InlineData("DROP FUNCTION guarded();", Guarded + "REVOKE ALL ON FUNCTION guarded() FROM public;", null)]
    [InlineData("REVOKE SELECT (id) ON given FROM public;", "SELECT 1;", "COLUMN public.given.id is missing")]
    [InlineData("DROP VIEW seen_by_all;", "CREATE VIEW seen_by_all AS SELECT 1 AS a;", "VIEW public.seen_by_all differs")]
    [InlineData("DROP TABLE given;", "SELECT 1;", "table public.given is missing")]
    public async Task Rights_that_scripts_have_given_must_come_back(string up, string down, string? mention)
    {
        Migration(
            "001_rights",
            Guarded
                + "REVOKE ALL ON FUNCTION guarded() FROM public;\nCREATE TABLE given (id integer);\nGRANT SELECT (id) ON given TO public;\n"
                + "CREATE VIEW seen_by_all AS SELECT 1 AS a;\nGRANT SELECT ON seen_by_all TO public;\n"
        );
        Migration("002_some", up + "\n", down + "\n");
        await ApplyAsync();
        var result = (await RehearseAsync(new RehearsalRequest { All = true })).Results.Single(r => r.Name is "002_some");
        Assert.Equal(mention is null ? UndoVerdict.Proven : UndoVerdict.SchemaDiffers, result.UndoVerdict);
        Assert.Contains(mention ?? "", result.Fault ?? "", StringComparison.Ordinal);
        Assert.Equal(mention is null ? 0 : 1, result.Differences.Count);
    }

    private const string Guarded = "CREATE FUNCTION guarded() RETURNS integer SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';\n";

    public static TheoryData<string> Own => ProofCase.Names(OwnCases);

    protected override string More =>
        """
            CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (new.n); RETURN new; END $$;
            CREATE TRIGGER watched_u AFTER UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION watch();
            CREATE FUNCTION shout() RETURNS void LANGUAGE sql AS 'UPDATE t SET note = upper(note)';
            CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
            CREATE TABLE k (id integer CONSTRAINT k_check CHECK (id > 0), name text NOT NULL, label text COLLATE "C",
                twice text GENERATED ALWAYS AS (name || name) STORED);
            INSERT INTO k VALUES (1, 'Ann', 'a');
            CREATE TABLE counted (id serial PRIMARY KEY, n integer);
            INSERT INTO counted (n) VALUES (1);
            CREATE TABLE hidden (n integer);
            INSERT INTO hidden VALUES (1);
            CREATE POLICY few ON hidden USING (n > 1);
            ALTER TABLE hidden ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE TABLE parted (id integer) PARTITION BY LIST (id);
            CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
            INSERT INTO parted VALUES (1);
            CREATE TYPE mood AS ENUM ('early');
            SELECT lo_from_bytea(99001, 'abc');
            CREATE MATERIALIZED VIEW filled AS SELECT id FROM t;
            CREATE MATERIALIZED VIEW unfilled AS SELECT id FROM t WITH NO DATA;
            CREATE TABLE extra (x text, y text);
            ALTER TABLE extra FORCE ROW LEVEL SECURITY;
            CREATE FUNCTION same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT $1 = $2';
            CREATE OPERATOR @@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = same, COMMUTATOR = @@@@);
            CREATE STATISTICS both_of_them (ndistinct) ON x, y FROM extra;
            ALTER STATISTICS both_of_them SET STATISTICS 77;
            CREATE INDEX lower_x ON extra (lower(x));
            ALTER INDEX lower_x ALTER COLUMN 1 SET STATISTICS 300;

            """;

    [Theory]
    [MemberData(nameof(Own))]
    public Task Each_undo_of_PostgreSQL_gets_its_verdict(string name) => JudgesAsync(OwnCases.Single(c => c.Name == name));
}
