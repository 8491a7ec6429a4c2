using Migrations.Generating;
using Migrations.Planning;
using Migrations.Schema;

namespace Migrations.Databases.Tests;

/// <summary>The undo of a migration is worked out from what the migration does, and written only when a rehearsal proves it.</summary>
public abstract class UndoDerivationConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Base = """
        CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text, age integer);
        CREATE TABLE posts (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE, body text);
        CREATE TABLE logs (line text);
        CREATE INDEX posts_user ON posts (user_id);
        CREATE VIEW names AS SELECT id, name FROM users;
        INSERT INTO users VALUES (1, 'ann', 'ann@x', 30), (2, 'bob', NULL, 40);
        INSERT INTO posts VALUES (1, 1, 'first'), (2, 1, 'second'), (3, 2, 'third');
        """;

    /// <summary>Changes that both databases know; each is a migration without an undo.</summary>
    private static readonly string[] Shared =
    [
        "ALTER TABLE users ADD COLUMN nick text;",
        "ALTER TABLE users DROP COLUMN age;",
        "ALTER TABLE users RENAME COLUMN email TO mail;",
        "ALTER TABLE posts RENAME TO articles;",
        "CREATE UNIQUE INDEX users_mail ON users (mail);",
        "DROP INDEX posts_user;",
        "DROP VIEW names;\nCREATE VIEW names AS SELECT id, name, nick FROM users WHERE nick IS NOT NULL;",
        "CREATE TABLE tags (id integer PRIMARY KEY, name text NOT NULL UNIQUE, article integer REFERENCES articles (id));",
        "INSERT INTO tags (id, name) VALUES (1, 'it''s'), (2, 'b');\nINSERT INTO tags (id, name) VALUES (3, 'c');",
        "ALTER TABLE tags ADD COLUMN weight integer NOT NULL DEFAULT 5;\nUPDATE tags SET weight = 7 WHERE id = 2;",
        "DROP VIEW names;",
        "DROP TABLE tags;",
    ];

    protected override bool NeedsCopies => true;

    /// <summary>Changes of this kind of database.</summary>
    protected abstract IReadOnlyList<string> Own { get; }

    /// <summary>Every change is undone, on a database with rows: no row of a table that stays is gone.</summary>
    [Fact]
    public async Task The_undo_of_every_change_is_derived_and_restores_the_schema_on_the_database()
    {
        Write("001_base.sql", Base);
        string[] changes = [.. Shared, .. Own];
        for (var i = 0; i < changes.Length; i++)
            Write($"{i + 2:000}_change.sql", changes[i] + "\n");

        var results = await DeriveAsync(new UndoDerivationRequest());

        Assert.All(results, r => Assert.True(r.Outcome == GenerationOutcome.Written, $"{r.Name}: {string.Join(' ', r.Reasons)}"));
        Assert.Equal(changes.Length + 1, results.Count);
        var before = new List<(SchemaSnapshot Schema, string Rows)>();
        for (var i = 0; i < changes.Length + 1; i++)
        {
            await ApplyAsync(new ApplyRequest { First = 1 });
            before.Add((await SchemaAsync(), await RowsAsync()));
        }

        for (var i = changes.Length; i > 0; i--)
        {
            await Engine().UndoAsync(new UndoRequest { AcceptDataLoss = true });
            var now = await SchemaAsync();
            var differences = SchemaComparison.Compare(before[i - 1].Schema, now).Where(d => !d.IsColumnOrder);
            Assert.True(
                !differences.Any(),
                $"after {changes[i - 1]}: {string.Join("; ", differences.Select(d => $"{d.Kind} {d.Name} {d.Right}"))}"
            );
            Assert.Equal(before[i - 1].Rows, await RowsAsync());
        }
    }

    [Theory]
    [InlineData("UPDATE users SET name = 'x';", "Line 1: UPDATE")]
    [InlineData("-- why\nDELETE FROM posts WHERE id = 1;", "Line 2: DELETE")]
    [InlineData("INSERT INTO posts SELECT id + 10, id, name FROM users;", "INSERT INTO")]
    [InlineData("INSERT INTO logs VALUES ('no key');", "INSERT INTO")]
    public async Task A_change_of_rows_that_nothing_takes_back_is_said_to_be_irreversible(string change, string reason)
    {
        Write("001_base.sql", Base);
        Write("001_base.down.sql", "DROP VIEW names;\nDROP TABLE posts;\nDROP TABLE users;\nDROP TABLE logs;\n");
        Write("002_change.sql", change + "\n");

        var result = Assert.Single(await DeriveAsync(new UndoDerivationRequest()));

        Assert.Equal((GenerationOutcome.Refused, "002_change"), (result.Outcome, result.Name));
        Assert.Contains(reason, Assert.Single(result.Reasons), StringComparison.Ordinal);
        Assert.False(File.Exists(FileOf("002_change.down.sql")));
    }

    [Theory]
    [InlineData("001_a.up.sql", "001_a.down.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n")]
    [InlineData("0001_a.sql", "rollback/0001_rollback.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n")]
    [InlineData("V1__a.sql", "U1__a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n")]
    [InlineData("20240101120000_a/up.sql", "20240101120000_a/down.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n")]
    [InlineData("001_a.sql", "001_a.sql", "-- +goose Up\nCREATE TABLE a (id integer PRIMARY KEY);\n")]
    public async Task It_is_written_where_the_layout_wants_it_and_the_migration_keeps_its_checksum(string file, string undo, string up)
    {
        Write(file, up);
        await ApplyAsync();

        var result = Assert.Single(await DeriveAsync(new UndoDerivationRequest { Migration = "a" }));

        Assert.Equal(FileOf(undo), Assert.Single(result.Files));
        Assert.Contains(
            "DROP TABLE",
            await File.ReadAllTextAsync(FileOf(undo), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        var status = Assert.Single(await Engine().GetStatusAsync());
        Assert.Equal((MigrationState.Applied, ScriptChange.None, true), (status.State, status.Change, status.HasUndo));
        await Engine().UndoAsync(new UndoRequest { AcceptDataLoss = true });
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task A_good_undo_is_kept_and_a_wrong_one_replaced()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Migration("002_b", "CREATE TABLE b (id integer);\nCREATE TABLE c (id integer);\n", "DROP TABLE b;\n");

        _ = await ThrowsAsync<MigrationException>(
            ErrorId.GenerationRefused,
            () => DeriveAsync(new UndoDerivationRequest { Migration = "001" })
        );
        var replaced = Assert.Single(await DeriveAsync(new UndoDerivationRequest { Migration = "002" }));

        Assert.Equal(GenerationOutcome.Written, replaced.Outcome);
        var text = await File.ReadAllTextAsync(FileOf("002_b.down.sql"), TestContext.Current.CancellationToken);
        Assert.Contains("DROP TABLE", text[text.IndexOf("DROP TABLE", StringComparison.Ordinal)..][1..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_written_is_shown_and_nothing_is()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY);\n");
        var result = Assert.Single(await DeriveAsync(new UndoDerivationRequest { WhatIf = true }));
        Assert.Equal(GenerationOutcome.WhatIf, result.Outcome);
        Assert.Contains("Loses the table", result.Down, StringComparison.Ordinal);
        Assert.Equal([FileOf("001_a.sql")], Directory.GetFiles(Folder));
    }

    protected async Task<IReadOnlyList<GeneratedMigration>> DeriveAsync(UndoDerivationRequest request) =>
        await new UndoDerivation(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(request, TestContext.Current.CancellationToken);

    private async Task<SchemaSnapshot> SchemaAsync()
    {
        await using var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions(), TestContext.Current.CancellationToken);
        return await session.Inspector.ReadSchemaAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The rows of the tables that no migration drops.</summary>
    private async Task<string> RowsAsync()
    {
        await using var session = await Kind.Driver.OpenAsync(Target(), new SessionOptions(), TestContext.Current.CancellationToken);
        var content = await session.Inspector.ReadContentAsync(digests: false, TestContext.Current.CancellationToken);
        return string.Join(
            ", ",
            content
                .Where(c => !c.Table.Contains("journal", StringComparison.Ordinal) && !c.Table.EndsWith("tags", StringComparison.Ordinal))
                .Select(c => $"{c.Table} {c.Rows}")
                .Order()
        );
    }
}

public sealed class SqliteUndoDerivationTests() : UndoDerivationConformance(DatabaseKind.Sqlite)
{
    protected override IReadOnlyList<string> Own =>
        [
            // Rebuilds: another type, a key that goes, a table without rowid.
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY AUTOINCREMENT, name text, mail text, nick text);\n"
                + "INSERT INTO new_users SELECT id, name, mail, nick FROM users;\nDROP TABLE users;\n"
                + "ALTER TABLE new_users RENAME TO users;\nCREATE UNIQUE INDEX users_mail ON users (mail);",
            "CREATE TRIGGER t AFTER INSERT ON articles BEGIN UPDATE users SET name = name WHERE id = new.user_id; END;",
            "ALTER TABLE users ADD COLUMN score INTEGER CHECK (score > 0);",
            "ALTER TABLE users ADD COLUMN boss INTEGER REFERENCES users (id);",
            "CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;\nINSERT INTO pairs VALUES ('x', 'y');",
            "INSERT INTO pairs VALUES ('p', 'q'), ('p', 'r');",
            "CREATE VIRTUAL TABLE found USING fts5(body, content='articles', content_rowid='id');",
        ];
}

public sealed class PostgreSqlUndoDerivationTests() : UndoDerivationConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task Values_that_become_others_are_not_taken_for_those_of_a_column_that_goes()
    {
        Write("001_a.sql", "CREATE TABLE a (id integer PRIMARY KEY, n numeric(10, 2), gone text);\nINSERT INTO a VALUES (1, 1.50, 'x');\n");
        Write("001_a.down.sql", "DROP TABLE a;\n");
        Write("002_b.sql", "ALTER TABLE a ALTER COLUMN n TYPE integer, DROP COLUMN gone;\n");
        var result = Assert.Single(await DeriveAsync(new UndoDerivationRequest()));
        Assert.Equal(GenerationOutcome.Refused, result.Outcome);
        Assert.StartsWith("values differ in ", result.Reasons[0], StringComparison.OrdinalIgnoreCase);
    }

    protected override IReadOnlyList<string> Own =>
        [
            "CREATE TYPE mood AS ENUM ('sad', 'glad');\nALTER TABLE users ADD COLUMN mood mood DEFAULT 'glad';",
            "CREATE VIEW moods AS SELECT id, mood FROM users;\nCOMMENT ON VIEW moods IS 'how they are';",
            "ALTER TYPE mood ADD VALUE 'so so' AFTER 'sad';",
            "ALTER TABLE users ADD COLUMN born date, ADD CONSTRAINT born_late CHECK (born > '1900-01-01');",
            "ALTER TABLE users ALTER COLUMN name DROP NOT NULL, ALTER COLUMN name SET DEFAULT 'no one';",
            "ALTER TABLE articles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;",
            "CREATE TABLE notes (id serial PRIMARY KEY, text varchar(20));\nCREATE INDEX ON notes (text);",
            "ALTER TABLE notes ALTER COLUMN text TYPE text;",
            "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$ SELECT n * 2 $$;",
            "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$ SELECT n + n $$;",
            "CREATE MATERIALIZED VIEW doubled AS SELECT id, twice(id) AS two FROM users;\nCREATE INDEX doubled_id ON doubled (id);",
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;\n"
                + "CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
            "ALTER TABLE articles DROP CONSTRAINT posts_user_id_fkey;",
            "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON users USING (id = 1);",
            "CREATE SCHEMA other;\n"
                + "CREATE TABLE other.things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id integer REFERENCES users);",
            "COMMENT ON COLUMN users.name IS 'full name';",
        ];
}
