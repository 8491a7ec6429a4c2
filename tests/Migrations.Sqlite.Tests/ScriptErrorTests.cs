using Migrations.Events;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

/// <summary>How the errors of a script are said, and what is in the database after them.</summary>
public sealed class ScriptErrorTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TABLE a (x);\n-- ü\nSELECT 'ü' FRM a;", 3, 16, "near \"a\": syntax error", "SQLITE_ERROR (1)")]
    [InlineData(
        "CREATE TABLE a (x NOT NULL);\n\n  INSERT INTO a VALUES (NULL);",
        3,
        3,
        "NOT NULL constraint failed: a.x",
        "SQLITE_CONSTRAINT_NOTNULL (1299)"
    )]
    [InlineData(
        "CREATE TABLE a (x UNIQUE);\nINSERT INTO a VALUES (1), (1);",
        2,
        1,
        "UNIQUE constraint failed: a.x",
        "SQLITE_CONSTRAINT_UNIQUE (2067)"
    )]
    [InlineData("CREATE TABLE a (x);\nSELECT * FROM", 2, 14, "incomplete input", "SQLITE_ERROR (1)")]
    public async Task An_error_names_line_column_code_and_statement_and_leaves_nothing(
        string sql,
        int line,
        int column,
        string words,
        string code
    )
    {
        var error = await _folder.FailAsync(sql);

        Assert.Equal((line, column), (error.Location!.Line, error.Location.Column!.Value));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(code, error.Code);
        Assert.StartsWith(
            sql.Split('\n')[line - 1].Trim()[..4].TrimEnd(),
            error
                .Statement!.Split('\n')
                .First(l => l.Trim().StartsWith(sql.Split('\n')[line - 1].Trim()[..4].TrimEnd(), StringComparison.Ordinal))
                .Trim(),
            StringComparison.Ordinal
        );
        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM sqlite_master"));
    }

    [Fact]
    public async Task Newer_libraries_tell_the_place_of_an_unknown_name()
    {
        Assert.SkipWhen(SqliteLibrary.Current.Number < 3038000, "SQLite tells it since 3.38.");
        var error = await _folder.FailAsync("CREATE TABLE a (x);\nINSERT INTO a\n  VALUES (1), (nope);");
        Assert.Equal((3, 16), (error.Location!.Line, error.Location.Column));
    }

    [Fact]
    public async Task A_long_script_tells_how_far_it_is()
    {
        var slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT count(*) FROM n;\n";
        await _folder.RunAsync(slow + slow + slow);

        var told = _folder.Events.OfType<ScriptAdvanced>().ToList();
        Assert.NotEmpty(told);
        Assert.All(told, e => Assert.Equal(3 * slow.Length, e.Total));
    }

    [Fact]
    public async Task A_syntax_error_at_line_40_points_to_its_word()
    {
        var error = await _folder.FailAsync(
            string.Concat(Enumerable.Range(1, 39).Select(i => $"CREATE TABLE t{i} (x);\n")) + "CREATE TABEL t40 (x);\nCREATE TABLE t41 (x);"
        );

        Assert.Equal((40, 8), (error.Location!.Line, error.Location.Column));
        Assert.Equal("CREATE TABEL t40 (x)", error.Statement);
        Assert.Equal("CREATE ".Length, error.StatementOffset);
        Assert.Contains("migrations status", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_the_library_lacks_is_explained()
    {
        var error = await _folder.FailAsync("SELECT jsonb_pretty_unknown(1);");
        Assert.Contains(SqliteLibrary.Current.ToString(), error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such function: unixepoch", "unixepoch() needs SQLite 3.38")]
    [InlineData("unknown function: concat()", "concat() needs SQLite 3.44")]
    [InlineData("unknown table option: STRICT", "STRICT needs SQLite 3.37")]
    [InlineData("no such function: soundex", "soundex() is not part of SQLite 3.53.4 (bundled)")]
    [InlineData("no such table: dbstat", "MIGRATIONS_SQLITE_LIBRARY can name a library that has it")]
    [InlineData("near \"LIMIT\": syntax error", "LIMIT in UPDATE and DELETE is not part of SQLite 3.53.4 (bundled)")]
    [InlineData("near \"ORDER\": syntax error", "WHERE rowid IN (SELECT rowid ... LIMIT 10)")]
    [InlineData("FOREIGN KEY constraint failed", "Foreign-Keys: off")]
    public void What_older_libraries_say_is_explained(string message, string hint) =>
        Assert.Contains(hint, SqliteHints.For(new SqliteFailure(1, message)), StringComparison.Ordinal);

    [Theory]
    [InlineData("SELECT soundex('a')", "soundex()")]
    [InlineData("SELECT * FROM dbstat", "dbstat")]
    [InlineData("UPDATE a SET x = 1 LIMIT 1", "LIMIT")]
    [InlineData("DELETE FROM a ORDER BY x LIMIT 1", "LIMIT")]
    public async Task What_the_bundled_library_lacks_is_explained(string statement, string what)
    {
        var error = await _folder.FailAsync($"CREATE TABLE a (x);\n{statement};");
        Assert.Contains(what, error.Hint, StringComparison.Ordinal);
        Assert.Contains(SqliteLibrary.OverrideVariable, error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BEGIN TRANSACTION;\nCREATE TABLE a (x);\nCOMMIT;")]
    [InlineData("begin exclusive; CREATE TABLE a (x); end transaction;")]
    [InlineData("PRAGMA foreign_keys=OFF; /* c */ BEGIN; CREATE TABLE a (x); COMMIT; PRAGMA foreign_keys=ON; ANALYZE;")]
    [InlineData("SAVEPOINT s; CREATE TABLE a (x); RELEASE s;")]
    [InlineData("SAVEPOINT s; CREATE TABLE a (x);")]
    public async Task A_wrapper_of_its_own_is_taken_off(string sql)
    {
        await _folder.RunAsync(sql);

        Assert.Equal("a", _folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
        Assert.Equal("1", _folder.Ask("SELECT count(*) FROM migration_journal"));
    }

    [Fact]
    public async Task A_wrapper_does_not_make_a_failed_script_half_done()
    {
        await _folder.FailAsync("BEGIN; CREATE TABLE a (x); COMMIT; SELECT nope;");
        Assert.Null(_folder.Ask("SELECT name FROM sqlite_master WHERE name = 'a'"));
    }

    [Fact]
    public async Task A_rollback_in_a_script_is_noticed()
    {
        var error = await _folder.FailAsync("CREATE TABLE a (x);\nROLLBACK;\nCREATE TABLE b (x);");

        Assert.Equal((ErrorId.TransactionUnbalanced, 2), (error.Id, error.Location!.Line));
        Assert.Equal("0", _folder.Ask("SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b')"));
    }
}
