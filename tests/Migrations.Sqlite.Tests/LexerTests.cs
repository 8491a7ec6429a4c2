using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

public sealed class LexerTests
{
    [Theory]
    [InlineData("SELECT 'it''s; --' , \"a;\"\"b\", [c;d], `e``;`;", "W L S Q S Q S Q ;")]
    [InlineData("x'00ff' X'--' xy'z'", "L L W L")]
    [InlineData("a--b;\nc", "W C W")]
    [InlineData("a/*;*/b/* * / ;*/c", "W C W C W")]
    [InlineData("1 1.5 .5 1e10 1e-5 0xFF 1a", "N N N N N N N")]
    [InlineData("1-2 a->>'b' c->d e||f", "N S N W S L W S W W S W")]
    [InlineData("?1 ? :a @b $c #d", "P P P P P P")]
    [InlineData("größe x$y _z", "W W W")]
    [InlineData("'open", "L")]
    [InlineData("/* open", "C")]
    [InlineData("[open", "Q")]
    [InlineData("\ufeffSELECT", "W")]
    public void Tokens_are_those_of_sqlite(string sql, string expected)
    {
        var kinds = SqliteLexer
            .Tokenize(sql)
            .Where(t => t.Kind is not SqlTokenKind.WhiteSpace)
            .Select(t =>
                t.Kind switch
                {
                    SqlTokenKind.Word => "W",
                    SqlTokenKind.Literal => "L",
                    SqlTokenKind.QuotedName => "Q",
                    SqlTokenKind.Comment => "C",
                    SqlTokenKind.Number => "N",
                    SqlTokenKind.Parameter => "P",
                    SqlTokenKind.Semicolon => ";",
                    _ => "S",
                }
            );

        Assert.Equal(expected, string.Join(' ', kinds));
    }

    [Fact]
    public void Tokens_joined_are_the_text() =>
        Prop.ForAll(
                SqlTexts(),
                text =>
                    string.Equals(
                        string.Concat(SqliteLexer.Tokenize(text).Select(t => text.Substring(t.Start, t.Length))),
                        text,
                        StringComparison.Ordinal
                    )
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Bytes_and_characters_are_cut_alike() =>
        Prop.ForAll(
                SqlTexts(),
                text =>
                {
                    var bytes = Encoding.UTF8.GetBytes(text);
                    var pieces = new List<string>();
                    var at = 0;
                    while (at < bytes.Length)
                    {
                        var length = SqliteLexer.Scan<byte>(bytes.AsSpan(at), out _, out _);
                        pieces.Add(Encoding.UTF8.GetString(bytes, at, length));
                        at += length;
                    }

                    return pieces.SequenceEqual(
                        SqliteLexer.Tokenize(text).Select(t => text.Substring(t.Start, t.Length)),
                        StringComparer.Ordinal
                    );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Splitting_does_not_depend_on_the_buffer()
    {
        using var folder = new TestFolder();
        Prop.ForAll(
                SqlTexts(),
                ArbMap.Default.ArbFor<byte>(),
                (text, size) =>
                {
                    var script = folder.Script(text) with { Substituted = text };
                    return Statements(script, 16 + size).SequenceEqual(Statements(script, ScriptWindow.UsualSize));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Theory]
    [InlineData("a;b", "a|b")]
    [InlineData("-- c\n a /* x */ ; ; ;\n b -- end", "a|b")]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM b; END; SELECT 1;",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM b; END|SELECT 1"
    )]
    [InlineData(
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END"
    )]
    [InlineData("CREATE TABLE trigger_log (begin_at, end_at); SELECT 1", "CREATE TABLE trigger_log (begin_at, end_at)|SELECT 1")]
    [InlineData("EXPLAIN QUERY PLAN SELECT 1; BEGIN; END; SELECT 2", "EXPLAIN QUERY PLAN SELECT 1|BEGIN|END|SELECT 2")]
    [InlineData("INSERT INTO a VALUES (';', \";\", [;], `;`); b", "INSERT INTO a VALUES (';', \";\", [;], `;`)|b")]
    [InlineData("", "")]
    [InlineData(" -- only a comment", "")]
    public void Statements_end_where_sqlite_ends_them(string sql, string expected)
    {
        using var folder = new TestFolder();
        Assert.Equal(expected, string.Join('|', SqliteDialect.Instance.Split(folder.Script(sql)).Select(s => s.Text)));
    }

    [Fact]
    public void Statements_know_their_line_and_column()
    {
        using var folder = new TestFolder();
        var script = folder.Script("-- x\r\nSELECT 1;  SELECT\r\n 2;\r\n\r\n\tSELECT 3") with { FirstLine = 10 };

        Assert.Equal(
            [(11, 1), (11, 12), (14, 2)],
            SqliteDialect.Instance.Split(script).Select(s => (s.Location.Line, s.Location.Column!.Value))
        );
    }

    [Fact]
    public void Sqlite_cuts_the_same_statements()
    {
        const string Sql = """
            CREATE TABLE a (x); -- one;
            CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE x WHEN 1 THEN 2 END; SELECT ';'; END;
            /* two; */ INSERT INTO a VALUES ('it''s;'), (x'3b'); SELECT [x], "x", `x` FROM a;
            CREATE VIRTUAL TABLE f USING fts5(body, tokenize = 'porter');
            """;
        using var folder = new TestFolder();
        using var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, ":memory:", SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);

        var count = 0;
        foreach (var statement in SqliteDialect.Instance.Split(folder.Script(Sql)))
        {
            handle.Execute(statement.Text);
            count++;
        }

        Assert.Equal(5, count);
        Assert.Equal(3, handle.QueryInt64("SELECT count(*) FROM sqlite_master WHERE name IN ('a', 't', 'f')"));
    }

    private static List<ScriptStatement> Statements(MigrationScript script, int windowSize)
    {
        var statements = new List<ScriptStatement>();
        using var reader = new SqliteStatementReader(script, windowSize);
        while (reader.Read())
            statements.Add(reader.ToStatement());
        return statements;
    }

    private static Arbitrary<string> SqlTexts()
    {
        string[] pieces =
        [
            "'",
            "''",
            "\"",
            "`",
            "[",
            "]",
            "--",
            "/*",
            "*/",
            "\n",
            "\r\n",
            " ",
            ";",
            "x'",
            "CREATE ",
            "TRIGGER ",
            "BEGIN ",
            "END",
            "CASE ",
            "a",
            "1",
            "1e",
            "+",
            "-",
            ">",
            "|",
            "ä",
            "\ud83d\ude00",
            "?",
            ":b",
        ];
        return Gen.Elements(pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary();
    }
}
