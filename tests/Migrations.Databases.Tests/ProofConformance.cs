using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>An undo is called proven only when schema and values come back; whatever does not is named.</summary>
public abstract class ProofConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Tables = """
        CREATE TABLE t (id integer PRIMARY KEY, name varchar(20), note varchar(20), amount numeric(10, 2));
        INSERT INTO t VALUES (1, 'Ann', 'a', 1.25), (2, 'Bob', 'b', 2.5);
        CREATE INDEX t_note ON t (note);
        CREATE VIEW v AS SELECT id, name FROM t;
        CREATE TABLE u (id integer PRIMARY KEY, ending varchar(9));
        INSERT INTO u VALUES (1, 'a'), (2, 'b'), (3, 'c');
        CREATE TABLE w (must integer NOT NULL DEFAULT 0, flag varchar(9) DEFAULT 'd');
        INSERT INTO w VALUES (1, 'f'), (2, 'd');
        CREATE TABLE s (x varchar(9), y varchar(9));
        INSERT INTO s VALUES ('1', '2');
        CREATE TABLE p (id integer);
        INSERT INTO p VALUES (1);
        CREATE TABLE q (id integer);
        INSERT INTO q VALUES (2);
        CREATE TABLE bare (id integer);
        CREATE TABLE watched (n integer);
        INSERT INTO watched VALUES (1);
        CREATE TABLE seen (n integer);

        """;

    protected override bool NeedsCopies => true;

    /// <summary>
    /// A trigger that writes each change of <c>watched</c> into <c>seen</c>, and what else the cases of this database start from.
    /// </summary>
    protected abstract string More { get; }

    public static TheoryData<string> Shared => ProofCase.Names(ProofCase.Shared);

    [Theory]
    [MemberData(nameof(Shared))]
    public Task Each_undo_gets_its_verdict(string name) => JudgesAsync(ProofCase.Shared.Single(c => c.Name == name));

    [Fact]
    public async Task Without_rows_what_can_change_values_is_proven_for_the_schema_only()
    {
        Migration("001_tables", "CREATE TABLE t (id integer PRIMARY KEY, name varchar(20));\n", "DROP TABLE t;\n");
        Migration("002_upper", "UPDATE t SET name = upper(name);\n", "UPDATE t SET name = lower(name);\n");
        await ApplyAsync(new ApplyRequest { First = 1 });
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 'Ann'), (2, 'Bob')");

        var without = Assert.Single((await RehearseAsync(new RehearsalRequest())).Results);
        Assert.Equal((UndoVerdict.SchemaOnly, null, true), (without.UndoVerdict, without.UndoProven, without.IsGood));
        var all = (await RehearseAsync(new RehearsalRequest { All = true })).Results;
        Assert.Equal([UndoVerdict.Proven, UndoVerdict.SchemaOnly], all.Select(r => r.UndoVerdict));

        await ApplyAsync();
        var refused = await ThrowsAsync<PlanException>(ErrorId.UndoUnproven, () => UndoAsync(new UndoRequest { RequireProven = true }));
        Assert.Contains("--schema-only", refused.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(UndoVerdict.SchemaOnly, (await StatusOfAsync("002_upper")).UndoVerdict);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => UndoAsync(new UndoRequest { SchemaOnly = true }));
        await UndoAsync(new UndoRequest { RequireProven = true, SchemaOnly = true });

        await Database.ExecuteAsync("UPDATE t SET name = 'Ann' WHERE id = 1");
        await Database.ExecuteAsync("UPDATE t SET name = 'Bob' WHERE id = 2");
        var with = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);
        Assert.Equal((UndoVerdict.ValuesDiffer, false, false), (with.UndoVerdict, with.UndoProven, with.IsGood));
        Assert.Matches("^values differ in (public[.])?t: 2 rows$", Assert.Single(with.ValueDifferences).ToString());
    }

    [Fact]
    public async Task An_undo_that_is_known_to_be_bad_is_called_that()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "SELECT 1;\n");
        await ApplyAsync();
        await RehearseAsync(new RehearsalRequest { All = true, Record = true });

        Assert.Equal(UndoVerdict.SchemaDiffers, (await StatusOfAsync("001_a")).UndoVerdict);
        var refused = await ThrowsAsync<PlanException>(
            ErrorId.UndoUnproven,
            () => UndoAsync(new UndoRequest { RequireProven = true, SchemaOnly = true })
        );
        Assert.Contains("does not restore the schema", refused.Message, StringComparison.Ordinal);
        var history = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] });
        Assert.Equal((CheckStatus.Warn, "001_a"), history.Where(c => c.Name == "undo-bad").Select(c => (c.Status, c.Actual)).Single());
        await UndoAsync();
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains("A rehearsal found a fault in the undo of 001_a", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_order_of_columns_is_a_verdict_of_its_own_and_counts_as_proven()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, x text, y text);\n", "DROP TABLE a;\n");
        Migration("002_b", "ALTER TABLE a DROP COLUMN x;\n", "ALTER TABLE a ADD COLUMN x text;\n");
        Migration("003_by_place", "CREATE TABLE b AS SELECT * FROM a;\n", "DROP TABLE b;\n");
        await ApplyAsync();

        var results = (await RehearseAsync(new RehearsalRequest { All = true })).Results;

        Assert.Equal([UndoVerdict.Proven, UndoVerdict.SameButColumnOrder, UndoVerdict.Proven], results.Select(r => r.UndoVerdict));
        Assert.True(Assert.Single(results[1].Differences).IsColumnOrder);
        await UndoAsync(new UndoRequest { RequireProven = true, Last = 2 });
    }

    [Theory]
    [InlineData("SELECT 1", "undo proven for the schema only, but the order of columns changes: there were no rows to compare")]
    [InlineData("INSERT INTO a (id, y) VALUES (1, 'y')", "undo proven, but the order of columns changes")]
    public async Task Whether_rows_were_compared_stands_beside_the_order_of_columns(string rows, string message)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, x text, y text);\n", "DROP TABLE a;\n");
        await ApplyAsync();
        await Database.ExecuteAsync(rows);
        Migration("002_b", "ALTER TABLE a DROP COLUMN x;\n", "ALTER TABLE a ADD COLUMN x text;\n");

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        Assert.Equal((UndoVerdict.SameButColumnOrder, message), (result.UndoVerdict, result.UndoMessage));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_shown_all_the_same()
    {
        ThreeTables();
        Directory.CreateDirectory(FileOf(RehearsalVerdicts.FileName + ".tmp"));

        var report = await RehearseAsync(new RehearsalRequest());

        Assert.Equal(3, report.Results.Count);
        Assert.Equal(ErrorId.FileUnreadable, report.NotKept?.Id);
    }

    [Fact]
    public async Task A_script_that_was_never_written_is_no_good_migration()
    {
        ThreeTables();
        Write("004_later.up.sql", "-- Migration: later\n-- Created: 2026-01-02\n");
        await ApplyAsync(new ApplyRequest { Target = "003" });

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest())).Results);

        var refused = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal((false, false, refused.Message), (result.Applies, result.IsGood, result.Failure?.Message));
    }

    [Fact]
    public async Task That_every_undo_is_proven_needs_one()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        await ApplyAsync();

        Assert.Equal((CheckStatus.Warn, CheckStatus.NotRun), await UndosAsync());
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Assert.Equal((CheckStatus.Pass, CheckStatus.Warn), await UndosAsync());
        await RehearseAsync(new RehearsalRequest { All = true });
        Assert.Equal((CheckStatus.Pass, CheckStatus.Pass), await UndosAsync());

        async Task<(CheckStatus Missing, CheckStatus Unproven)> UndosAsync()
        {
            var answers = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] })).ToDictionary(
                c => c.Name,
                c => c.Status
            );
            return (answers["undo-missing"], answers["undo-unproven"]);
        }
    }

    /// <summary>Rehearses an undo on rows, and compares what is said of it.</summary>
    private protected async Task JudgesAsync(ProofCase wanted)
    {
        Migration("001_tables", Tables + More, "SELECT 1;\n");
        Migration("002_case", wanted.Up + "\n", wanted.Down + "\n");
        await ApplyAsync(new ApplyRequest { First = 1 });

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        var said =
            result.UndoProven == false
                ? result.Fault!
                : string.Join(", ", result.ValuesCompared.Select(t => $"{t.Table.Split('.')[^1]} {t.Rows}"));
        Assert.True(result.UndoVerdict == wanted.Verdict, $"{result.UndoVerdict} is not {wanted.Verdict}: {said}{result.Failure?.Message}");
        Assert.Contains(wanted.Mention, said.Replace("public.", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private protected Task<RehearsalReport> RehearseAsync(RehearsalRequest request) =>
        new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(request);
}

public sealed class SqliteProofTests() : ProofConformance(DatabaseKind.Sqlite)
{
    private const string Rebuild =
        "CREATE TABLE n ({0});\nINSERT INTO n SELECT id, name FROM k;\nDROP TABLE k;\nALTER TABLE n RENAME TO k;\n{1}";
    private const string Trigger = "CREATE TRIGGER k_i AFTER INSERT ON k BEGIN SELECT 1; END;\n";
    private const string Columns =
        "id integer PRIMARY KEY, name varchar(9) NOT NULL COLLATE NOCASE CHECK (name <> ''), twice AS (name || name)";

    private static readonly ProofCase[] OwnCases =
    [
        Rebuilt("loses a check", Columns.Replace(" CHECK (name <> '')", "", StringComparison.Ordinal), "CHECK"),
        Rebuilt("loses a collation", Columns.Replace(" COLLATE NOCASE", "", StringComparison.Ordinal), "name differs"),
        Rebuilt("loses a NOT NULL by a rebuild", Columns.Replace(" NOT NULL", "", StringComparison.Ordinal), "name differs"),
        Rebuilt("changes a computed column", Columns.Replace("name || name", "name", StringComparison.Ordinal), "twice differs"),
        ProofCase.Schema("forgets a trigger", "DROP TRIGGER k_i;", "SELECT 1;", "k_i is missing"),
        ProofCase.Values("turns a number into text", "UPDATE loose SET a = CAST(a AS TEXT);", "SELECT 1;", "loose: 1 row"),
        ProofCase.Values(
            "lets a full-text index find other words",
            "UPDATE words SET body = 'x';",
            "UPDATE words SET body = 'y';",
            "words: 1 row"
        ),
        ProofCase.Proven(
            "leaves a counter that has moved on",
            "INSERT INTO counted (n) VALUES (2);",
            "DELETE FROM counted WHERE n = 2;",
            "counted 1"
        ),
        ProofCase.Proven("leaves statistics", "ANALYZE;", "SELECT 1;", ""),
        ProofCase.Proven(
            "rebuilds a table twice",
            string.Format(null, Rebuild, Columns + ", CHECK (id > 0)", Trigger),
            string.Format(null, Rebuild, Columns, Trigger),
            "k 2"
        ),
        ProofCase.Values(
            "empties a full-text index",
            "INSERT INTO found(found) VALUES ('delete-all');",
            "SELECT 1;",
            "the full-text index found"
        ),
        ProofCase.Values(
            "leaves a full-text index behind its table",
            "UPDATE k SET name = 'x' || name;\nINSERT INTO found(found) VALUES ('rebuild');",
            "UPDATE k SET name = substr(name, 2);",
            "the full-text index found"
        ),
        ProofCase.Proven(
            "rebuilds a full-text index",
            "UPDATE k SET name = 'x' || name;\nINSERT INTO found(found) VALUES ('rebuild');",
            "UPDATE k SET name = substr(name, 2);\nINSERT INTO found(found) VALUES ('rebuild');",
            "k 2"
        ),
        ProofCase.Values(
            "leaves a ranking",
            "INSERT INTO words(words, rank) VALUES ('rank', 'bm25(10.0)');",
            "SELECT 1;",
            "the settings of the full-text index words: 1 row extra"
        ),
        ProofCase.Proven(
            "sets how an index merges back",
            "INSERT INTO words(words, rank) VALUES ('automerge', 8);",
            "INSERT INTO words(words, rank) VALUES ('automerge', 4);",
            ""
        ),
        ProofCase.Values(
            "gives rows that an index points to other numbers",
            "CREATE TABLE n (a text);\nINSERT INTO n SELECT a FROM texts ORDER BY rowid;\nDROP TABLE texts;\nALTER TABLE n "
                + "RENAME TO texts;",
            "SELECT 1;",
            "the full-text index texted"
        ),
        ProofCase.Values("leaves a version", "PRAGMA user_version = 4;", "SELECT 1;", "PRAGMA user_version: 1 row"),
        ProofCase.Values("leaves the mark of an application", "PRAGMA application_id = 4;", "SELECT 1;", "PRAGMA application_id: 1 row"),
        ProofCase.Proven("sets a version back", "PRAGMA user_version = 4;", "PRAGMA user_version = 3;", ""),
        ProofCase.Proven("changes a full-text index back", "UPDATE words SET body = 'x';", "UPDATE words SET body = 'one two';", "words 1"),
    ];

    public static TheoryData<string> Own => ProofCase.Names(OwnCases);

    protected override string More =>
        $"""
            CREATE TRIGGER watched_u AFTER UPDATE ON watched BEGIN INSERT INTO seen VALUES (new.n); END;
            CREATE TABLE k ({Columns});
            {Trigger}INSERT INTO k VALUES (1, 'Ann'), (2, 'Bob');
            CREATE TABLE loose (a);
            INSERT INTO loose VALUES (1);
            CREATE TABLE counted (id integer PRIMARY KEY AUTOINCREMENT, n integer);
            INSERT INTO counted (n) VALUES (1);
            CREATE VIRTUAL TABLE words USING fts5(body);
            INSERT INTO words VALUES ('one two');
            CREATE VIRTUAL TABLE found USING fts5(name, content='k', content_rowid='id');
            INSERT INTO found(found) VALUES ('rebuild');
            CREATE TABLE texts (a text);
            INSERT INTO texts (rowid, a) VALUES (5, 'five'), (9, 'nine');
            CREATE VIRTUAL TABLE texted USING fts5(a, content='texts');
            INSERT INTO texted(texted) VALUES ('rebuild');
            PRAGMA user_version = 3;

            """;

    [Theory]
    [MemberData(nameof(Own))]
    public Task Each_undo_of_SQLite_gets_its_verdict(string name) => JudgesAsync(OwnCases.Single(c => c.Name == name));

    private static ProofCase Rebuilt(string name, string columns, string mention) =>
        ProofCase.Schema(
            name,
            "CREATE INDEX k_name ON k (name);",
            "-- objects-lost: allowed\n" + string.Format(null, Rebuild, columns, Trigger),
            mention
        );
}

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
