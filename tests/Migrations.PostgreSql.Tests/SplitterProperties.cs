using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What holds for every text, however broken.</summary>
public sealed class SplitterProperties
{
    private static readonly string[] Fragments =
    [
        "'",
        "''",
        "\"",
        ";",
        "(",
        ")",
        "$",
        "$$",
        "$a$",
        "$1",
        "--",
        "/*",
        "*/",
        "/",
        "*",
        "-",
        "\n",
        "\r\n",
        "\\",
        "\\.",
        "\\.\n",
        "E'",
        "U&'",
        "U&\"",
        "e",
        "u",
        "&",
        "SELECT",
        " ",
        "BEGIN",
        " ATOMIC ",
        "CASE ",
        "END",
        "AS ",
        ".",
        "COPY t ",
        "FROM STDIN",
        "COPY t FROM STDIN;\n",
        "1",
        "1e",
        "0x",
        "ä",
        "😀",
        "\\restrict x\n",
        "a$b",
    ];

    private static readonly Arbitrary<string> Texts = Arb.From(
        Gen.Elements(Fragments).ArrayOf().Select(parts => string.Concat(parts)),
        text => Enumerable.Range(0, text.Length).Select(i => text.Remove(i, 1))
    );

    [Fact]
    public void Pieces_joined_are_the_text() =>
        Prop.ForAll(Texts, text => string.Concat(Scripts.Pieces(text).Select(p => p.Text)) == text)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Pieces_do_not_depend_on_how_the_text_is_read() =>
        Prop.ForAll(
                Texts,
                Arb.From(Gen.Choose(1, 7)),
                (text, size) => Joined(Scripts.Pieces(text, size)).SequenceEqual(Joined(Scripts.Pieces(text)))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Tokens_cover_the_text() =>
        Prop.ForAll(Texts, text => string.Concat(new PostgreSqlDialect().Tokenize(text).Select(t => t.In(text).ToString())) == text)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_statement_has_its_place_in_the_text() =>
        Prop.ForAll(
                Texts,
                text =>
                    Scripts
                        .Pieces(text)
                        .Where(p => p.Kind == SqlPieceKind.Statement)
                        .All(p => text.AsSpan(At(text, p)).StartsWith(p.Text, StringComparison.Ordinal))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    /// <summary>Data lines come together as they are there.</summary>
    private static List<SqlPiece> Joined(List<SqlPiece> pieces)
    {
        var joined = new List<SqlPiece>();
        foreach (var piece in pieces)
        {
            if (piece.Kind == SqlPieceKind.CopyData && joined.LastOrDefault() is { Kind: SqlPieceKind.CopyData } last)
                joined[^1] = last with { Text = last.Text + piece.Text };
            else
                joined.Add(piece);
        }

        return joined;
    }

    private static int At(string text, SqlPiece piece)
    {
        var at = 0;
        for (var line = 1; line < piece.Line; line++)
            at = text.IndexOf('\n', at) + 1;
        return at + piece.Column - 1;
    }
}
