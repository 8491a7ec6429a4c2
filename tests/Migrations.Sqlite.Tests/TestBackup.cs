using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

/// <summary>Backs up, loads and looks at files in a test's folder.</summary>
internal static class TestBackup
{
    public static SqliteDriver Driver { get; } = new();

    /// <summary>A database with one of everything.</summary>
    public const string Everything = """
        CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, half REAL AS (id / 2.0), CHECK (length(name) > 0));
        INSERT INTO users (id, name) VALUES (1, 'a'), (2, 'it''s'), (7, 'ü');
        DELETE FROM users WHERE id = 7;
        CREATE TABLE "odd name" (x, "order", UNIQUE (x)) ;
        INSERT INTO "odd name" VALUES (NULL, 1), (1.5, X'00FF'), ('t', -9223372036854775808), (9e999, -0.0), (0.1 + 0.2, 1e300), (char(97,
            0, 98), CAST(X'FF41' AS TEXT));
        DELETE FROM "odd name" WHERE x = 1.5;
        CREATE TABLE pairs (a TEXT, b TEXT, c, PRIMARY KEY (a, b DESC)) WITHOUT ROWID;
        INSERT INTO pairs VALUES ('b', 'x', 1), ('a', 'y', 2), ('a', 'z', 3);
        CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users ON DELETE CASCADE, body TEXT);
        CREATE VIRTUAL TABLE search USING fts5(body, content='posts', content_rowid='id');
        CREATE VIRTUAL TABLE notes USING fts5(title, body, tokenize='porter');
        CREATE VIRTUAL TABLE bare USING fts5(body, content='');
        CREATE VIRTUAL TABLE boxes USING rtree(id, x1, x2);
        INSERT INTO boxes VALUES (1, 0.5, 1.5), (2, -1, 2);
        CREATE TRIGGER posts_ai AFTER INSERT ON posts BEGIN INSERT INTO search (rowid, body) VALUES (new.id, new.body); END;
        INSERT INTO posts VALUES (10, 1, 'hello world'), (11, 2, 'good night');
        INSERT INTO notes VALUES ('one', 'running dogs'), ('two', 'a cat');
        INSERT INTO bare (rowid, body) VALUES (5, 'kept nowhere');
        CREATE INDEX by_author ON posts (author, body DESC) WHERE author > 0;
        CREATE VIEW a_view AS SELECT * FROM z_view -- which comes later
        ;
        CREATE VIEW z_view AS SELECT name FROM users;
        PRAGMA user_version = 42;
        PRAGMA application_id = 1234;
        ANALYZE;
        """;

    public static DatabaseTarget Target(string path) => Driver.Parse(path, "/")!;

    public static Task<BackupContent> BackUpAsync(
        string source,
        string path,
        BackupFormat format = BackupFormat.Native,
        SessionOptions? session = null,
        CancellationToken cancellationToken = default
    ) =>
        Driver.Backups.BackUpAsync(
            Target(source),
            new BackupJob
            {
                Path = path,
                Format = format,
                Digests = true,
                Session = session ?? new(),
            },
            cancellationToken
        );

    /// <summary>Loads a backup into a new file.</summary>
    public static Task LoadAsync(string backup, string path, BackupFormat format = BackupFormat.Native) =>
        Driver.Backups.LoadAsync(new BackupSource(backup, format), Target(path), new SessionOptions(), CancellationToken.None);

    /// <summary>Counts and digests all tables.</summary>
    public static async Task<IReadOnlyList<TableContent>> ContentAsync(string path)
    {
        await using var session = await Driver.OpenAsync(Target(path), new SessionOptions(), CancellationToken.None);
        return await session.Inspector.ReadContentAsync(digests: true, CancellationToken.None);
    }

    /// <summary>The schema's fingerprint.</summary>
    public static async Task<string> FingerprintAsync(string path)
    {
        await using var session = await Driver.OpenAsync(Target(path), new SessionOptions(), CancellationToken.None);
        return (await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint;
    }

    /// <summary>Asserts that two files hold the same, as far as anybody can ask.</summary>
    public static async Task EqualAsync(string expected, string actual)
    {
        Assert.Equal(await ContentAsync(expected), await ContentAsync(actual));
        Assert.Equal(await FingerprintAsync(expected), await FingerprintAsync(actual));
        Assert.Equal("ok", TestSql.Ask(actual, "PRAGMA integrity_check"));
        foreach (var pragma in (string[])["user_version", "application_id", "encoding"])
            Assert.Equal(TestSql.Ask(expected, "PRAGMA " + pragma), TestSql.Ask(actual, "PRAGMA " + pragma));
    }
}
