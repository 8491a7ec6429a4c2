using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

/// <summary>Connections behave as those of the sqlite3 shell, whatever the library was built with.</summary>
public sealed class ConnectionSettingsTests : IDisposable
{
    // What the shell of Debian accepts, and applications have: texts in double quotes, in every place where a schema can have them.
    private const string QuotedTexts = """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT "d" CHECK (a <> "x"), b TEXT);
        CREATE INDEX i ON t (a) WHERE a <> "y";
        CREATE INDEX e ON t (coalesce(a, "none"));
        CREATE VIEW v AS SELECT id, "text" AS kind FROM t WHERE a <> "z";
        CREATE TRIGGER r AFTER INSERT ON t WHEN new.a = "w" BEGIN UPDATE t SET b = "seen" WHERE id = new.id; END;
        INSERT INTO t (a) VALUES ("w"), ('q');
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PRAGMA foreign_keys", "1")]
    [InlineData("PRAGMA recursive_triggers", "0")]
    [InlineData("PRAGMA synchronous", "2")]
    [InlineData("PRAGMA legacy_alter_table", "0")]
    [InlineData("PRAGMA trusted_schema", "1")]
    [InlineData("PRAGMA writable_schema", "0")]
    [InlineData("PRAGMA secure_delete", "0")]
    [InlineData("PRAGMA auto_vacuum", "0")]
    [InlineData("SELECT \"no such column\"", "no such column")]
    public async Task They_are_those_of_the_shell(string question, string answer)
    {
        await _folder.RunAsync("CREATE TABLE a (x)");
        using var handle = await SqliteOpening.OpenAsync(_folder.Target, _folder.Options with { Access = SessionAccess.Write }, default);

        Assert.Equal(answer, handle.QueryText(question));
    }

    [Fact]
    public void A_setting_is_read_back_and_one_that_the_library_does_not_know_is_not_taken_for_set()
    {
        const int Defensive = 1010;
        using var handle = TestSql.Open(SqliteTarget.Memory);
        var api = handle.Api;

        Assert.Equal(
            [true, false],
            new[] { api.Configure(handle.Pointer, Defensive, true), api.Configure(handle.Pointer, Defensive, false) }
        );
        Assert.Null(api.Configure(handle.Pointer, 1999, on: true));
    }

    [Fact]
    public void A_library_that_keeps_a_setting_is_an_error_with_a_way_out()
    {
        var error = ConnectionSettings.Refused("SQLITE_DBCONFIG_DQS_DDL", 1);

        Assert.Equal(ErrorId.DatabaseInvalid, error.Id);
        Assert.Contains("does not set SQLITE_DBCONFIG_DQS_DDL to 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(SqliteLibrary.OverrideVariable, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO t (a) VALUES (\"w\"); UPDATE t SET a = \"v\" WHERE a = \"q\";", "1 w seen,2 v ,3 w seen")]
    [InlineData("ALTER TABLE t RENAME TO s; ALTER TABLE s RENAME TO t;", "1 w seen,2 q ")]
    [InlineData("ALTER TABLE t RENAME COLUMN b TO c; ALTER TABLE t RENAME COLUMN c TO b;", "1 w seen,2 q ")]
    [InlineData("ALTER TABLE t ADD COLUMN c TEXT DEFAULT \"k\" CHECK (c <> \"l\"); ALTER TABLE t DROP COLUMN c;", "1 w seen,2 q ")]
    [InlineData("DROP INDEX e; DROP VIEW v; DROP TRIGGER r; REINDEX;", "1 w seen,2 q ")]
    [InlineData("ANALYZE; PRAGMA integrity_check; SELECT * FROM v;", "1 w seen,2 q ")]
    public async Task Texts_in_double_quotes_work_in_scripts(string script, string rows)
    {
        TestSql.Run(_folder.Database, QuotedTexts);
        await _folder.RunAsync(script);

        Assert.Equal(rows, _folder.Ask("SELECT group_concat(id || ' ' || a || ' ' || coalesce(b, '')) FROM t"));
    }

    [Fact]
    public async Task Texts_in_double_quotes_work_in_VACUUM()
    {
        TestSql.Run(_folder.Database, QuotedTexts);
        await _folder.RunAsync("VACUUM;");

        Assert.Equal("ok", _folder.Ask("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_URI_names_a_file()
    {
        var other = System.IO.Path.Combine(_folder.Path, "other.db");
        TestSql.Run(other, "CREATE TABLE o (x); INSERT INTO o VALUES (7)");
        await _folder.RunAsync(
            $"ATTACH 'file:{other}?mode=ro' AS other; CREATE TABLE a AS SELECT * FROM other.o;",
            new MigrationHeader { Transaction = false }
        );

        Assert.Equal("7", _folder.Ask("SELECT x FROM a"));
    }
}
