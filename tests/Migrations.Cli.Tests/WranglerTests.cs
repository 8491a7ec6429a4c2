namespace Migrations.Cli.Tests;

/// <summary>
/// Beside a real wrangler, with D1 as it runs locally (<see href="https://developers.cloudflare.com/d1/wrangler-commands/"/>).
/// </summary>
public sealed class WranglerTests : IDisposable
{
    private const string Shop =
        "CREATE TABLE kids (id INTEGER PRIMARY KEY, tag TEXT REFERENCES tags (name), half REAL AS (id / 2.0));\n"
        + "CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, kid INTEGER REFERENCES kids, bytes BLOB);\n"
        + "CREATE UNIQUE INDEX tag_name ON tags (name);\n"
        + "CREATE INDEX kids_by_tag ON kids (tag);\n"
        + "INSERT INTO tags (name, bytes) VALUES ('it''s; a' || char(13, 10) || 'b', x'00ff'), ('c', NULL);\n"
        + "INSERT INTO kids (id, tag) VALUES (7, 'c');\n"
        + "UPDATE tags SET kid = 7;\n"
        + "CREATE VIEW all_kids AS SELECT * FROM kids;\n"
        + "CREATE TRIGGER loud AFTER INSERT ON kids BEGIN UPDATE tags SET name = name || '!' WHERE name = NEW.tag; END;\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_runs_nothing_that_create_wrote_but_the_migration()
    {
        var wrangler = Project(_folder.Path);
        _folder.Write("migrations/0001_shop.sql", Shop);
        await wrangler.RunAsync("d1", "migrations", "apply", "shop", "--local");

        await OutputAsync("create", "rebuild tags", "--path", _folder["migrations"]);

        File.AppendAllText(_folder["migrations/0002_rebuild_tags.sql"], "ALTER TABLE tags ADD COLUMN kind TEXT;\n");
        var undo = Assert.Single(Directory.GetFiles(_folder["migrations"], "*.sql", SearchOption.AllDirectories), IsUndo);
        File.AppendAllText(undo, "DROP TABLE tags;\n");
        var listed = await wrangler.RunAsync("d1", "migrations", "list", "shop", "--local");
        Assert.Equal(["0002_rebuild_tags.sql"], listed.Split(' ', '\n', '│').Where(w => w.EndsWith(".sql", StringComparison.Ordinal)));
        await wrangler.RunAsync("d1", "migrations", "apply", "shop", "--local");
        Assert.Contains("kind", await OutputAsync("schema", "--database", DatabaseOf(_folder.Path)), StringComparison.Ordinal);
        Assert.DoesNotContain("_cf_", await OutputAsync("diff", DatabaseOf(_folder.Path), _folder["migrations"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_exports_is_restored()
    {
        var wrangler = Project(_folder.Path);
        await wrangler.RunAsync("d1", "execute", "shop", "--local", "--file", _folder.Write("shop.sql", Shop));
        await wrangler.RunAsync("d1", "export", "shop", "--local", "--output", _folder["export.sql"]);

        await OutputAsync("restore", _folder["export.sql"], "--database", _folder["restored.db"], "--yes");

        await SameAsync(DatabaseOf(_folder.Path), _folder["restored.db"]);
    }

    [Fact]
    public async Task It_loads_a_backup_that_is_a_script()
    {
        var wrangler = Project(_folder["new"]);
        var (database, backups) = (_folder["app.db"], Directory.CreateDirectory(_folder["backups"]).FullName);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=False"))
            await ExecuteAsync(
                connection,
                Shop
                    + "CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB);\n"
                    + "CREATE VIRTUAL TABLE search USING fts5(name, content='tags', content_rowid='id');\n"
                    + "INSERT INTO search (search) VALUES ('rebuild');\n"
                    + "ANALYZE;\n"
            );
        await OutputAsync("backup", "--database", database, "-t", backups, "--format", "sql", "--exclude", "_cf_*");
        var script = Assert.Single(Directory.GetFiles(backups, "*.sql"));

        await wrangler.RunAsync("d1", "execute", "shop", "--local", "--file", script);

        await SameAsync(database, DatabaseOf(_folder["new"]));
    }

    [Fact]
    public async Task It_runs_a_script_once_which_leaves_what_up_does()
    {
        var wrangler = Project(_folder.Path);
        await wrangler.RunAsync("d1", "execute", "shop", "--local", "--command", "SELECT 1");
        var (database, reference, script) = (DatabaseOf(_folder.Path), _folder["up.db"], _folder["release.sql"]);
        File.Copy(database, reference);
        _folder.Write("migrations/0001_shop.sql", Shop);
        _folder.Write(
            "migrations/0002_kind.sql",
            "-- Description: kinds\nALTER TABLE tags ADD COLUMN kind TEXT;\nUPDATE tags SET kind = 'x';\n"
        );
        await OutputAsync("up", "--database", reference, "--path", _folder["migrations"]);

        await OutputAsync("script", "--for", "d1", "--database", database, "--path", _folder["migrations"], "--output-file", script);
        await wrangler.RunAsync("d1", "execute", "shop", "--local", "--file", script);

        await SameAsync(reference, database);
        const string journal =
            "SELECT group_concat(version || name || coalesce(description, '') || direction || event || checksum || success, char(10)) "
            + "FROM migration_journal";
        Assert.Equal(await ScalarAsync(reference, journal), await ScalarAsync(database, journal));
        Assert.Equal(
            "0001_shop.sql 0002_kind.sql",
            await ScalarAsync(database, "SELECT group_concat(name, ' ') FROM (SELECT name FROM d1_migrations ORDER BY id)")
        );
        Assert.Contains(
            "No migrations to apply",
            await wrangler.RunAsync("d1", "migrations", "list", "shop", "--local"),
            StringComparison.Ordinal
        );
        var again = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            wrangler.RunAsync("d1", "execute", "shop", "--local", "--file", script)
        );
        Assert.Contains("the migration history is not as it was", again.Message, StringComparison.Ordinal);
        await SameAsync(reference, database);
    }

    /// <summary>A project of wrangler's with one database.</summary>
    private static OtherProgram Project(string folder)
    {
        var program = new OtherProgram(Prerequisite.Wrangler(), Directory.CreateDirectory(folder).FullName);
        File.WriteAllText(
            Path.Combine(folder, "wrangler.toml"),
            "name = \"shop\"\ncompatibility_date = \"2024-09-01\"\n[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"shop\"\n"
                + "database_id = \"99999999-9999-4999-8999-999999999999\"\n"
        );
        return program;
    }

    /// <summary>The file in which wrangler keeps the database.</summary>
    private static string DatabaseOf(string folder) =>
        Assert.Single(
            Directory.GetFiles(Path.Combine(folder, ".wrangler", "state", "v3", "d1"), "*.sqlite", SearchOption.AllDirectories),
            f => Path.GetFileName(f) is not "metadata.sqlite"
        );

    private static bool IsUndo(string path) =>
        !Path.GetFileName(path).StartsWith("0001_", StringComparison.Ordinal)
        && !path.EndsWith("0002_rebuild_tags.sql", StringComparison.Ordinal);

    private static async Task SameAsync(string left, string right)
    {
        Assert.StartsWith("No difference", await OutputAsync("diff", left, right), StringComparison.Ordinal);
        Assert.Equal(await RowsAsync(left), await RowsAsync(right));
    }

    private static Task<string> RowsAsync(string database) =>
        ScalarAsync(
            database,
            "SELECT (SELECT group_concat(id || quote(name) || kid || quote(bytes)) FROM tags) || (SELECT group_concat(id || "
                + "tag || half) FROM kids)"
        );

    private static async Task<string> ScalarAsync(string database, string query)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        await connection.OpenAsync();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA foreign_keys = OFF;\n" + sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }
}
