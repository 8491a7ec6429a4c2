namespace Migrations.Databases.Tests;

/// <summary>A migration with an undo, and what a rehearsal on rows has to say of it.</summary>
/// <param name="Name">What the undo does.</param>
/// <param name="Up">The up script.</param>
/// <param name="Down">The down script.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Mention">What the sentences about the fault, or the tables that were compared, must hold.</param>
public sealed record ProofCase(string Name, string Up, string Down, UndoVerdict Verdict, string Mention)
{
    private const string Nothing = "SELECT 1;\n";

    /// <summary>What both databases understand.</summary>
    public static IReadOnlyList<ProofCase> Shared { get; } =
    [
        Values(
            "writes in small letters what was mixed",
            "UPDATE t SET name = upper(name);",
            "UPDATE t SET name = lower(name);",
            "t: 2 rows"
        ),
        Values(
            "cannot bring back what was rounded",
            "UPDATE t SET amount = round(amount);",
            "UPDATE t SET amount = amount + 0.25 WHERE id = 1;",
            "t: 1 row"
        ),
        Values("forgets a change", "UPDATE t SET note = 'n' WHERE id = 1;", Nothing, "t: 1 row"),
        Values(
            "leaves NULL instead of the values",
            "ALTER TABLE u DROP COLUMN ending;",
            "ALTER TABLE u ADD COLUMN ending varchar(9);",
            "u: 3 rows"
        ),
        Values(
            "leaves the default instead of the values",
            "ALTER TABLE w DROP COLUMN flag;",
            "ALTER TABLE w ADD COLUMN flag varchar(9) DEFAULT 'd';",
            "w: 1 row"
        ),
        Values("leaves two columns swapped", "UPDATE t SET name = note, note = name;", Nothing, "t: 2 rows"),
        Values(
            "leaves two columns swapped by their names",
            "ALTER TABLE s RENAME COLUMN x TO z;\nALTER TABLE s RENAME COLUMN y TO x;\nALTER TABLE s RENAME COLUMN z TO y;",
            Nothing,
            "s: 1 row"
        ),
        Values(
            "leaves two tables swapped",
            "ALTER TABLE p RENAME TO r;\nALTER TABLE q RENAME TO p;\nALTER TABLE r RENAME TO q;",
            Nothing,
            "p: 1 row"
        ),
        Values("does not bring deleted rows back", "DELETE FROM u WHERE id > 1;", Nothing, "u: 2 rows missing"),
        Values("brings only some of them back", "DELETE FROM u WHERE id > 1;", "INSERT INTO u VALUES (2, 'b');", "u: 1 row missing"),
        Values("leaves a row behind", "INSERT INTO t VALUES (3, 'Cem', 'c', 3);", Nothing, "t: 1 row extra"),
        Values("gives rows other keys", "UPDATE p SET id = id + 10;", "UPDATE p SET id = id - 9;", "p: 1 row"),
        Values(
            "recreates a table without its rows",
            "DROP TABLE u;",
            "CREATE TABLE u (id integer PRIMARY KEY, ending varchar(9));",
            "u: 3 rows missing"
        ),
        Values(
            "recreates it from a copy that lacks some",
            "-- row-loss: allowed\nCREATE TABLE keep AS SELECT * FROM u WHERE id < 3;\nDROP TABLE u;",
            "CREATE TABLE u (id integer PRIMARY KEY, ending varchar(9));\nINSERT INTO u SELECT id, ending FROM keep;\nDROP TABLE keep;",
            "u: 1 row missing"
        ),
        Values(
            "undoes its own change, and not that of a trigger",
            "UPDATE watched SET n = n + 1;",
            "UPDATE watched SET n = n - 1;",
            "seen: 2 rows extra"
        ),
        Values(
            "writes through a view what it does not take back",
            "UPDATE t SET note = (SELECT max(name) FROM v) WHERE id = 2;",
            "UPDATE t SET note = (SELECT min(name) FROM v) WHERE id = 2;",
            "t: 1 row"
        ),
        Schema("forgets an index", "DROP INDEX t_note;", Nothing, "t_note is missing"),
        Schema("makes an index over another column", "DROP INDEX t_note;", "CREATE INDEX t_note ON t (name);", "t_note differs"),
        Schema("makes a unique index that was none", "DROP INDEX t_note;", "CREATE UNIQUE INDEX t_note ON t (note);", "t_note differs"),
        Schema("forgets a view", "DROP VIEW v;", Nothing, "v is missing"),
        Schema("makes another view", "DROP VIEW v;", "CREATE VIEW v AS SELECT id FROM t;", "v differs"),
        Schema("leaves a column", "ALTER TABLE t ADD COLUMN more integer;", Nothing, "more is not expected"),
        Schema(
            "makes a column of another type",
            "ALTER TABLE u DROP COLUMN ending;",
            "ALTER TABLE u ADD COLUMN ending integer;",
            "ending differs"
        ),
        Schema(
            "changes a default",
            "ALTER TABLE w DROP COLUMN flag;",
            "ALTER TABLE w ADD COLUMN flag varchar(9) DEFAULT 'e';",
            "flag differs"
        ),
        Schema("loses NOT NULL", "ALTER TABLE w DROP COLUMN must;", "ALTER TABLE w ADD COLUMN must integer DEFAULT 0;", "must differs"),
        Schema("leaves a table", "CREATE TABLE left_over (id integer);", Nothing, "left_over is not expected"),
        new("cannot run", "CREATE TABLE x (id integer);", "DROP TABLE nowhere;", UndoVerdict.Failed, "nowhere"),
        Proven("drops what was created", "CREATE TABLE x (id integer);\nCREATE INDEX x_id ON x (id);", "DROP TABLE x;", ""),
        Proven(
            "drops a table with the rows that came with it",
            "CREATE TABLE x (id integer);\nINSERT INTO x VALUES (1);",
            "DROP TABLE x;",
            ""
        ),
        Proven(
            "drops the column that was added",
            "ALTER TABLE t ADD COLUMN more integer DEFAULT 1;",
            "ALTER TABLE t DROP COLUMN more;",
            "t 2"
        ),
        Proven(
            "takes the values from where they were kept",
            "CREATE TABLE keep AS SELECT id, name FROM t;\nUPDATE t SET name = upper(name);",
            "UPDATE t SET name = (SELECT k.name FROM keep k WHERE k.id = t.id);\nDROP TABLE keep;",
            "t 2"
        ),
        Proven("deletes what was inserted", "INSERT INTO t VALUES (3, 'Cem', 'c', 3);", "DELETE FROM t WHERE id = 3;", "t 2"),
        Proven(
            "inserts what was deleted",
            "DELETE FROM t WHERE id = 1;",
            "INSERT INTO t (amount, note, name, id) VALUES (1.25, 'a', 'Ann', 1);",
            "t 2"
        ),
        Proven(
            "creates a view and an index again",
            "DROP VIEW v;\nDROP INDEX t_note;",
            "CREATE VIEW v AS SELECT id, name FROM t;\nCREATE INDEX t_note ON t (note);",
            ""
        ),
        new(
            "puts a column last",
            "CREATE TABLE keep AS SELECT x FROM s;\nALTER TABLE s DROP COLUMN x;",
            "ALTER TABLE s ADD COLUMN x varchar(9);\nUPDATE s SET x = (SELECT x FROM keep);\nDROP TABLE keep;",
            UndoVerdict.SameButColumnOrder,
            "s 1"
        ),
        new("touches tables without rows only", "UPDATE bare SET id = id + 1;", "UPDATE bare SET id = id - 1;", UndoVerdict.SchemaOnly, ""),
    ];

    /// <summary>The names, for theories.</summary>
    public static TheoryData<string> Names(IEnumerable<ProofCase> cases) => [.. cases.Select(c => c.Name)];

    internal static ProofCase Values(string name, string up, string down, string mention) =>
        new(name, up, down, UndoVerdict.ValuesDiffer, "alues differ in " + mention);

    internal static ProofCase Schema(string name, string up, string down, string mention) =>
        new(name, up, down, UndoVerdict.SchemaDiffers, mention);

    internal static ProofCase Proven(string name, string up, string down, string compared) =>
        new(name, up, down, UndoVerdict.Proven, compared);
}
