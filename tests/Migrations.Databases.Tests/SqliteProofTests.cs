namespace Migrations.Databases.Tests;

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
