using Migrations.Sql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

public sealed class SplitterTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2", "SELECT 1|SELECT 2")]
    [InlineData("SELECT 1;;;\n ; SELECT 2;", "SELECT 1|SELECT 2")]
    [InlineData("SELECT 1 -- last, no line end", "SELECT 1")]
    [InlineData("-- only a comment", "")]
    [InlineData("", "")]
    [InlineData("SELECT 'a;b''c;'; SELECT 2", "SELECT 'a;b''c;'|SELECT 2")]
    [InlineData(@"SELECT 'a\'; SELECT 2", @"SELECT 'a\'|SELECT 2")]
    [InlineData(@"SELECT E'a\';b'; SELECT 2", @"SELECT E'a\';b'|SELECT 2")]
    [InlineData(@"SELECT e'a\\'; SELECT 2", @"SELECT e'a\\'|SELECT 2")]
    [InlineData("SELECT E'a'\n  'b\\';c'; SELECT 2", "SELECT E'a'\n  'b\\';c'|SELECT 2")]
    [InlineData("SELECT E'a' -- why\n -- how\n 'b\\';c'; SELECT 2", "SELECT E'a' -- why\n -- how\n 'b\\';c'|SELECT 2")]
    [InlineData(@"SELECT note'a\'; SELECT 2", @"SELECT note'a\'|SELECT 2")]
    [InlineData(@"SELECT U&'d\0061t;\'; SELECT 2", @"SELECT U&'d\0061t;\'|SELECT 2")]
    [InlineData("SELECT U&\"a;b\", B'1;', X'1;', N'1;'; SELECT 2", "SELECT U&\"a;b\", B'1;', X'1;', N'1;'|SELECT 2")]
    [InlineData("SELECT u & 'a;'; SELECT 2", "SELECT u & 'a;'|SELECT 2")]
    [InlineData("SELECT \"a;\"\"b;\"; SELECT 2", "SELECT \"a;\"\"b;\"|SELECT 2")]
    [InlineData("SELECT /* ; /* ; */ ; */ 1; SELECT 2", "SELECT /* ; /* ; */ ; */ 1|SELECT 2")]
    [InlineData("SELECT /*/* */*/ 1; SELECT 2", "SELECT /*/* */*/ 1|SELECT 2")]
    [InlineData("SELECT /***/ 1; SELECT 2", "SELECT /***/ 1|SELECT 2")]
    [InlineData("SELECT 1 -- ; '\n; SELECT 2", "SELECT 1|SELECT 2")]
    [InlineData("SELECT 1 -- ; '\r; SELECT 2", "SELECT 1|SELECT 2")]
    [InlineData("SELECT $$ a; ' $x$ $$; SELECT 2", "SELECT $$ a; ' $x$ $$|SELECT 2")]
    [InlineData("SELECT $a$ $b$ ; $a $a$; SELECT 2", "SELECT $a$ $b$ ; $a $a$|SELECT 2")]
    [InlineData("SELECT $ä_1$ ; $ä_1$; SELECT 2", "SELECT $ä_1$ ; $ä_1$|SELECT 2")]
    [InlineData("SELECT a$b$c; SELECT b$b$", "SELECT a$b$c|SELECT b$b$")]
    [InlineData("SELECT 1$$a;$$; SELECT 2", "SELECT 1$$a;$$|SELECT 2")]
    [InlineData("PREPARE p AS SELECT $1; SELECT 2", "PREPARE p AS SELECT $1|SELECT 2")]
    [InlineData("SELECT 2*-- ;\n3; SELECT 2", "SELECT 2*-- ;\n3|SELECT 2")]
    [InlineData("SELECT 2-/* ; */3, 4@/* ; */5; SELECT 2", "SELECT 2-/* ; */3, 4@/* ; */5|SELECT 2")]
    [InlineData(
        "SELECT '{}'::jsonb #>> '{a}', b #- '{;}', x->>'y', 1<--;\n2; SELECT 2",
        "SELECT '{}'::jsonb #>> '{a}', b #- '{;}', x->>'y', 1<--;\n2|SELECT 2"
    )]
    [InlineData(
        "CREATE RULE r AS ON INSERT TO t DO (UPDATE a SET b = 1; DELETE FROM c); SELECT 2",
        "CREATE RULE r AS ON INSERT TO t DO (UPDATE a SET b = 1; DELETE FROM c)|SELECT 2"
    )]
    [InlineData("SELECT 1); SELECT 2", "SELECT 1)|SELECT 2")]
    [InlineData(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 2",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END|SELECT 2"
    )]
    [InlineData(
        "CREATE PROCEDURE p() BEGIN/**/ATOMIC SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END ELSE 1 END; SELECT 2; END; SELECT 2",
        "CREATE PROCEDURE p() BEGIN/**/ATOMIC SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END ELSE 1 END; SELECT 2; END|SELECT 2"
    )]
    [InlineData(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end, t.case FROM t; SELECT 2; END; SELECT 2",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end, t.case FROM t; SELECT 2; END|SELECT 2"
    )]
    [InlineData(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1END; END; SELECT 2",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1END; END|SELECT 2"
    )]
    [InlineData("BEGIN; SELECT atomic; END; SELECT 2", "BEGIN|SELECT atomic|END|SELECT 2")]
    [InlineData("\\restrict abc';\nSELECT 1;\n\\unrestrict abc\n", "SELECT 1")]
    [InlineData("SELECT 1.5e-3, 1e5, 0x1F, .5, 1..2; SELECT 2", "SELECT 1.5e-3, 1e5, 0x1F, .5, 1..2|SELECT 2")]
    public void Statements_are_cut_where_the_server_ends_them(string script, string expected) =>
        Assert.Equal(expected, string.Join('|', Scripts.Split(script)));

    [Fact]
    public void Data_of_a_copy_are_no_statements()
    {
        var pieces = Scripts.Pieces("COPY t (a, b) FROM stdin; -- data\n1\t';\n$$\\N\n\\.\nSELECT 1;");
        Assert.Equal(["1\t';\n$$\\N\n", "\\.\n"], pieces.Where(p => p.Kind == SqlPieceKind.CopyData).Select(p => p.Text));
        Assert.Equal(["COPY t (a, b) FROM stdin", "SELECT 1"], pieces.Where(p => p.Kind == SqlPieceKind.Statement).Select(p => p.Text));
        Assert.True(pieces.First(p => p.Kind == SqlPieceKind.Statement).CopiesFromClient);
    }

    [Fact]
    public void A_copy_from_a_file_has_no_data() =>
        Assert.Equal(["COPY t FROM '/stdin'", "SELECT 1"], Scripts.Split("COPY t FROM '/stdin';\nSELECT 1;"));

    [Fact]
    public void A_statement_knows_its_line_and_column()
    {
        var statements = new PostgreSqlDialect()
            .Split(Scripts.Of("-- x\n\n  SELECT 'a\nb'; SELECT 2;\r\nSELECT 3") with { FirstLine = 11 })
            .ToList();
        Assert.Equal([(13, 3), (14, 5), (15, 1)], statements.Select(s => (s.Location.Line, s.Location.Column ?? 0)));
        Assert.Equal([0, 1, 2], statements.Select(s => s.Index));
    }

    [Theory]
    [InlineData("SELECT 1;\nSELECT 'a\nb", 2, "literal")]
    [InlineData("SELECT 1;\n\n/* a /* b */\n", 3, "comment")]
    [InlineData("SELECT\n $x$ a $y$", 2, "literal")]
    [InlineData("SELECT\n \"a", 2, "quoted name")]
    [InlineData("CREATE TABLE t\n(a int;\nSELECT 1;", 2, "parenthesis or BEGIN ATOMIC body")]
    [InlineData("CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC\nSELECT 1;", 2, "parenthesis or BEGIN ATOMIC body")]
    public void What_does_not_end_is_told_with_the_line_where_it_begins(string script, int line, string what)
    {
        var piece = Assert.Single(Scripts.Pieces(script), p => p.UnterminatedLine is not null);
        Assert.Equal((line, what), (piece.UnterminatedLine, piece.Unterminated));
    }

    [Fact]
    public void Tokens_cover_a_text_and_tell_comments_from_literals()
    {
        const string Text = "SELECT -- c\n 'l', \"q\", $1, 1.5, $$b$$ /* x */;\n\\echo hi\n";
        var tokens = new PostgreSqlDialect()
            .Tokenize(Text)
            .Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Symbol))
            .ToList();
        Assert.Equal(
            [
                "Word SELECT",
                "Comment -- c",
                "Literal 'l'",
                "QuotedName \"q\"",
                "Parameter $1",
                "Number 1.5",
                "Literal $$b$$",
                "Comment /* x */",
                "Semicolon ;",
                "Shell \\echo hi",
            ],
            tokens.Select(t => $"{t.Kind} {t.In(Text)}")
        );
    }

    [Fact]
    public void Memory_does_not_grow_with_the_script()
    {
        using var reader = new RepeatingReader("INSERT INTO t VALUES ('a;b', $$c$$); -- comment\n", 400_000);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (0, 0L);
        foreach (var piece in PostgreSqlStatementReader.Read(reader))
        {
            if (piece.Kind == SqlPieceKind.Statement && ++count % 100_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.Equal(400_000, count);
        // Of 18 million characters; what tests beside this one hold at the moment is in the figure.
        Assert.InRange(most, long.MinValue, 8_000_000);
    }

    private sealed class RepeatingReader(string line, int times) : TextReader
    {
        private int _at;

        public override int ReadBlock(Span<char> buffer)
        {
            var count = Math.Min(buffer.Length, (int)Math.Min(int.MaxValue, ((long)line.Length * times) - _at));
            for (var i = 0; i < count; i++)
                buffer[i] = line[(_at + i) % line.Length];
            _at += count;
            return count;
        }
    }
}
